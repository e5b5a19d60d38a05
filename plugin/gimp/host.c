/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is the same in every GIMP. */

#include "plugin/gimp/host.h"

#include <string.h>
#include <unistd.h>

void
host_drawable_free (HostDrawable *drawable)
{
  if (!drawable)
    return;
  g_free (drawable->name);
  g_free (drawable->image_name);
  g_free (drawable);
}

/* When a process started, in the kernel's own count; "" when it is not known.
 * With it, a process id that is used again is another one. */
static char *
start_of (int process)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", process);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_strdup ("");
  /* The name, in parentheses, may hold anything. The start is the 20th field
   * after it. */
  const char *end = strrchr (text, ')');
  if (!end)
    return g_strdup ("");
  g_auto (GStrv) fields = g_strsplit (end + 1, " ", 0);
  return g_strdup (g_strv_length (fields) > 20 ? fields[20] : "");
}

/* A plug-in is GIMP's own child. */
const char *
host_session (void)
{
  static char *session;
  if (!session)
    {
      g_autofree char *start = start_of (getppid ());
      session = g_strdup_printf ("%d-%s", (int)getppid (), start);
    }
  return session;
}

char *
host_own_file (const char *name)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self ? g_path_get_dirname (self) : g_strdup (".");
  return g_build_filename (folder, name, NULL);
}
