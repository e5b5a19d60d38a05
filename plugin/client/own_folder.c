/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Linux has a link to the program of every process. */

#include "plugin/client/own_folder.h"

#include <glib.h>

char *
own_folder (void)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  return self ? g_path_get_dirname (self) : g_strdup (".");
}
