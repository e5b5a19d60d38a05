/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder for the frames of one run, which the helper reads and writes as
 * files.
 *
 *     g_autofree char *folder = frames_folder_new (&error);
 *     ...
 *     frames_folder_remove (folder);
 */

#ifndef MANIERA_PLUGIN_FRAMES_FOLDER_H
#define MANIERA_PLUGIN_FRAMES_FOLDER_H

#include <glib.h>

/* An empty folder of this process in Maniera's cache; free with g_free(). What
 * other runs left there, which GIMP's Cancel ends at once, goes now. NULL with
 * PAINT_ERROR_NO_SPACE or PAINT_ERROR_HOST. */
char *frames_folder_new (GError **error);

/* With all that is in it. */
void frames_folder_remove (const char *folder);

#endif
