/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files and folders in the programs that the user's desktop has for them. */

#ifndef MANIERA_PLUGIN_SHOW_FILE_H
#define MANIERA_PLUGIN_SHOW_FILE_H

#include <glib.h>

/* FALSE where there is no program for it. The program outlives the plug-in. */
gboolean show_file (const char *path);

#endif
