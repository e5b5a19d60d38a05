/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run: gives the pictures to the helper, reports its progress, and makes the
 * new layer. The image changes only at the end, in one undo step. Frames become
 * the layers of a new image.
 *
 *     gint layer = run_to_end (request, &error);
 * or
 *     Run *run = run_start (request, 1024, &listener, data, &error);
 *     ... in the main loop, until listener.finished was called
 *     run_free (run);
 */

#ifndef MANIERA_PLUGIN_RUN_H
#define MANIERA_PLUGIN_RUN_H

#include "plugin/client/request.h"
#include "plugin/run/progress.h"

typedef struct
{
  void (*progress) (const RunProgress *progress, gpointer data);
  /* A translated warning; the painting goes on. */
  void (*warned) (const char *text, gpointer data);
  /* Called exactly once. `layer` is the new layer in the image, or the top one
   * of the image of frames, or -1 with a borrowed error, which is
   * PAINT_ERROR_STOPPED after run_cancel(). After run_change() there may be
   * both: the layer is then what was painted before. May free the run. */
  void (*finished) (gint          layer,
                    gboolean      complete,
                    const GError *error,
                    gpointer      data);
} RunListener;

typedef struct _Run Run;

/* NULL with an error where the request cannot be painted: the content is not a
 * layer, there is no style, the helper is missing. Previews fit into
 * `preview_side` x `preview_side` px; 0 = no previews. */
Run *run_start (const Request     *request,
                gint               preview_side,
                const RunListener *listener,
                gpointer           data,
                GError           **error);
/* A moment after the last call the painting goes on with the options, weights
 * and stroke sizes of `request`, whose styles are the run's, from what is
 * painted and at the scale where it is. Does nothing to an animation. */
void run_change (Run *run, const Request *request);
/* Finishes after the current step with the best picture so far. */
void run_stop_and_keep (Run *run);
/* Finishes with PAINT_ERROR_STOPPED. The image stays as it is. */
void run_cancel (Run *run);
/* Cancels an unfinished run without calling back. NULL does nothing. */
void run_free (Run *run);

/* The same in one call. Progress and warnings go where GIMP shows them. Returns
 * the new layer; -1 with an error. */
gint run_to_end (const Request *request, GError **error);

#endif
