/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One picture in the list of styles: to tick, and when it is, how it is used.
 */

#ifndef MANIERA_PLUGIN_STYLE_ROW_H
#define MANIERA_PLUGIN_STYLE_ROW_H

#include "plugin/client/request.h"
#include "plugin/gimp/host.h"
#include "plugin/ui/thumbnails.h"

#include <gtk/gtk.h>

/* What all rows of a list share. */
typedef struct
{
  gint          image;   /* the content's */
  double        scale;   /* stroke size where a row has none of its own */
  GtkListStore *regions; /* made when the first row unfolds */
  GtkListStore *parts;
  Thumbnails   *thumbnails;
  void (*changed) (gpointer data);
  gpointer data;
} StyleRows;

typedef struct _StyleRow StyleRow;

/* Of a layer, or of a file where `layer` is NULL. `rows` outlives it. The row
 * is freed with its widget. */
StyleRow *
style_row_new (StyleRows *rows, const HostDrawable *layer, const char *file);
GtkWidget *style_row_widget (StyleRow *row);

/* A button at its end, for a file that is to leave the list. */
GtkWidget *
style_row_add_button (StyleRow *row, const char *icon, const char *name);

gboolean style_row_is (const StyleRow *row, gint drawable, const char *file);
gboolean style_row_ticked (const StyleRow *row);

/* NULL unticks; the numbers stay. */
void style_row_set (StyleRow *row, const StyleChoice *choice);
/* The caller owns it; NULL when it is not ticked. */
StyleChoice *style_row_get (const StyleRow *row);

void style_row_grab_focus (StyleRow *row);

/* Weight, stroke size, region and part as they are at first. */
void style_row_reset (StyleRow *row);
/* After `scale` of the rows has changed. */
void style_row_refresh (StyleRow *row);

#endif
