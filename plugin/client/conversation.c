/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines become messages, messages become replies and notifications. */

#include "plugin/client/conversation.h"

#include "helper/messages/protocol.h"
#include "plugin/client/errors.h"
#include "plugin/client/wire.h"
#include "plugin/i18n.h"

#include <string.h>

struct _Conversation
{
  HelperListener    listener;
  gpointer          data;
  const StderrTail *stderr_tail;
  GQueue            open;   /* of OpenCall, oldest first */
  gint64            newest; /* id */
  GString          *outbox;
  GString          *inbox; /* the line that is coming in */
  JsonObject       *hello; /* its result */
  GError           *end;
};

typedef struct
{
  gint64 id;
  GTask *task;
} OpenCall;

enum
{
  HELLO = 1 /* its id */
};

static GError *
failure (Conversation *conversation, PaintErrorCode code, const char *what)
{
  g_autofree char *detail = stderr_tail_after (conversation->stderr_tail, what);
  return paint_error_new (code, detail);
}

static void
protocol_error (Conversation *conversation, const char *what)
{
  g_autoptr (GError) error
      = failure (conversation, PAINT_ERROR_PROTOCOL_ERROR, what);
  conversation_end (conversation, error);
}

/* Sending. FALSE when the line would be too long. */

static gboolean
put (Conversation *conversation, JsonObject *message)
{
  g_autofree char *line = wire_to_text (message, FALSE);
  json_object_unref (message);
  if (strlen (line) + 1 > MANIERA_LINE_MAX)
    return FALSE;
  g_string_append (conversation->outbox, line);
  g_string_append_c (conversation->outbox, '\n');
  return TRUE;
}

static JsonObject *
message_new (const char *method, JsonObject *params)
{
  JsonObject *message = json_object_new ();
  json_object_set_string_member (message, "method", method);
  json_object_set_object_member (message, "params", params);
  return message;
}

gint64
conversation_call (Conversation       *conversation,
                   const char         *method,
                   JsonObject         *params,
                   GAsyncReadyCallback done,
                   gpointer            data)
{
  const gint64 id = ++conversation->newest;
  GTask       *task = g_task_new (NULL, NULL, done, data);
  g_task_set_source_tag (task, conversation_call);
  JsonObject *message = message_new (method, params);
  json_object_set_int_member (message, "id", id);
  if (conversation->end)
    {
      json_object_unref (message);
      g_task_return_error (task, g_error_copy (conversation->end));
      g_object_unref (task);
    }
  else if (!put (conversation, message))
    {
      g_task_return_error (
          task, paint_error_new (PAINT_ERROR_INVALID_REQUEST,
                                 _ ("The job names too many pictures.")));
      g_object_unref (task);
    }
  else
    {
      OpenCall *call = g_new (OpenCall, 1);
      *call = (OpenCall){ id, task };
      g_queue_push_tail (&conversation->open, call);
    }
  return id;
}

void
conversation_notify (Conversation *conversation,
                     const char   *method,
                     JsonObject   *params)
{
  JsonObject *message = message_new (method, params);
  if (conversation->end)
    json_object_unref (message);
  else
    put (conversation, message);
}

GString *
conversation_outbox (Conversation *conversation)
{
  return conversation->outbox;
}

/* Receiving */

static GTask *
take_call (Conversation *conversation, gint64 id)
{
  for (GList *link = conversation->open.head; link; link = link->next)
    {
      OpenCall *call = link->data;
      if (call->id != id)
        continue;
      GTask *task = call->task;
      g_queue_delete_link (&conversation->open, link);
      g_free (call);
      return task;
    }
  return NULL;
}

static void
received_hello (Conversation *conversation,
                JsonObject   *result,
                JsonObject   *error)
{
  const char *message = error ? wire_text (error, "message") : NULL;
  if (result
      && wire_number (result, "protocol", 0, G_MAXINT32, -1)
             == MANIERA_PROTOCOL)
    {
      conversation->hello = json_object_ref (result);
    }
  else if (result
           || paint_error_from_wire (wire_text (error, "code"))
                  == PAINT_ERROR_PROTOCOL_MISMATCH)
    {
      g_autoptr (GError) mismatch
          = paint_error_new (PAINT_ERROR_PROTOCOL_MISMATCH, message);
      conversation_end (conversation, mismatch);
    }
  else
    {
      protocol_error (conversation, message ? message : "");
    }
}

