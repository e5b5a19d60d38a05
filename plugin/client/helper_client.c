/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper's process: its pipes, its timeout, its end. */

#include "plugin/client/helper_client.h"

#include "helper/messages/protocol.h"
#include "plugin/client/conversation.h"
#include "plugin/client/errors.h"
#include "plugin/client/stderr_tail.h"
#include "plugin/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

struct _HelperClient
{
  gint          holders; /* the owner, and whoever is calling back */
  GSubprocess  *process;
  Conversation *conversation;
  StderrTail    stderr_tail;
  GSource      *receiving; /* standard output */
  GSource      *reading;   /* standard error */
  GSource      *sending;   /* while there is something to send */
  GSource      *watching;
  double        timeout;   /* seconds */
  gint64        last_line; /* when it came, monotonic microseconds */
  gboolean      spoke;     /* a line came */
};

enum
{
  CHUNK = 65536,
  END_MILLISECONDS = 1000, /* for the helper to end by itself */
  /* Before its first line the helper loads LibTorch, which takes a cold and
   * busy disk far longer than any silence afterwards. */
  START_TIMEOUT = 3
};

/* Below GTK's redrawing, which a flood of messages must not starve. */
#define PRIORITY G_PRIORITY_DEFAULT_IDLE

static void
let_go (HelperClient *client)
{
  if (--client->holders > 0)
    return;
  g_object_unref (client->process);
  conversation_free (client->conversation);
  stderr_tail_clear (&client->stderr_tail);
  g_free (client);
}

static void
drop_source (GSource **source)
{
  if (*source)
    {
      g_source_destroy (*source);
      g_source_unref (*source);
      *source = NULL;
    }
}

static int
fd_of_output (HelperClient *client)
{
  return g_unix_input_stream_get_fd (
      G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (client->process)));
}

static int
fd_of_errors (HelperClient *client)
{
  return g_unix_input_stream_get_fd (
      G_UNIX_INPUT_STREAM (g_subprocess_get_stderr_pipe (client->process)));
}

static int
fd_of_input (HelperClient *client)
{
  return g_unix_output_stream_get_fd (
      G_UNIX_OUTPUT_STREAM (g_subprocess_get_stdin_pipe (client->process)));
}

/* Waiting for the end */

static void
note_exit (GObject *source, GAsyncResult *result, gpointer data)
{
  gint *state = data;
  *state
      = g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL) ? 1 : -1;
}

static gboolean
too_late (gpointer data)
{
  g_cancellable_cancel (data);
  return G_SOURCE_REMOVE;
}

/* One chunk of standard error; FALSE at its end. */
static gboolean
read_errors (HelperClient *client)
{
  char           bytes[4096];
  const gssize   length = read (fd_of_errors (client), bytes, sizeof bytes);
  const gboolean more
      = length > 0 || (length < 0 && (errno == EAGAIN || errno == EINTR));
  if (length > 0)
    stderr_tail_add (&client->stderr_tail, bytes, (gsize)length);
  return more;
}

static gboolean
errors_ready (gint fd, GIOCondition condition, gpointer data)
{
  (void)fd;
  (void)condition;
  return read_errors (data) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static GSource *
watch_errors (HelperClient *client, GMainContext *context)
{
  GSource *source = g_unix_fd_source_new (fd_of_errors (client),
                                          G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_priority (source, PRIORITY);
  g_source_set_callback (source, G_SOURCE_FUNC (errors_ready), client, NULL);
  g_source_attach (source, context);
  return source;
}

/* FALSE when the process still runs after END_MILLISECONDS. Its standard error
 * is read meanwhile: a full pipe would keep it from ending. */
static gboolean
wait_for_exit (HelperClient *client, gboolean errors_open)
{
  gint state = 0; /* 1 = it ended, -1 = it did not */
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GCancellable) late = g_cancellable_new ();
  g_main_context_push_thread_default (context);
  g_subprocess_wait_async (client->process, late, note_exit, &state);
  GSource *errors = errors_open ? watch_errors (client, context) : NULL;
  GSource *timer = g_timeout_source_new (END_MILLISECONDS);
  g_source_set_callback (timer, too_late, late, NULL);
  g_source_attach (timer, context);
  while (state == 0)
    g_main_context_iteration (context, TRUE);
  drop_source (&timer);
  drop_source (&errors);
  g_main_context_pop_thread_default (context);
  return state == 1;
}

/* Kills the process if it does not end by itself. TRUE when it did. */
static gboolean
end_process (HelperClient *client, gboolean errors_open)
{
  if (wait_for_exit (client, errors_open))
    return TRUE;
  g_subprocess_force_exit (client->process);
  wait_for_exit (client, errors_open);
  return FALSE;
}

static void
drop_sources (HelperClient *client)
{
  drop_source (&client->sending);
  drop_source (&client->receiving);
  drop_source (&client->reading);
  drop_source (&client->watching);
}

static void
close_pipes (HelperClient *client)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (client->process), NULL,
                         NULL);
  g_input_stream_close (g_subprocess_get_stdout_pipe (client->process), NULL,
                        NULL);
  g_input_stream_close (g_subprocess_get_stderr_pipe (client->process), NULL,
                        NULL);
}

