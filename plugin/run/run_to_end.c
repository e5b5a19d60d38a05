/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs without a dialog. */

#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/run.h"

typedef struct
{
  GMainLoop *loop;
  gint       layer;
  GError    *error;
} Wait;

static void
show_progress (const RunProgress *progress, gpointer data)
{
  (void)data;
  host_progress_set (progress->fraction);
}

static void
show_warning (const char *text, gpointer data)
{
  (void)data;
  host_message (text);
}

static void
end_wait (gint layer, gboolean complete, const GError *error, gpointer data)
{
  (void)complete;
  Wait *wait = data;
  wait->layer = layer;
  wait->error = error ? g_error_copy (error) : NULL;
  g_main_loop_quit (wait->loop);
}

gint
run_to_end (const Request *request, GError **error)
{
  static const RunListener listener = { show_progress, show_warning, end_wait };
  Wait                     wait = { g_main_loop_new (NULL, FALSE), -1, NULL };
  host_progress_start (_ ("Painting"));
  Run *run = run_start (request, 0, &listener, &wait, error);
  if (run)
    {
      g_main_loop_run (wait.loop);
      run_free (run);
      if (wait.error)
        g_propagate_error (error, wait.error);
    }
  host_progress_end ();
  g_main_loop_unref (wait.loop);
  return wait.layer;
}
