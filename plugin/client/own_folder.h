/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the running program is installed: the plug-in's own folder. */

#ifndef MANIERA_PLUGIN_OWN_FOLDER_H
#define MANIERA_PLUGIN_OWN_FOLDER_H

/* "." where the system does not tell. Free with g_free(). */
char *own_folder (void);

#endif
