/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper that belongs to this plug-in: finds it, starts it, has it fetch
 * the model.
 *
 *     HelperClient *client
 *         = helper_start (memory.fd, &listener, data, &error);
 *     GCancellable *fetch = helper_fetch_model (done, data);
 */

#ifndef MANIERA_PLUGIN_HELPER_START_H
#define MANIERA_PLUGIN_HELPER_START_H

#include "plugin/client/helper_client.h"

/* The helper's path: MANIERA_HELPER where that is set. Else the first of
 * `maniera-helper` in `folder` (the plug-in's own), `maniera` in the
 * installation's bin folder, and `maniera` in PATH. NULL with
 * PAINT_ERROR_NO_HELPER, which names the places. */
char *helper_find (const char *folder, GError **error);

/* helper_find() in the plug-in's own folder, then helper_client_new(). */
HelperClient *helper_start (int                   memory_fd,
                            const HelperListener *listener,
                            gpointer              data,
                            GError              **error);

/* `maniera models fetch`: downloads the default model. `done` is called once,
 * later, with NULL or an error that holds the end of the command's standard
 * error. Cancelling ends the command. The caller unrefs the result. */
GCancellable *helper_fetch_model (void (*done) (const GError *error,
                                                gpointer      data),
                                  gpointer data);

/* `maniera sample NAME -o FILE`: draws one of the sample pictures, whole or not
 * at all. `done` is called once, later, as above. */
void helper_draw_sample (const char *name,
                         const char *file,
                         void (*done) (const GError *error, gpointer data),
                         gpointer data);

#endif
