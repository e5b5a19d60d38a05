/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts the program that the desktop names. */

#include "plugin/ui/show_file.h"

#include <gio/gio.h>
#include <unistd.h>

gboolean
show_file (const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  if (!uri)
    return FALSE;
  /* GIMP may kill our process group. A browser is not to end with it, so it
   * starts in GIMP's own. */
  setpgid (0, getpgid (getppid ()));
  const gboolean shown = g_app_info_launch_default_for_uri (uri, NULL, NULL);
  setpgid (0, 0);
  return shown;
}
