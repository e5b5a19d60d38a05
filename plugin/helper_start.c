/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the plug-in lies, and what it starts from there. */

#include "plugin/helper_start.h"

#include "plugin/errors.h"

#include <string.h>

static char *
find_helper (GError **error)
{
  char *self = g_file_read_link ("/proc/self/exe", NULL);
  char *folder = self ? g_path_get_dirname (self) : g_strdup (".");
  char *path = helper_find (folder, error);
  g_free (folder);
  g_free (self);
  return path;
}

HelperClient *
helper_start (int                   memory_fd,
              const HelperListener *listener,
              gpointer              data,
              GError              **error)
{
  char         *path = find_helper (error);
  HelperClient *client
      = path ? helper_client_new (path, memory_fd, listener, data, error)
             : NULL;
  g_free (path);
  return client;
}

typedef struct
{
  GSubprocess *process;
  GError      *refusal; /* why there is no process */
  void (*done) (const GError *error, gpointer data);
  gpointer data;
} Fetch;

/* The last 1,000 bytes of what a command said: enough for its complaint. */
static const char *
last_words (char *said)
{
  g_strchomp (said);
  const gsize length = strlen (said);
  char       *end = length > 1000 ? said + length - 1000 : said;
  return g_utf8_make_valid (end, -1);
}

static void
fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  (void)source;
  Fetch  *fetch = data;
  char   *said = NULL;
  GError *error = NULL, *failure = NULL;
  if (!g_subprocess_communicate_utf8_finish (fetch->process, result, NULL,
                                             &said, &error))
    {
      g_subprocess_force_exit (fetch->process);
      failure = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                    ? paint_error_new (PAINT_ERROR_STOPPED, NULL)
                    : paint_error_new (PAINT_ERROR_NO_MODEL, error->message);
    }
  else if (!g_subprocess_get_successful (fetch->process))
    {
      failure = paint_error_new (PAINT_ERROR_NO_MODEL,
                                 said ? last_words (said) : NULL);
    }
  fetch->done (failure, fetch->data);
  g_clear_error (&failure);
  g_clear_error (&error);
  g_free (said);
  g_object_unref (fetch->process);
  g_free (fetch);
}

static gboolean
refused (gpointer data)
{
  Fetch *fetch = data;
  fetch->done (fetch->refusal, fetch->data);
  g_error_free (fetch->refusal);
  g_free (fetch);
  return G_SOURCE_REMOVE;
}

GCancellable *
helper_fetch_model (void (*done) (const GError *error, gpointer data),
                    gpointer data)
{
  GCancellable *cancellable = g_cancellable_new ();
  Fetch        *fetch = g_new0 (Fetch, 1);
  *fetch = (Fetch){ .done = done, .data = data };
  GError *error = NULL;
  char   *path = find_helper (&fetch->refusal);
  if (path)
    fetch->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                           | G_SUBPROCESS_FLAGS_STDERR_PIPE,
                                       &error, path, "models", "fetch", NULL);
  if (error)
    fetch->refusal
        = paint_error_new (PAINT_ERROR_HELPER_REFUSED, error->message);
  if (fetch->process)
    g_subprocess_communicate_utf8_async (fetch->process, NULL, cancellable,
                                         fetched, fetch);
  else
    g_idle_add (refused, fetch);
  g_clear_error (&error);
  g_free (path);
  return cancellable;
}
