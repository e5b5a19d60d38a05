/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of toggles and a combo box. */

#include "plugin/ui/part_legend.h"

#include "plugin/i18n.h"
#include "plugin/ui/part_overlay.h"
#include "plugin/ui/part_pictures.h"
#include "plugin/ui/widgets.h"

enum
{
  SWATCH_SIDE = 14, /* px */
  COLUMNS = 4,      /* eight parts are wider than the preview */
  COMBO_WIDTH = 180 /* px */
};

struct _PartLegend
{
  GtkWidget      *widget;
  GtkWidget      *table; /* of toggles */
  GtkWidget      *row;   /* what the chosen part is painted like: */
  GtkWidget      *combo;
  GArray         *counterparts; /* guint, of the combo's items */
  PartPairs      *pairs;
  const Request  *request;
  const PartMaps *maps;
  guint           part;  /* the chosen one; 0 = none */
  gboolean        quiet; /* we set something, the user does not */
  void (*chosen) (guint part, gpointer data);
  void (*paired) (gpointer data);
  gpointer data;
};

/* The toggles */

static guint
part_of (GtkWidget *toggle)
{
  return GPOINTER_TO_UINT (
      g_object_get_data (G_OBJECT (toggle), "maniera-part"));
}

/* How much of each picture a part has. Free with g_free(). */
static char *
shares_of (const PartLegend *legend, guint part)
{
  GString *shares = g_string_new (NULL);
  for (guint i = 0; i < legend->maps->pictures; ++i)
    {
      const double     share = part_map_share (&legend->maps->maps[i], part);
      g_autofree char *name = part_picture_name (legend->request, i);
      if (i > 0)
        g_string_append_c (shares, '\n');
      /* Translators: a layer's or picture's name, and how much of it. */
      g_string_append_printf (shares, _ ("%s: %.0f %%"), name, 100 * share);
    }
  return g_string_free (shares, FALSE);
}

/* What is seen of a part, and what a screen reader says. Free with g_free(). */
static char *
shown_name (guint part, guint counterpart)
{
  if (counterpart == part || counterpart == PART_WHOLE)
    return part_name (part);
  /* Translators: a part of a picture, and the one that it is painted like, by
   * their numbers. */
  return g_strdup_printf (_ ("Part %u → %u"), part, counterpart);
}

static char *
spoken_name (guint part, guint counterpart)
{
  if (counterpart == part)
    return part_name (part);
  if (counterpart == PART_WHOLE)
    return g_strdup_printf (_ ("Part %u, painted with the whole picture"),
                            part);
  return g_strdup_printf (_ ("Part %u, painted like part %u"), part,
                          counterpart);
}

static void
strike (GtkLabel *label, gboolean through)
{
  PangoAttrList *attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_strikethrough_new (through));
  gtk_label_set_attributes (label, attributes);
  pango_attr_list_unref (attributes);
}

static void
show_toggle (GtkWidget *toggle, gpointer data)
{
  PartLegend      *legend = data;
  const guint      part = part_of (toggle);
  const guint      counterpart = part_pairs_get (legend->pairs, part);
  g_autofree char *shown = shown_name (part, counterpart);
  g_autofree char *spoken = spoken_name (part, counterpart);
  g_autoptr (GdkPixbuf) swatch
      = part_swatch_new (counterpart == PART_WHOLE ? 0 : part, SWATCH_SIDE);
  GtkWidget *line = gtk_bin_get_child (GTK_BIN (toggle));
  g_autoptr (GList) children
      = gtk_container_get_children (GTK_CONTAINER (line));
  GtkLabel *label = g_list_nth_data (children, 1);
  gtk_image_set_from_pixbuf (g_list_nth_data (children, 0), swatch);
  gtk_label_set_text (label, shown);
  strike (label, counterpart == PART_WHOLE);
  widget_name (toggle, spoken);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (toggle),
                                part == legend->part);
}

static void
show_toggles (PartLegend *legend)
{
  legend->quiet = TRUE;
  gtk_container_foreach (GTK_CONTAINER (legend->table), show_toggle, legend);
  legend->quiet = FALSE;
}

static void
on_toggle (GtkWidget *toggle, gpointer data)
{
  PartLegend *legend = data;
  if (!legend->quiet)
    legend->chosen (part_of (toggle), legend->data);
}

static void
add_toggle (PartLegend *legend, guint part)
{
  g_autofree char *shares = shares_of (legend, part);
  GtkWidget       *line = gtk_hbox_new (FALSE, 4);
  GtkWidget       *label = text_label_new ("");
  GtkWidget       *toggle = gtk_toggle_button_new ();
  keep_bright (label);
  gtk_box_pack_start (GTK_BOX (line), gtk_image_new (), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (line), label, FALSE, FALSE, 0);
  gtk_container_add (GTK_CONTAINER (toggle), line);
  gtk_button_set_relief (GTK_BUTTON (toggle), GTK_RELIEF_NONE);
  gtk_widget_set_tooltip_text (toggle, shares);
  g_object_set_data (G_OBJECT (toggle), "maniera-part",
                     GUINT_TO_POINTER (part));
  g_signal_connect (toggle, "toggled", G_CALLBACK (on_toggle), legend);
  table_put (legend->table, toggle, (part - 1) % COLUMNS, (part - 1) / COLUMNS,
             FALSE);
}

