/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the helper, and runs `serve`, `models fetch` or `sample` of it. */

#include "plugin/client/helper_start.h"

#include "plugin/client/errors.h"
#include "plugin/client/own_folder.h"
#include "plugin/client/stderr_tail.h"
#include "plugin/i18n.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Finding */

static char *
found (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_REGULAR) ? g_strdup (path) : NULL;
}

char *
helper_find (const char *folder, GError **error)
{
  const char *named = g_getenv ("MANIERA_HELPER");
  if (named && *named)
    {
      char *path = found (named);
      if (!path)
        {
          g_autofree char *where = g_strdup_printf (
              _ ("MANIERA_HELPER names %s, which is not a file."), named);
          g_propagate_error (error,
                             paint_error_new (PAINT_ERROR_NO_HELPER, where));
        }
      return path;
    }
  /* The plug-in itself is called "maniera", so what lies beside it is not. */
  g_autofree char *beside = g_build_filename (folder, "maniera-helper", NULL);
  char            *path = found (beside);
  if (!path)
    path = found (MANIERA_INSTALLED_HELPER);
  if (!path)
    path = g_find_program_in_path ("maniera");
  if (!path)
    {
      g_autofree char *where = g_strdup_printf (
          _ ("Looked for: %s, %s, and \"maniera\" in the folders of PATH."),
          beside, MANIERA_INSTALLED_HELPER);
      g_propagate_error (error, paint_error_new (PAINT_ERROR_NO_HELPER, where));
    }
  return path;
}

static char *
find_helper (GError **error)
{
  g_autofree char *folder = own_folder ();
  return helper_find (folder, error);
}

HelperClient *
helper_start (int                   memory_fd,
              const HelperListener *listener,
              gpointer              data,
              GError              **error)
{
  g_autofree char *path = find_helper (error);
  return path ? helper_client_new (path, memory_fd, listener, data, error)
              : NULL;
}

/* A command of the helper that ends by itself. */
typedef struct
{
  GSubprocess   *process;
  GError        *refusal; /* why there is no process */
  PaintErrorCode failure; /* what it is where the command fails */
  void (*done) (const GError *error, gpointer data);
  gpointer data;
} Task;

/* A process group of its own can be ended together with what the command
 * starts. SIGINT, as by Ctrl+C, lets the command remove its temporary files. It
 * gets it when it is cancelled and when the plug-in ends. */
static void
stand_apart (gpointer data)
{
  (void)data;
  setpgid (0, 0);
  signal (SIGINT, SIG_DFL);
  prctl (PR_SET_PDEATHSIG, SIGINT);
}

/* Ends what is left of the group after a second. The kernel gives a process id
 * again only after all others, so this is still the same group. */
static gboolean
kill_group (gpointer leader)
{
  kill (-GPOINTER_TO_INT (leader), SIGKILL);
  return G_SOURCE_REMOVE;
}

static void
end_group (GSubprocess *process)
{
  const char *text = g_subprocess_get_identifier (process);
  const gint  leader = text ? atoi (text) : 0;
  if (leader <= 1) /* it ended already */
    return;
  kill (-leader, SIGINT);
  g_timeout_add (1000, kill_group, GINT_TO_POINTER (leader));
}

static void
ended (GObject *source, GAsyncResult *result, gpointer data)
{
  (void)source;
  Task *task = data;
  g_autoptr (GBytes) said = NULL;
  g_autoptr (GError) error = NULL, failure = NULL;
  if (!g_subprocess_communicate_finish (task->process, result, NULL, &said,
                                        &error))
    {
      end_group (task->process);
      failure = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                    ? paint_error_new (PAINT_ERROR_STOPPED, NULL)
                    : paint_error_new (task->failure, error->message);
    }
  else if (!g_subprocess_get_successful (task->process))
    {
      StderrTail  tail = { NULL };
      gsize       length;
      const char *bytes = g_bytes_get_data (said, &length);
      stderr_tail_add (&tail, bytes, length);
      g_autofree char *why = stderr_tail_text (&tail);
      stderr_tail_clear (&tail);
      failure = paint_error_new (task->failure, why);
    }
  task->done (failure, task->data);
  g_object_unref (task->process);
  g_free (task);
}

static gboolean
refused (gpointer data)
{
  Task *task = data;
  task->done (task->refusal, task->data);
  g_error_free (task->refusal);
  g_free (task);
  return G_SOURCE_REMOVE;
}

static GCancellable *
start_task (const char *const *words,
            PaintErrorCode     failure,
            void (*done) (const GError *error, gpointer data),
            gpointer data)
{
  GCancellable *cancellable = g_cancellable_new ();
  Task         *task = g_new0 (Task, 1);
  *task = (Task){ .failure = failure, .done = done, .data = data };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = find_helper (&task->refusal);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_subprocess_launcher_set_child_setup (launcher, stand_apart, NULL, NULL);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_ptr_array_add (argv, path);
  for (; *words; ++words)
    g_ptr_array_add (argv, (gpointer)*words);
  g_ptr_array_add (argv, NULL);
  if (path)
    task->process = g_subprocess_launcher_spawnv (
        launcher, (const gchar *const *)argv->pdata, &error);
  if (error)
    task->refusal
        = paint_error_new (PAINT_ERROR_HELPER_REFUSED, error->message);
  if (task->process)
    g_subprocess_communicate_async (task->process, NULL, cancellable, ended,
                                    task);
  else
    g_idle_add (refused, task);
  return cancellable;
}

GCancellable *
helper_fetch_model (void (*done) (const GError *error, gpointer data),
                    gpointer data)
{
  static const char *const words[] = { "models", "fetch", NULL };
  return start_task (words, PAINT_ERROR_NO_MODEL, done, data);
}

void
helper_draw_sample (const char *name,
                    const char *file,
                    void (*done) (const GError *error, gpointer data),
                    gpointer data)
{
  const char *const words[] = { "sample", name, "-o", file, NULL };
  g_object_unref (start_task (words, PAINT_ERROR_INTERNAL, done, data));
}
