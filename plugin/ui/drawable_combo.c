/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list store of drawables, and combo boxes over it. */

#include "plugin/ui/drawable_combo.h"

#include "plugin/ui/widgets.h"

enum
{
  COLUMN_ID,
  COLUMN_PICTURE,
  COLUMN_TEXT
};

GtkListStore *
drawable_list_new (void)
{
  return gtk_list_store_new (3, G_TYPE_INT, GDK_TYPE_PIXBUF, G_TYPE_STRING);
}

void
drawable_list_add (
    GtkListStore *list, gint at, gint id, GdkPixbuf *picture, const char *text)
{
  gtk_list_store_insert_with_values (list, NULL, at, COLUMN_ID, id,
                                     COLUMN_PICTURE, picture, COLUMN_TEXT, text,
                                     -1);
}

gint
drawable_list_find (GtkListStore *list, gint id)
{
  GtkTreeModel *model = GTK_TREE_MODEL (list);
  GtkTreeIter   iter;
  gint          at, row = 0;
  gboolean      more = gtk_tree_model_get_iter_first (model, &iter);
  for (; more; more = gtk_tree_model_iter_next (model, &iter), ++row)
    {
      gtk_tree_model_get (model, &iter, COLUMN_ID, &at, -1);
      if (at == id)
        return row;
    }
  return -1;
}

void
drawable_list_set_picture (gint id, GdkPixbuf *picture, gpointer object)
{
  GtkTreeModel *model = object;
  GtkTreeIter   iter;
  gint          at;
  if (!gtk_tree_model_get_iter_first (model, &iter))
    return;
  do
    {
      gtk_tree_model_get (model, &iter, COLUMN_ID, &at, -1);
      if (at == id)
        gtk_list_store_set (object, &iter, COLUMN_PICTURE, picture, -1);
    }
  while (gtk_tree_model_iter_next (model, &iter));
}

GtkWidget *
drawable_combo_new (GtkListStore *list, const char *name)
{
  GtkWidget       *combo = gtk_combo_box_new_with_model (GTK_TREE_MODEL (list));
  GtkCellLayout   *cells = GTK_CELL_LAYOUT (combo);
  GtkCellRenderer *picture = gtk_cell_renderer_pixbuf_new ();
  GtkCellRenderer *text = gtk_cell_renderer_text_new ();
  gtk_cell_renderer_set_padding (picture, 2, 1);
  gtk_cell_layout_pack_start (cells, picture, FALSE);
  gtk_cell_layout_add_attribute (cells, picture, "pixbuf", COLUMN_PICTURE);
  gtk_cell_layout_pack_start (cells, text, TRUE);
  gtk_cell_layout_add_attribute (cells, text, "text", COLUMN_TEXT);
  gtk_combo_box_set_active (GTK_COMBO_BOX (combo), 0);
  combo_may_be_narrow (combo);
  widget_name (combo, name);
  return combo;
}

gint
drawable_combo_get (GtkWidget *combo)
{
  GtkTreeIter iter;
  gint        id = -1;
  if (gtk_combo_box_get_active_iter (GTK_COMBO_BOX (combo), &iter))
    gtk_tree_model_get (gtk_combo_box_get_model (GTK_COMBO_BOX (combo)), &iter,
                        COLUMN_ID, &id, -1);
  return id;
}

void
drawable_combo_set (GtkWidget *combo, gint id)
{
  GtkTreeModel *list = gtk_combo_box_get_model (GTK_COMBO_BOX (combo));
  const gint    row = drawable_list_find (GTK_LIST_STORE (list), id);
  gtk_combo_box_set_active (GTK_COMBO_BOX (combo), MAX (row, 0));
}
