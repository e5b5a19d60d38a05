/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shared code needs of a GIMP and every GIMP calls the same. */

#include "plugin/gimp/host.h"

#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

void
host_progress_start (const char *text)
{
  gimp_progress_init (text);
}

void
host_progress_set (double fraction)
{
  gimp_progress_update (fraction);
}

void
host_progress_end (void)
{
  gimp_progress_end ();
}

void
host_message (const char *text)
{
  gimp_message (text);
}

const char *
host_folder (void)
{
  return gimp_directory ();
}

const char *
host_name (void)
{
  static char *name;
  if (!name)
    name = g_strdup_printf ("GIMP %s", gimp_version ());
  return name;
}

void
host_window_attach (void *gtk_window)
{
  gimp_window_set_transient (GTK_WINDOW (gtk_window));
}

void
host_help (void)
{
  gimp_help (NULL, HOST_HELP_ID);
}
