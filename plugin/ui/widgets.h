/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small widgets that the parts of the dialog share, made of what GTK 2 and
 * GTK 3 both have. */

#ifndef MANIERA_PLUGIN_WIDGETS_H
#define MANIERA_PLUGIN_WIDGETS_H

#include <gtk/gtk.h>

/* What a screen reader calls it. */
void widget_name (GtkWidget *widget, const char *name);

/* A flat button with an icon; `name` is its tooltip and its name. */
GtkWidget *icon_button_new (const char *icon, const char *name);

/* At the left, in the middle of its height. */
GtkWidget *text_label_new (const char *text);
/* The same with a mnemonic, for `widget`. */
GtkWidget *mnemonic_label_new (const char *text, GtkWidget *widget);
GtkWidget *heading_new (const char *text);
/* Smaller and paler, for what is only said beside. */
GtkWidget *note_new (const char *text);
void       note_set (GtkWidget *note, const char *text);
/* As bright in a ticked button as elsewhere: some themes for GTK 2 dim it. */
void keep_bright (GtkWidget *label);

/* A cell of a table; `expand` only along x. */
void table_put (GtkWidget *table,
                GtkWidget *child,
                guint      column,
                guint      row,
                gboolean   expand);

/* The wheel over it scrolls what it stands in and leaves its value alone. */
void wheel_scrolls_list (GtkWidget *widget);

/* Long texts in its list do not make the dialog wide. */
void combo_may_be_narrow (GtkWidget *combo);

/* Framed; scrolls up and down only, and follows the keyboard's focus. `name` is
 * for screen readers: it takes the focus too. */
GtkWidget *scrolled_new (GtkWidget *child, const char *name, gint least_height);

#endif