static void
received_reply (Conversation *conversation, JsonObject *message)
{
  const double id
      = wire_number (message, "id", HELLO, (double)conversation->newest, 0);
  JsonObject *result = wire_object (message, "result");
  JsonObject *error = wire_object (message, "error");
  const char *text = error ? wire_text (error, "message") : NULL;
  if (json_object_get_null_member (message, "id") && text)
    { /* it could not read a message of ours */
      protocol_error (conversation, text);
      return;
    }
  if (!result == !error)
    {
      protocol_error (
          conversation,
          _ ("It sent an answer that has neither a result nor an error, or "
             "both."));
      return;
    }
  if (id == HELLO && !conversation->hello)
    {
      received_hello (conversation, result, error);
      return;
    }
  GTask *task
      = id == (double)(gint64)id ? take_call (conversation, (gint64)id) : NULL;
  if (!task)
    {
      protocol_error (conversation,
                      _ ("It answered a question that was not asked."));
      return;
    }
  if (result)
    {
      g_task_return_pointer (task, json_object_ref (result),
                             (GDestroyNotify)json_object_unref);
    }
  else
    {
      const PaintErrorCode code
          = paint_error_from_wire (wire_text (error, "code"));
      g_task_return_error (task,
                           code == PAINT_ERROR_INTERNAL
                               ? failure (conversation, code, text ? text : "")
                               : paint_error_new (code, text));
    }
  g_object_unref (task);
}

static void
received_notification (Conversation *conversation, JsonObject *message)
{
  const char *method = wire_text (message, "method");
  JsonObject *params = wire_object (message, "params");
  if (!method)
    {
      protocol_error (conversation, _ ("It sent a message without a method."));
      return;
    }
  if (!conversation->listener.notified)
    return;
  JsonObject *lasting = params ? json_object_ref (params) : json_object_new ();
  conversation->listener.notified (method, lasting, conversation->data);
  json_object_unref (lasting);
}

static void
received_line (Conversation *conversation)
{
  g_autoptr (JsonObject) message
      = wire_parse (conversation->inbox->str, conversation->inbox->len);
  if (!message)
    {
      g_autofree char *line = g_utf8_make_valid (
          conversation->inbox->str, (gssize)MIN (conversation->inbox->len, 80));
      g_autofree char *what = g_strdup_printf (
          _ ("It sent a line that is not a message: %s"), line);
      protocol_error (conversation, what);
    }
  g_string_truncate (conversation->inbox, 0);
  if (message && json_object_has_member (message, "id"))
    received_reply (conversation, message);
  else if (message)
    received_notification (conversation, message);
}

guint
conversation_receive (Conversation *conversation,
                      const char   *bytes,
                      gsize         length)
{
  guint lines = 0;
  while (length > 0 && !conversation->end)
    {
      const char *newline = memchr (bytes, '\n', length);
      const gsize part = newline ? (gsize)(newline - bytes) : length;
      if (conversation->inbox->len + part >= MANIERA_LINE_MAX)
        {
          protocol_error (conversation,
                          _ ("It sent a line that does not end."));
          break;
        }
      g_string_append_len (conversation->inbox, bytes, (gssize)part);
      if (!newline)
        break;
      bytes += part + 1;
      length -= part + 1;
      received_line (conversation);
      ++lines;
    }
  return lines;
}

/* Start and end */

Conversation *
conversation_new (const HelperListener *listener,
                  gpointer              data,
                  const StderrTail     *stderr_tail)
{
  Conversation *conversation = g_new0 (Conversation, 1);
  if (listener)
    conversation->listener = *listener;
  conversation->data = data;
  conversation->stderr_tail = stderr_tail;
  conversation->outbox = g_string_new (NULL);
  conversation->inbox = g_string_new (NULL);
  conversation->newest = HELLO;
  JsonObject *params = json_object_new ();
  json_object_set_int_member (params, "protocol", MANIERA_PROTOCOL);
  json_object_set_string_member (params, "client",
                                 "Maniera's plug-in " MANIERA_VERSION);
  JsonObject *hello = message_new (MANIERA_METHOD_HELLO, params);
  json_object_set_int_member (hello, "id", HELLO);
  put (conversation, hello);
  return conversation;
}

void
conversation_end (Conversation *conversation, const GError *error)
{
  if (conversation->end)
    return;
  conversation->end = g_error_copy (error);
  OpenCall *call;
  while ((call = g_queue_pop_head (&conversation->open)))
    {
      g_task_return_error (call->task, g_error_copy (error));
      g_object_unref (call->task);
      g_free (call);
    }
}

const GError *
conversation_ended (Conversation *conversation)
{
  return conversation->end;
}

JsonObject *
conversation_hello (Conversation *conversation)
{
  return conversation->hello;
}

void
conversation_free (Conversation *conversation)
{
  g_autoptr (GError) stopped = paint_error_new (PAINT_ERROR_STOPPED, NULL);
  conversation_end (conversation, stopped);
  g_clear_pointer (&conversation->hello, json_object_unref);
  g_clear_error (&conversation->end);
  g_string_free (conversation->outbox, TRUE);
  g_string_free (conversation->inbox, TRUE);
  g_free (conversation);
}
