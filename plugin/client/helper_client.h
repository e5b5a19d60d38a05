/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client of `maniera serve`: starts the helper, talks with it, ends it.
 * Runs on GLib's default main context and never blocks, but where the helper
 * ends: for a second at most, until it is killed.
 *
 *     HelperClient *client
 *         = helper_client_new (path, memory.fd, &listener, data, &error);
 *     helper_client_call (client, "estimate", params, answered, data);
 *     ...
 *     JsonObject *result
 *         = helper_client_call_finish (client, async_result, &error);
 *     helper_client_free (client);      no process remains
 *
 * helper_client_new() sends `hello` by itself; a helper of another protocol
 * fails every call with PAINT_ERROR_PROTOCOL_MISMATCH. Whatever ends the helper
 * (a crash, silence of `timeout` seconds, a line that is no message or has no
 * end) fails every open call, and those made later, with the same error, which
 * holds the helper's last lines on standard error. */

#ifndef MANIERA_PLUGIN_HELPER_CLIENT_H
#define MANIERA_PLUGIN_HELPER_CLIENT_H

#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef struct _HelperClient HelperClient;

typedef struct
{
  /* A notification of the helper's: progress, log. `params` lives during the
   * call only. */
  void (*notified) (const char *method, JsonObject *params, gpointer data);
} HelperListener;

/* `memory_fd` becomes the helper's descriptor 3 and stays the caller's; -1 =
 * none. NULL when the program cannot be started: PAINT_ERROR_NO_HELPER or
 * PAINT_ERROR_HELPER_REFUSED. */
HelperClient *helper_client_new (const char           *path,
                                 int                   memory_fd,
                                 const HelperListener *listener,
                                 gpointer              data,
                                 GError              **error);

/* Seconds without any line after which the helper counts as dead (20; three
 * times that before its first line). For tests. */
void helper_client_set_timeout (HelperClient *client, double seconds);

/* Sends a request; takes `params` over. Returns its id, for `stop`. */
gint64 helper_client_call (HelperClient       *client,
                           const char         *method,
                           JsonObject         *params,
                           GAsyncReadyCallback done,
                           gpointer            data);

/* The reply's `result`; the caller owns it. NULL with an error of PAINT_ERROR.
 * The client may be gone by then. */
JsonObject *helper_client_call_finish (HelperClient *client,
                                       GAsyncResult *result,
                                       GError      **error);

/* `stop` for a request. */
void helper_client_stop (HelperClient *client, gint64 id, gboolean keep);

/* What `hello` answered, or NULL while it has not. */
JsonObject *helper_client_hello (HelperClient *client);

/* Answers open calls with PAINT_ERROR_STOPPED, at once or, outside of the main
 * loop, in its next turn. Closes the helper's standard input, which ends it;
 * kills it after a second, or where it has not said anything yet; waits for it.
 * May be called from any callback. NULL does nothing. */
void helper_client_free (HelperClient *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HelperClient, helper_client_free)

#endif
