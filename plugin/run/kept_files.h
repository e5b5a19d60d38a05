/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maniera's folder in GIMP's, and the small files in it.
 *
 *     g_autofree char *path = kept_file_name ("presets.json");
 *     kept_file_write ("presets.json", text, &error);
 */

#ifndef MANIERA_PLUGIN_KEPT_FILES_H
#define MANIERA_PLUGIN_KEPT_FILES_H

#include <glib.h>

/* The path of what has this name there. Free with g_free(). */
char *kept_file_name (const char *name);

/* Writes all of `text`, or leaves the file as it was: FALSE with
 * PAINT_ERROR_NO_SPACE or PAINT_ERROR_HOST. */
gboolean kept_file_write (const char *name, const char *text, GError **error);

#endif
