/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small widgets that the dialog's files share, made of what GTK 2 and GTK 3
 * both have. */

#ifndef MANIERA_PLUGIN_WIDGETS_H
#define MANIERA_PLUGIN_WIDGETS_H

#include <gtk/gtk.h>

/* Sets the name that a screen reader says. */
void widget_name (GtkWidget *widget, const char *name);

/* A flat button with an icon; `name` is its tooltip and name. */
GtkWidget *icon_button_new (const char *icon, const char *name);

/* A label at the left, vertically centered. */
GtkWidget *text_label_new (const char *text);
/* The same with a mnemonic, for `widget`. */
GtkWidget *mnemonic_label_new (const char *text, GtkWidget *widget);
GtkWidget *heading_new (const char *text);
/* A label in small print. */
GtkWidget *note_new (const char *text);
void       note_set (GtkWidget *note, const char *text);
/* Some themes for GTK 2 dim the label of a ticked button; this keeps it bright.
 */
void keep_bright (GtkWidget *label);

/* Destroys all that is in it. */
void container_clear (GtkWidget *container);

/* A tick box whose label, with a mnemonic, stays bright. */
GtkWidget *bright_tick_new (const char *label, const char *tooltip);

/* Has this paint a widget in GTK's place, from the widget's corner on. */
typedef void (*PaintWidget) (GtkWidget *widget, cairo_t *cr, gpointer data);
void paint_widget_by (GtkWidget *widget, PaintWidget paint, gpointer data);

/* A picture whose colors stay as they are: GTK brightens an image that is below
 * the pointer. */
GtkWidget *picture_new (GdkPixbuf *picture);

/* Puts a child into a cell; `expand` = along x. */
void table_put (GtkWidget *table,
                GtkWidget *child,
                guint      column,
                guint      row,
                gboolean   expand);

/* The wheel over the widget scrolls its list and does not change its value. */
void wheel_scrolls_list (GtkWidget *widget);

/* The paths of dropped files of this machine, in the file system's encoding.
 * The caller frees the list and its strings. */
GSList *dropped_files (GtkSelectionData *dropped);

/* Long texts in the list of a combo box do not widen the dialog. */
void combo_may_be_narrow (GtkWidget *combo);

/* A framed window that scrolls vertically and follows the keyboard's focus. It
 * can have the focus, so it has a `name` for screen readers. */
GtkWidget *scrolled_new (GtkWidget *child, const char *name, gint least_height);

#endif
