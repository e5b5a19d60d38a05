/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window that asks for picture files. */

#ifndef MANIERA_PLUGIN_PICTURE_CHOOSER_H
#define MANIERA_PLUGIN_PICTURE_CHOOSER_H

#include <gtk/gtk.h>

/* Paths in the file system's encoding. The caller frees the list and its
 * strings. NULL when the user canceled. */
GSList *choose_pictures (GtkWidget *parent);
/* One path; NULL when the user canceled. Free with g_free(). */
char *choose_picture (GtkWidget *parent);

#endif
