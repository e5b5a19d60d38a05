/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What needs no call to GIMP. */

#include "plugin/gimp/host.h"

#include "plugin/client/own_folder.h"

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

GPtrArray *
host_drawables_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)host_drawable_free);
}

/* When a process started, in the kernel's clock ticks; "" when it is not known.
 * It tells a process from a later one with the same id. */
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

/* GIMP is the parent process of its plug-ins. */
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
  g_autofree char *folder = own_folder ();
  return g_build_filename (folder, name, NULL);
}
