/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper of this very plug-in: found, started, or sent to fetch the model.
 */

#ifndef MANIERA_PLUGIN_HELPER_START_H
#define MANIERA_PLUGIN_HELPER_START_H

#include "plugin/client/helper_client.h"

/* Where the helper is: MANIERA_HELPER, which is final, else `maniera-helper` in
 * `folder` (the plug-in's own), the installation's bin folder, PATH. NULL with
 * PAINT_ERROR_NO_HELPER, naming the places. */
char *helper_find (const char *folder, GError **error);

/* helper_find() in the plug-in's own folder, then helper_client_new(). */
HelperClient *helper_start (int                   memory_fd,
                            const HelperListener *listener,
                            gpointer              data,
                            GError              **error);

/* `maniera models fetch`: the default model, from the net. `done` is called
 * once, with NULL or an error that holds the command's last lines. Cancelling
 * ends the command; the caller unrefs. */
GCancellable *helper_fetch_model (void (*done) (const GError *error,
                                                gpointer      data),
                                  gpointer data);

#endif
