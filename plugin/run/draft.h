/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small painting of a request, to be looked at: what the run would be like,
 * within seconds. The image stays as it is.
 *
 *     Draft *draft = draft_new (ready, data);
 *     draft_paint (draft, estimator, request);
 *     draft_stop (draft);    before the estimator is freed
 *     draft_free (draft);
 */

#ifndef MANIERA_PLUGIN_DRAFT_H
#define MANIERA_PLUGIN_DRAFT_H

#include "plugin/run/estimator.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

typedef struct _Draft Draft;

/* Borrowed, of the content's shape, with its alpha. */
typedef void (*DraftReady) (GdkPixbuf *picture, gpointer data);

Draft *draft_new (DraftReady ready, gpointer data);

/* Stops what is painted, and paints this with the estimator's helper as soon as
 * that has stopped. `ready` is called at the end, unless there is an error: the
 * run itself will tell that. */
void draft_paint (Draft *draft, Estimator *estimator, const Request *request);
/* `ready` is not called any more for what was asked before. */
void draft_stop (Draft *draft);
void draft_free (Draft *draft);

#endif
