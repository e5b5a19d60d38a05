/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders that are named by the process that they belong to. */

#include "plugin/run/frames_folder.h"

#include "plugin/client/errors.h"
#include "plugin/gimp/host.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define PREFIX "frames-"

void
frames_folder_remove (const char *folder)
{
  GDir *entries = g_dir_open (folder, 0, NULL);
  for (const char *name; entries && (name = g_dir_read_name (entries));)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_SYMLINK)
          || !g_file_test (path, G_FILE_TEST_IS_DIR))
        g_unlink (path);
      else
        frames_folder_remove (path);
    }
  g_clear_pointer (&entries, g_dir_close);
  g_rmdir (folder);
}

/* Whether it is the folder of a process that is gone. */
static gboolean
is_left (const char *name)
{
  if (!g_str_has_prefix (name, PREFIX))
    return FALSE;
  const int owner = atoi (name + sizeof PREFIX - 1);
  return owner > 0 && kill (owner, 0) != 0 && errno == ESRCH;
}

static void
sweep (const char *cache)
{
  GDir *entries = g_dir_open (cache, 0, NULL);
  for (const char *name; entries && (name = g_dir_read_name (entries));)
    if (is_left (name))
      {
        g_autofree char *path = g_build_filename (cache, name, NULL);
        frames_folder_remove (path);
      }
  g_clear_pointer (&entries, g_dir_close);
}

char *
frames_folder_new (GError **error)
{
  g_autofree char *cache
      = g_build_filename (host_cache_folder (), "maniera", NULL);
  g_autofree char *mine = g_strdup_printf (PREFIX "%d", (int)getpid ());
  g_autofree char *folder = g_build_filename (cache, mine, NULL);
  sweep (cache);
  frames_folder_remove (folder); /* of an earlier process of this number */
  if (g_mkdir_with_parents (folder, 0700) == 0)
    return g_steal_pointer (&folder);
  g_propagate_error (error,
                     paint_error_new (errno == ENOSPC ? PAINT_ERROR_NO_SPACE
                                                      : PAINT_ERROR_HOST,
                                      folder));
  return NULL;
}
