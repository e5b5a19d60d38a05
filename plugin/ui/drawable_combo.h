/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A combo box of drawables, each with a thumbnail and a text. */

#ifndef MANIERA_PLUGIN_DRAWABLE_COMBO_H
#define MANIERA_PLUGIN_DRAWABLE_COMBO_H

#include <gtk/gtk.h>

/* What there is to choose; many combo boxes may share it. */
GtkListStore *drawable_list_new (void);
/* `picture` may be NULL. */
void drawable_list_add (GtkListStore *list,
                        gint          id,
                        GdkPixbuf    *picture,
                        const char   *text);
/* `object` is the list: a ThumbnailReady. */
void drawable_list_set_picture (gint id, GdkPixbuf *picture, gpointer object);

/* With the list's first chosen. `name` for screen readers. Emits "changed". */
GtkWidget *drawable_combo_new (GtkListStore *list, const char *name);

/* A drawable's id; -1 where there is none. What is not in the list chooses its
 * first. */
gint drawable_combo_get (GtkWidget *combo);
void drawable_combo_set (GtkWidget *combo, gint id);

#endif
