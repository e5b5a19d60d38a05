/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files in GIMP's folder. */

#include "plugin/run/kept_files.h"

#include "plugin/client/errors.h"
#include "plugin/gimp/host.h"

#include <errno.h>

char *
kept_file_name (const char *name)
{
  return g_build_filename (host_folder (), "maniera", name, NULL);
}

/* The whole file or nothing: g_file_set_contents() renames a finished file. */
gboolean
kept_file_write (const char *name, const char *text, GError **error)
{
  g_autofree char *path = kept_file_name (name);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) failure = NULL;
  if (g_mkdir_with_parents (folder, 0700) == 0
      && g_file_set_contents (path, text, -1, &failure))
    return TRUE;
  const gboolean full
      = failure ? g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
                : errno == ENOSPC;
  g_propagate_error (
      error, paint_error_new (full ? PAINT_ERROR_NO_SPACE : PAINT_ERROR_HOST,
                              failure ? failure->message : folder));
  return FALSE;
}
