/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window that asks for picture files. */

#ifndef MANIERA_PLUGIN_PICTURE_CHOOSER_H
#define MANIERA_PLUGIN_PICTURE_CHOOSER_H

#include <gtk/gtk.h>

/* Paths in the file system's encoding, owned with the list; NULL when the user
 * left. */
GSList *choose_pictures (GtkWidget *parent);
/* One. */
char *choose_picture (GtkWidget *parent);

#endif
