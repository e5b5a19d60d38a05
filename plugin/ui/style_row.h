/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One picture in the list of styles: a box to tick, and below it, while that is
 * ticked, the weight, stroke size and masks. */

#ifndef MANIERA_PLUGIN_STYLE_ROW_H
#define MANIERA_PLUGIN_STYLE_ROW_H

#include "plugin/client/request.h"
#include "plugin/gimp/host.h"
#include "plugin/ui/thumbnails.h"

#include <gtk/gtk.h>

/* What all rows of a list share. */
typedef struct
{
  gint          image; /* the content's */
  double        scale; /* the stroke size of rows without one of their own */
  gboolean      fixed; /* ticks and masks cannot be changed */
  GtkListStore *masks; /* made when the first row unfolds */
  GtkListStore *style_masks;
  Thumbnails   *thumbnails;
  void (*changed) (gpointer data);
  gpointer data;
} StyleRows;

typedef struct _StyleRow StyleRow;

/* A row for a layer, or for a file where `layer` is NULL. Freed with its
 * widget; `rows` must outlive it. */
StyleRow *
style_row_new (StyleRows *rows, const HostDrawable *layer, const char *file);
GtkWidget *style_row_widget (StyleRow *row);

/* Adds a button at the row's end, to remove a file from the list. */
GtkWidget *
style_row_add_button (StyleRow *row, const char *icon, const char *name);

gboolean style_row_is (const StyleRow *row, gint drawable, const char *file);
gboolean style_row_ticked (const StyleRow *row);

/* NULL unticks the row; its numbers stay. */
void style_row_set (StyleRow *row, const StyleChoice *choice);
/* What it chooses when it is ticked. The caller owns it. */
StyleChoice *style_row_get (const StyleRow *row);
const char  *style_row_title (const StyleRow *row);

void style_row_grab_focus (StyleRow *row);

/* Resets weight, stroke size and masks. */
void style_row_reset (StyleRow *row);
/* Lists masks that were made since. */
void style_rows_fill_masks (StyleRows *rows);
/* To be called after `scale` or `fixed` of the rows has changed. */
void style_row_refresh (StyleRow *row);

#endif