/* At once: after the end of the conversation nothing needs the helper. */
static void
end_helper (HelperClient *client)
{
  drop_sources (client);
  g_subprocess_force_exit (client->process);
  close_pipes (client);
  wait_for_exit (client, FALSE);
}

static void
fail (HelperClient *client, PaintErrorCode code, const char *what)
{
  g_autofree char *detail = stderr_tail_after (&client->stderr_tail, what);
  g_autoptr (GError) error = paint_error_new (code, detail);
  end_helper (client);
  conversation_end (client->conversation, error);
}

/* It closed its standard output: it ends, or it hangs. */
static void
left (HelperClient *client)
{
  g_autofree char *what = NULL;
  drop_sources (client);
  if (!end_process (client, TRUE))
    {
      what = g_strdup (_ ("It closed its output but did not end."));
    }
  else if (g_subprocess_get_if_signaled (client->process))
    {
      const gint number = g_subprocess_get_term_sig (client->process);
      what = g_strdup_printf (
          number == SIGKILL ? _ (
              "It was ended by signal %d (%s), as happens when memory runs "
              "out.")
                            : _ ("It was ended by signal %d (%s)."),
          number, g_strsignal (number));
    }
  else
    {
      what = g_strdup_printf (_ ("It ended with exit status %d."),
                              g_subprocess_get_exit_status (client->process));
    }
  /* What is left in the pipe, with a limit: a program that the helper started
   * may still write to it. */
  for (gint chunks = 0; chunks < 64 && read_errors (client); ++chunks)
    {
      struct pollfd ready = { fd_of_errors (client), POLLIN, 0 };
      if (poll (&ready, 1, 0) != 1)
        break;
    }
  fail (client, PAINT_ERROR_HELPER_DIED, what);
}

/* Receiving and sending */

