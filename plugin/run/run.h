/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run: hands the pictures to the helper, listens to it, and makes the new
 * layer. The image changes only when all is done, in one undo step. */

#ifndef MANIERA_PLUGIN_RUN_H
#define MANIERA_PLUGIN_RUN_H

#include "plugin/client/request.h"
#include "plugin/run/estimator.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib.h>

typedef struct
{
  double     fraction; /* of the whole, 0 to 1 */
  gint       scale, scales, step, steps;
  double     loss;
  double     seconds_left;
  GdkPixbuf *preview; /* the painting so far; NULL when it has not changed.
                         Borrowed. */
} RunProgress;

typedef struct
{
  void (*progress) (const RunProgress *progress, gpointer data);
  /* What the helper warns of; it paints on. */
  void (*warned) (const char *text, gpointer data);
  /* Exactly once. `layer` is the new layer in the image, or -1 with an error
   * that the receiver must not free; PAINT_ERROR_STOPPED after run_cancel().
   * The run may be freed inside. */
  void (*finished) (gint          layer,
                    gboolean      complete,
                    const GError *error,
                    gpointer      data);
} RunListener;

typedef struct _Run Run;

/* Refuses what cannot work before anything starts: a content that is no layer,
 * no style, values out of range. `preview_side` 0 = no previews. NULL with an
 * error. */
Run *run_start (const Request     *request,
                gint               preview_side,
                const RunListener *listener,
                gpointer           data,
                GError           **error);
void run_stop_and_keep (Run *run); /* finishes with the best picture so far */
void
run_cancel (Run *run); /* finishes with PAINT_ERROR_STOPPED; nothing changes */
void run_free (Run *run); /* NULL does nothing; a run that goes on is cancelled
                             in silence */

/* The same in one call, with progress and warnings in GIMP's own places.
 * Returns the new layer, or -1. */
gint run_to_end (const Request *request, GError **error);

#endif
