/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small painting of a request, to be looked at: what the run would be like,
 * within seconds. The image stays as it is.
 *
 *     draft_paint (work, estimator, request, 3, ready, data);
 *     small_work_stop (work, data);
 */

#ifndef MANIERA_PLUGIN_DRAFT_H
#define MANIERA_PLUGIN_DRAFT_H

#include "plugin/run/small_work.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* `picture` is of the content's shape, with its alpha; NULL where there is an
 * error. Both are borrowed. */
typedef void (*DraftReady) (GdkPixbuf    *picture,
                            const GError *error,
                            gpointer      data);

/* As small_work_add(), where `data` is the asker. After `seconds` it is what it
 * has become by then. `ready` is called once, later. */
void draft_paint (SmallWork     *work,
                  Estimator     *estimator,
                  const Request *request,
                  gint           seconds,
                  DraftReady     ready,
                  gpointer       data);

#endif