/* The combo box */

static void
clear_combo (PartLegend *legend)
{
  for (guint i = 0; i < legend->counterparts->len; ++i)
    gtk_combo_box_text_remove (GTK_COMBO_BOX_TEXT (legend->combo), 0);
  g_array_set_size (legend->counterparts, 0);
}

static void
add_counterpart (PartLegend *legend, guint counterpart, const char *text)
{
  gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (legend->combo), text);
  if (counterpart == part_pairs_get (legend->pairs, legend->part))
    gtk_combo_box_set_active (GTK_COMBO_BOX (legend->combo),
                              (gint)legend->counterparts->len);
  g_array_append_val (legend->counterparts, counterpart);
}

/* Parts of an animation's frames are those of each frame. */
static gboolean
can_pair (const PartLegend *legend)
{
  return legend->part > 0 && legend->maps->parts <= PART_PAIRS_MOST
         && !legend->request->frames;
}

static void
fill_combo (PartLegend *legend)
{
  clear_combo (legend);
  gtk_widget_set_sensitive (legend->row, can_pair (legend));
  if (!can_pair (legend))
    return;
  add_counterpart (legend, legend->part, _ ("its counterpart"));
  for (guint part = 1; part <= legend->maps->parts; ++part)
    if (part != legend->part
        && part_maps_share_place (legend->maps, legend->request, legend->part,
                                  part))
      {
        g_autofree char *name = part_name (part);
        add_counterpart (legend, part, name);
      }
  add_counterpart (legend, PART_WHOLE, _ ("the whole picture"));
}

static void
show (PartLegend *legend)
{
  show_toggles (legend);
  legend->quiet = TRUE;
  fill_combo (legend);
  legend->quiet = FALSE;
}

static void
on_counterpart (GtkComboBox *combo, gpointer data)
{
  PartLegend *legend = data;
  const gint  at = gtk_combo_box_get_active (combo);
  if (legend->quiet || at < 0)
    return;
  part_pairs_set (legend->pairs, legend->maps->parts, legend->part,
                  g_array_index (legend->counterparts, guint, at));
  show_toggles (legend);
  legend->paired (legend->data);
}

/* Making */

void
part_legend_fill (PartLegend     *legend,
                  const Request  *request,
                  const PartMaps *maps)
{
  legend->request = request;
  legend->maps = maps;
  legend->part = 0;
  container_clear (legend->table);
  for (guint part = 1; maps && part <= maps->parts; ++part)
    add_toggle (legend, part);
  show (legend);
  gtk_widget_show_all (legend->table);
  gtk_widget_set_visible (legend->widget, maps && maps->parts > 0);
}

void
part_legend_choose (PartLegend *legend, guint part)
{
  legend->part = part;
  show (legend);
}

static void
make_row (PartLegend *legend)
{
  legend->row = gtk_hbox_new (FALSE, 6);
  legend->combo = gtk_combo_box_text_new ();
  gtk_widget_set_tooltip_text (
      legend->combo,
      _ ("What the chosen part is painted like. Choose a part above, or click "
         "it in a picture."));
  combo_may_be_narrow (legend->combo);
  gtk_widget_set_size_request (legend->combo, COMBO_WIDTH, -1);
  wheel_scrolls_list (legend->combo);
  widget_name (legend->combo, _ ("Paint the part like"));
  g_signal_connect (legend->combo, "changed", G_CALLBACK (on_counterpart),
                    legend);
  gtk_box_pack_start (GTK_BOX (legend->row),
                      text_label_new (_ ("Paint the part like")), FALSE, FALSE,
                      0);
  gtk_box_pack_start (GTK_BOX (legend->row), legend->combo, FALSE, FALSE, 0);
}

static void
on_destroy (GtkWidget *widget, gpointer data)
{
  PartLegend *legend = data;
  (void)widget;
  g_array_unref (legend->counterparts);
  g_free (legend);
}

PartLegend *
part_legend_new (PartPairs *pairs,
                 void (*chosen) (guint part, gpointer data),
                 void (*paired) (gpointer data),
                 gpointer data)
{
  PartLegend *legend = g_new0 (PartLegend, 1);
  legend->pairs = pairs;
  legend->chosen = chosen;
  legend->paired = paired;
  legend->data = data;
  legend->counterparts = g_array_new (FALSE, FALSE, sizeof (guint));
  legend->widget = gtk_vbox_new (FALSE, 6);
  legend->table = gtk_table_new (1, 1, FALSE);
  gtk_box_pack_start (GTK_BOX (legend->widget), legend->table, FALSE, FALSE, 0);
  make_row (legend);
  gtk_box_pack_start (GTK_BOX (legend->widget), legend->row, FALSE, FALSE, 0);
  g_signal_connect (legend->widget, "destroy", G_CALLBACK (on_destroy), legend);
  return legend;
}

GtkWidget *
part_legend_widget (PartLegend *legend)
{
  return legend->widget;
}
