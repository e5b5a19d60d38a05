/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client's side of the protocol without a process: bytes that came turn
 * into answers and notifications, requests into bytes to send. What comes is
 * not trusted. */

#ifndef MANIERA_PLUGIN_CONVERSATION_H
#define MANIERA_PLUGIN_CONVERSATION_H

#include "plugin/client/helper_client.h"
#include "plugin/client/stderr_tail.h"

typedef struct _Conversation Conversation;

/* Begins with `hello`. `words` are what the helper said on standard error, for
 * messages; borrowed. */
Conversation *conversation_new (const HelperListener *listener,
                                gpointer              data,
                                const StderrTail     *words);
void          conversation_free (Conversation *conversation);

gint64 conversation_ask (Conversation       *conversation,
                         const char         *method,
                         JsonObject         *params, /* taken over */
                         GAsyncReadyCallback done,
                         gpointer            data);
void   conversation_tell (Conversation *conversation,
                          const char   *method,
                          JsonObject   *params); /* taken over */

/* What is to be sent; whoever has sent part of it erases that. */
GString *conversation_outbox (Conversation *conversation);

/* Bytes from the helper, in pieces of any size. Calls back. Ends the
 * conversation when they cannot be what a helper says, or are its refusal to
 * talk. Returns the number of whole messages. */
guint
conversation_hear (Conversation *conversation, const char *bytes, gsize length);

/* All questions, open ones and later ones, are answered with this error (a copy
 * is made). The first end counts. */
void conversation_end (Conversation *conversation, const GError *error);
const GError *conversation_ended (Conversation *conversation);

JsonObject *conversation_hello (Conversation *conversation);

#endif
