/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A list store of drawables and combo boxes over it. */

#include "plugin/gray_chooser.h"

#include "plugin/host.h"
#include "plugin/i18n.h"
#include "plugin/widgets.h"

enum
{
  THUMBNAIL = 24 /* px */
};

enum
{
  COLUMN_ID,
  COLUMN_PICTURE,
  COLUMN_TEXT
};

static char *
kind_text (const HostDrawable *drawable)
{
  switch (drawable->kind)
    {
    case HOST_SELECTION:
      return g_strdup (_ ("Selection"));
    case HOST_CHANNEL:
      /* Translators: a channel's name. */
      return g_strdup_printf (_ ("Channel “%s”"), drawable->name);
    case HOST_LAYER_MASK:
      /* Translators: the layer's name. */
      return g_strdup_printf (_ ("Mask of “%s”"), drawable->name);
    default:
      /* Translators: the layer's name. */
      return g_strdup_printf (_ ("Gray of “%s”"), drawable->name);
    }
}

static void
set_picture (gint id, GdkPixbuf *picture, gpointer object)
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

static void
append_those (GtkListStore *list,
              GPtrArray    *drawables,
              gint          image,
              gboolean      of_image,
              Thumbnails   *thumbnails)
{
  for (guint i = 0; i < drawables->len; ++i)
    {
      const HostDrawable *drawable = g_ptr_array_index (drawables, i);
      if ((drawable->image == image) != of_image)
        continue;
      g_autofree char *kind = kind_text (drawable);
      g_autofree char *text
          = of_image
                ? g_strdup (kind)
                /* Translators: a channel, mask or layer and its image. */
                : g_strdup_printf (_ ("%s in %s"), kind, drawable->image_name);
      gtk_list_store_insert_with_values (list, NULL, -1, COLUMN_ID,
                                         drawable->id, COLUMN_TEXT, text, -1);
      thumbnails_ask (thumbnails, drawable->id, NULL, THUMBNAIL, set_picture,
                      list);
    }
}

GtkListStore *
gray_list_new (gint image, const char *none, Thumbnails *thumbnails)
{
  /* What is made to be a mask comes before layers. */
  static const guint kinds[]
      = { 1u << HOST_SELECTION, 1u << HOST_CHANNEL | 1u << HOST_LAYER_MASK,
          1u << HOST_LAYER };
  GtkListStore *list
      = gtk_list_store_new (3, G_TYPE_INT, GDK_TYPE_PIXBUF, G_TYPE_STRING);
  GPtrArray *drawables[G_N_ELEMENTS (kinds)];
  gtk_list_store_insert_with_values (list, NULL, -1, COLUMN_ID, -1, COLUMN_TEXT,
                                     none, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); ++i)
    drawables[i] = host_list (kinds[i]);
  for (int of_image = TRUE; of_image >= FALSE; --of_image)
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); ++i)
      append_those (list, drawables[i], image, of_image, thumbnails);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); ++i)
    g_ptr_array_unref (drawables[i]);
  return list;
}

GtkWidget *
gray_chooser_new (GtkListStore *grays, const char *name)
{
  GtkWidget *chooser = gtk_combo_box_new_with_model (GTK_TREE_MODEL (grays));
  GtkCellLayout   *cells = GTK_CELL_LAYOUT (chooser);
  GtkCellRenderer *picture = gtk_cell_renderer_pixbuf_new ();
  GtkCellRenderer *text = gtk_cell_renderer_text_new ();
  gtk_cell_renderer_set_padding (picture, 2, 0);
  gtk_cell_layout_pack_start (cells, picture, FALSE);
  gtk_cell_layout_add_attribute (cells, picture, "pixbuf", COLUMN_PICTURE);
  gtk_cell_layout_pack_start (cells, text, TRUE);
  gtk_cell_layout_add_attribute (cells, text, "text", COLUMN_TEXT);
  gtk_combo_box_set_active (GTK_COMBO_BOX (chooser), 0);
  combo_may_be_narrow (chooser);
  widget_name (chooser, name);
  return chooser;
}

gint
gray_chooser_get (GtkWidget *chooser)
{
  GtkTreeIter iter;
  gint        id = -1;
  if (gtk_combo_box_get_active_iter (GTK_COMBO_BOX (chooser), &iter))
    gtk_tree_model_get (gtk_combo_box_get_model (GTK_COMBO_BOX (chooser)),
                        &iter, COLUMN_ID, &id, -1);
  return id;
}

void
gray_chooser_set (GtkWidget *chooser, gint id)
{
  GtkTreeModel *model = gtk_combo_box_get_model (GTK_COMBO_BOX (chooser));
  GtkTreeIter   iter;
  gint          at, row = 0, wanted = 0;
  gboolean      more = gtk_tree_model_get_iter_first (model, &iter);
  for (; more; more = gtk_tree_model_iter_next (model, &iter), ++row)
    {
      gtk_tree_model_get (model, &iter, COLUMN_ID, &at, -1);
      if (at == id)
        wanted = row;
    }
  gtk_combo_box_set_active (GTK_COMBO_BOX (chooser), wanted);
}
