/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A combo box of drawables, each with a thumbnail and a text. */

#ifndef MANIERA_PLUGIN_DRAWABLE_COMBO_H
#define MANIERA_PLUGIN_DRAWABLE_COMBO_H

#include <gtk/gtk.h>

/* An empty list; many combo boxes may share it. */
GtkListStore *drawable_list_new (void);
/* Adds a row, as number `at`; -1 = the last. `picture` may be NULL. */
void drawable_list_add (
    GtkListStore *list, gint at, gint id, GdkPixbuf *picture, const char *text);
/* The number of a drawable's row; -1 = it has none. */
gint drawable_list_find (GtkListStore *list, gint id);
/* A ThumbnailReady; `object` is the list. */
void drawable_list_set_picture (gint id, GdkPixbuf *picture, gpointer object);

/* A combo box with the first row chosen; `name` is for screen readers. Emits
 * "changed". */
GtkWidget *drawable_combo_new (GtkListStore *list, const char *name);

/* The chosen drawable's id; -1 = none. An id that is not in the list chooses
 * the first row. */
gint drawable_combo_get (GtkWidget *combo);
void drawable_combo_set (GtkWidget *combo, gint id);

#endif
