/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's side of the protocol (docs/protocol.md), without a process:
 * received bytes become replies and notifications, calls become bytes to send.
 *
 *     Conversation *conversation
 *         = conversation_new (&listener, data, &stderr_tail);
 *     conversation_call (conversation, "estimate", params, done, data);
 *     ... send conversation_outbox(), then
 *     conversation_receive (conversation, bytes, length);
 *
 * Nothing that is received is trusted. */

#ifndef MANIERA_PLUGIN_CONVERSATION_H
#define MANIERA_PLUGIN_CONVERSATION_H

#include "plugin/client/helper_listener.h"
#include "plugin/client/stderr_tail.h"

#include <gio/gio.h>

typedef struct _Conversation Conversation;

/* Begins with `hello`. `stderr_tail` is the helper's, for error messages;
 * borrowed. */
Conversation *conversation_new (const HelperListener *listener,
                                gpointer              data,
                                const StderrTail     *stderr_tail);
void          conversation_free (Conversation *conversation);

/* Calls a method; returns the call's id. `done` gets the result or the error,
 * later. */
gint64 conversation_call (Conversation       *conversation,
                          const char         *method,
                          JsonObject         *params, /* taken over */
                          GAsyncReadyCallback done,
                          gpointer            data);
/* Sends a message that has no reply. */
void conversation_notify (Conversation *conversation,
                          const char   *method,
                          JsonObject   *params); /* taken over */

/* The bytes to send. Who sends some erases them. */
GString *conversation_outbox (Conversation *conversation);

/* Takes bytes from the helper, in pieces of any size, and calls back. Ends the
 * conversation with PAINT_ERROR_PROTOCOL_ERROR on what the protocol does not
 * allow, and with PAINT_ERROR_PROTOCOL_MISMATCH on a helper of another
 * protocol. Returns the number of whole messages. */
guint conversation_receive (Conversation *conversation,
                            const char   *bytes,
                            gsize         length);

/* Every open call and every later one fails with a copy of this error. Only the
 * first end counts. */
void conversation_end (Conversation *conversation, const GError *error);
const GError *conversation_ended (Conversation *conversation);

/* The result of `hello`; NULL while there is none. */
JsonObject *conversation_hello (Conversation *conversation);

#endif