static gboolean
output_ready (gint fd, GIOCondition condition, gpointer data)
{
  (void)condition;
  HelperClient *client = data;
  char          bytes[CHUNK];
  const gssize  length = read (fd, bytes, sizeof bytes);
  if (length < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  ++client->holders;
  if (length <= 0)
    {
      left (client);
    }
  else if (conversation_receive (client->conversation, bytes, (gsize)length)
           > 0)
    {
      client->last_line = g_get_monotonic_time ();
      client->spoke = TRUE;
    }
  if (client->receiving && conversation_ended (client->conversation))
    end_helper (client);
  const gboolean more = client->receiving != NULL;
  let_go (client);
  return more;
}

/* No SIGPIPE when the helper is gone, however libgimp or a test handles that
 * signal. */
static gssize
write_quietly (int fd, const char *bytes, gsize length)
{
  const struct timespec at_once = { 0, 0 };
  sigset_t              broken, before;
  sigemptyset (&broken);
  sigaddset (&broken, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &broken, &before);
  const gssize sent = write (fd, bytes, length);
  const int    failure = errno;
  if (sent < 0 && failure == EPIPE)
    sigtimedwait (&broken, NULL, &at_once);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  errno = failure;
  return sent;
}

static gboolean
input_ready (gint fd, GIOCondition condition, gpointer data)
{
  (void)condition;
  HelperClient *client = data;
  GString      *outbox = conversation_outbox (client->conversation);
  const gssize  sent = write_quietly (fd, outbox->str, outbox->len);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (sent > 0)
    g_string_erase (outbox, 0, sent);
  if (sent > 0 && outbox->len > 0)
    return G_SOURCE_CONTINUE;
  /* All is sent. Or the helper is gone, which standard output will show. */
  g_clear_pointer (&client->sending, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
send_outbox (HelperClient *client)
{
  if (client->sending || !client->receiving
      || conversation_outbox (client->conversation)->len == 0)
    return;
  client->sending = g_unix_fd_source_new (fd_of_input (client),
                                          G_IO_OUT | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (client->sending, G_SOURCE_FUNC (input_ready), client,
                         NULL);
  g_source_attach (client->sending, NULL);
}

/* Timeout */

static gboolean
check_timeout (gpointer data)
{
  HelperClient *client = data;
  const double  silence
      = (double)(g_get_monotonic_time () - client->last_line) / G_USEC_PER_SEC;
  struct pollfd ready = { fd_of_output (client), POLLIN, 0 };
  if (silence < client->timeout * (client->spoke ? 1 : START_TIMEOUT))
    return G_SOURCE_CONTINUE;
  /* There is something to read: the plug-in was busy, not the helper silent. */
  if (poll (&ready, 1, 0) == 1)
    return G_SOURCE_CONTINUE;
  ++client->holders;
  fail (client, PAINT_ERROR_HELPER_SILENT, "");
  let_go (client);
  return G_SOURCE_REMOVE;
}

void
helper_client_set_timeout (HelperClient *client, double seconds)
{
  client->timeout = seconds;
  drop_source (&client->watching);
  if (!client->receiving)
    return;
  client->watching = g_timeout_source_new ((guint)MAX (10, seconds * 1000 / 8));
  g_source_set_priority (client->watching, PRIORITY);
  g_source_set_callback (client->watching, check_timeout, client, NULL);
  g_source_attach (client->watching, NULL);
}

/* Starting */

/* The kernel kills the helper when the plug-in ends, whatever it is doing. */
static void
end_with_the_plugin (gpointer data)
{
  (void)data;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GSubprocess *
spawn (const char *path, int memory_fd, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE
      | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  if (memory_fd >= 0)
    g_subprocess_launcher_take_fd (
        launcher, fcntl (memory_fd, F_DUPFD_CLOEXEC, 0), MANIERA_MEMORY_FD);
  g_subprocess_launcher_set_child_setup (launcher, end_with_the_plugin, NULL,
                                         NULL);
  GError      *refusal = NULL;
  GSubprocess *process
      = g_subprocess_launcher_spawn (launcher, &refusal, path, "serve", NULL);
  if (!process)
    {
      const gboolean missing
          = g_error_matches (refusal, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
      g_propagate_error (error,
                         paint_error_new (missing ? PAINT_ERROR_NO_HELPER
                                                  : PAINT_ERROR_HELPER_REFUSED,
                                          refusal->message));
      g_error_free (refusal);
    }
  return process;
}

HelperClient *
helper_client_new (const char           *path,
                   int                   memory_fd,
                   const HelperListener *listener,
                   gpointer              data,
                   GError              **error)
{
  GSubprocess *process = spawn (path, memory_fd, error);
  if (!process)
    return NULL;
  HelperClient *client = g_new0 (HelperClient, 1);
  client->holders = 1;
  client->process = process;
  client->conversation
      = conversation_new (listener, data, &client->stderr_tail);
  client->last_line = g_get_monotonic_time ();
  g_unix_set_fd_nonblocking (fd_of_input (client), TRUE, NULL);
  g_unix_set_fd_nonblocking (fd_of_output (client), TRUE, NULL);
  g_unix_set_fd_nonblocking (fd_of_errors (client), TRUE, NULL);
  client->reading = watch_errors (client, NULL);
  client->receiving = g_unix_fd_source_new (fd_of_output (client),
                                            G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_priority (client->receiving, PRIORITY);
  g_source_set_callback (client->receiving, G_SOURCE_FUNC (output_ready),
                         client, NULL);
  g_source_attach (client->receiving, NULL);
  helper_client_set_timeout (client,
                             MANIERA_ALIVE_SECONDS * 10); /* the protocol's */
  send_outbox (client);
  return client;
}

gint64
helper_client_call (HelperClient       *client,
                    const char         *method,
                    JsonObject         *params,
                    GAsyncReadyCallback done,
                    gpointer            data)
{
  const gint64 id
      = conversation_call (client->conversation, method, params, done, data);
  send_outbox (client);
  return id;
}

JsonObject *
helper_client_call_finish (HelperClient *client,
                           GAsyncResult *result,
                           GError      **error)
{
  (void)client;
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
helper_client_stop (HelperClient *client, gint64 id, gboolean keep)
{
  JsonObject *params = json_object_new ();
  json_object_set_int_member (params, "id", id);
  json_object_set_boolean_member (params, "keep", keep);
  conversation_notify (client->conversation, MANIERA_METHOD_STOP, params);
  send_outbox (client);
}

JsonObject *
helper_client_hello (HelperClient *client)
{
  return conversation_hello (client->conversation);
}

gboolean
helper_client_ended (HelperClient *client)
{
  return conversation_ended (client->conversation) != NULL;
}

void
helper_client_free (HelperClient *client)
{
  if (!client)
    return;
  g_autoptr (GError) stopped = paint_error_new (PAINT_ERROR_STOPPED, NULL);
  drop_sources (client);
  conversation_end (client->conversation, stopped);
  close_pipes (client);
  /* While it loads LibTorch it reads nothing and has nothing to clean up. */
  if (!client->spoke)
    g_subprocess_force_exit (client->process);
  end_process (client, FALSE);
  let_go (client);
}
