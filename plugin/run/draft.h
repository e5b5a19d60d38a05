/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small paintings of requests, to be looked at: what the run would be like,
 * within seconds. The image stays as it is. They are painted one at a time, by
 * one helper and in its one memory, for all who ask.
 *
 *     Draft *draft = draft_new ();
 *     draft_paint (draft, estimator, request, 3, ready, data);
 *     draft_stop (draft, data);    before the estimator is freed
 *     draft_free (draft);
 */

#ifndef MANIERA_PLUGIN_DRAFT_H
#define MANIERA_PLUGIN_DRAFT_H

#include "plugin/run/estimator.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

typedef struct _Draft Draft;

/* `picture` is of the content's shape, with its alpha; NULL where there is an
 * error. Both are borrowed. */
typedef void (*DraftReady) (GdkPixbuf    *picture,
                            const GError *error,
                            gpointer      data);

Draft *draft_new (void);

/* Paints this with the estimator's helper, after what others have asked for.
 * `data` says who asks: what the same asked for before is stopped. After
 * `seconds` it is what it has become by then. `ready` is called once, later. */
void draft_paint (Draft         *draft,
                  Estimator     *estimator,
                  const Request *request,
                  gint           seconds,
                  DraftReady     ready,
                  gpointer       data);
/* Stops what `data` has asked for; its `ready` is not called any more. */
void draft_stop (Draft *draft, gconstpointer data);
void draft_free (Draft *draft);

#endif
