/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client of `maniera serve`: starts the helper, calls its methods, ends it.
 * It runs on GLib's default main context. It blocks only while the helper ends,
 * for a second at most; then it kills the helper.
 *
 *     HelperClient *client
 *         = helper_client_new (path, memory.fd, &listener, data, &error);
 *     helper_client_call (client, "estimate", params, answered, data);
 *     ...
 *     JsonObject *result
 *         = helper_client_call_finish (client, async_result, &error);
 *     helper_client_free (client);      no process remains
 *
 * helper_client_new() sends `hello` by itself. With a helper of another
 * protocol every call fails with PAINT_ERROR_PROTOCOL_MISMATCH. A crash, a
 * timeout or a message that the protocol does not allow ends the helper. Then
 * every open call and every later one fails with the same error, which holds
 * the end of the helper's standard error. */

#ifndef MANIERA_PLUGIN_HELPER_CLIENT_H
#define MANIERA_PLUGIN_HELPER_CLIENT_H

#include "plugin/client/helper_listener.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef struct _HelperClient HelperClient;

/* `memory_fd` becomes the helper's descriptor 3 and stays the caller's; -1 =
 * none. NULL when the program cannot be started: PAINT_ERROR_NO_HELPER or
 * PAINT_ERROR_HELPER_REFUSED. */
HelperClient *helper_client_new (const char           *path,
                                 int                   memory_fd,
                                 const HelperListener *listener,
                                 gpointer              data,
                                 GError              **error);

/* Seconds without a line after which the helper is ended (20; three times that
 * before its first line). For tests. */
void helper_client_set_timeout (HelperClient *client, double seconds);

/* Calls a method; takes `params` over. Returns the call's id, for
 * helper_client_stop(). */
gint64 helper_client_call (HelperClient       *client,
                           const char         *method,
                           JsonObject         *params,
                           GAsyncReadyCallback done,
                           gpointer            data);

/* The call's result, which the caller owns; NULL with an error of PAINT_ERROR.
 * `client` may be freed already. */
JsonObject *helper_client_call_finish (HelperClient *client,
                                       GAsyncResult *result,
                                       GError      **error);

/* Stops an open call. `keep` = it succeeds with the best picture so far. */
void helper_client_stop (HelperClient *client, gint64 id, gboolean keep);

/* The result of `hello`; NULL while there is none. */
JsonObject *helper_client_hello (HelperClient *client);

/* Whether nothing can be asked any more: the helper ended, or cannot be talked
 * with. */
gboolean helper_client_ended (HelperClient *client);

/* Fails open calls with PAINT_ERROR_STOPPED: at once, or outside of the main
 * loop in its next turn. Closes the helper's standard input, which ends it.
 * Kills it after a second, or at once if it has not sent anything yet. Waits
 * for its end. May be called from any callback. NULL does nothing. */
void helper_client_free (HelperClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelperClient, helper_client_free)

#endif
