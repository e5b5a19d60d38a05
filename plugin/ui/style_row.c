/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A check box with thumbnail and name, and a table that unfolds below. */

#include "plugin/ui/style_row.h"

#include "plugin/i18n.h"
#include "plugin/run/sample_styles.h"
#include "plugin/run/style_packs.h"
#include "plugin/run/styles_at_hand.h"
#include "plugin/ui/drawable_combo.h"
#include "plugin/ui/gray_list.h"
#include "plugin/ui/widgets.h"

#include <math.h>

enum
{
  THUMBNAIL = 48, /* px */
  NAME_WIDTH
  = 220,      /* px; GTK 2 gives a check box's label only what it asks for */
  INDENT = 28 /* px, of the details */
};

#define MOST_WEIGHT 100.0

struct _StyleRow
{
  StyleRows *rows;
  gint       drawable; /* -1 = the file */
  char      *file;
  gboolean   pack; /* the file is one */
  char      *title;
  GtkWidget *box;
  GtkWidget *header;
  GtkWidget *tick;
  GtkWidget *details; /* NULL until the row is ticked for the first time */
  GtkWidget *weight, *scale, *mask, *style_mask;
  GtkWidget *mask_label, *style_mask_label;
  gboolean   own_scale; /* else the option's is shown */
  guint      quiet;     /* above 0: we set widgets, the user does not */
};

static void
changed (StyleRow *row)
{
  if (!row->quiet)
    row->rows->changed (row->rows->data);
}

static void
on_change (GtkWidget *widget, gpointer data)
{
  (void)widget;
  changed (data);
}

static void
on_scale (GtkWidget *spin, gpointer data)
{
  StyleRow *row = data;
  (void)spin;
  if (!row->quiet)
    row->own_scale = TRUE;
  changed (row);
}

/* Returns the label. */
static GtkWidget *
add_detail (StyleRow   *row,
            GtkWidget  *table,
            guint       line,
            const char *label,
            GtkWidget  *widget,
            const char *help)
{
  /* For screen readers the name says of which picture it is. */
  g_autofree char *name = g_strdup_printf ("%s, %s", label, row->title);
  GtkWidget       *text = text_label_new (label);
  table_put (table, text, 0, line, FALSE);
  table_put (table, widget, 1, line, TRUE);
  gtk_widget_set_tooltip_text (widget, help);
  gtk_widget_set_tooltip_text (text, help);
  widget_name (widget, name);
  wheel_scrolls_list (widget);
  return text;
}

static GtkWidget *
spin_new (StyleRow *row, double least, double most, GCallback on_value)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (least, most, 0.1);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), 2);
  gtk_entry_set_activates_default (GTK_ENTRY (spin), TRUE);
  g_signal_connect (spin, "value-changed", on_value, row);
  return spin;
}

static GtkListStore *
grays (GtkListStore **list, StyleRows *rows, const char *none)
{
  if (!*list)
    *list = gray_list_new (rows->image, none, rows->thumbnails);
  return *list;
}

void
style_rows_fill_masks (StyleRows *rows)
{
  GtkListStore *const lists[] = { rows->masks, rows->style_masks };
  for (gsize i = 0; i < G_N_ELEMENTS (lists); ++i)
    if (lists[i])
      gray_list_fill (lists[i], rows->image, rows->thumbnails);
}

static void
make_details (StyleRow *row)
{
  StyleRows           *rows = row->rows;
  const ManieraOption *scale = maniera_option_find ("style-scale");
  GtkWidget           *table = gtk_table_new (4, 2, FALSE);
  gtk_table_set_row_spacings (GTK_TABLE (table), 3);
  gtk_table_set_col_spacings (GTK_TABLE (table), 6);
  row->weight = spin_new (row, 0.01, MOST_WEIGHT, G_CALLBACK (on_change));
  row->scale = spin_new (row, scale->min, scale->max, G_CALLBACK (on_scale));
  row->mask
      = drawable_combo_new (grays (&rows->masks, rows, _ ("Everywhere")), "");
  row->style_mask = drawable_combo_new (
      grays (&rows->style_masks, rows, _ ("All of it")), "");
  g_signal_connect (row->mask, "changed", G_CALLBACK (on_change), row);
  g_signal_connect (row->style_mask, "changed", G_CALLBACK (on_change), row);
  add_detail (row, table, 0, _ ("Weight"), row->weight,
              _ ("How much this picture counts compared with the other ticked "
                 "ones"));
  add_detail (
      row, table, 1, _ ("Stroke size"), row->scale,
      _ ("1 paints strokes as large as they are in this picture, 0.5 half as "
         "large"));
  row->mask_label
      = add_detail (row, table, 2, _ ("Mask"), row->mask,
                    _ ("Where in your layer this style is painted: fully in "
                       "white, partly in gray, not at all in black"));
  row->style_mask_label = add_detail (
      row, table, 3, _ ("Style mask"), row->style_mask,
      row->pack ? _ ("A style pack has no painting that a mask could lie on")
                : _ ("What part of this picture the style is learned from: "
                     "white counts, black does not"));
  row->details = gtk_alignment_new (0, 0, 1, 0);
  gtk_alignment_set_padding (GTK_ALIGNMENT (row->details), 3, 9, INDENT, 3);
  gtk_container_add (GTK_CONTAINER (row->details), table);
  gtk_box_pack_start (GTK_BOX (row->box), row->details, FALSE, FALSE, 0);
  gtk_widget_show_all (row->details);
  gtk_widget_set_no_show_all (row->details, TRUE);
  style_row_reset (row);
}

static void
unfold (StyleRow *row)
{
  const gboolean ticked = style_row_ticked (row);
  if (ticked && !row->details)
    make_details (row);
  if (row->details)
    gtk_widget_set_visible (row->details, ticked);
}

static void
on_tick (GtkWidget *tick, gpointer data)
{
  (void)tick;
  unfold (data);
  changed (data);
}

static void
set_picture (gint id, GdkPixbuf *picture, gpointer object)
{
  (void)id;
  g_autoptr (GdkPixbuf) shown
      = picture ? g_object_ref (picture) : thumbnail_stand_in (THUMBNAIL);
  gtk_image_set_from_pixbuf (object, shown);
}

static GtkWidget *
tick_new (StyleRow *row, const char *note)
{
  GtkWidget *tick = gtk_check_button_new ();
  GtkWidget *line = gtk_hbox_new (FALSE, 8);
  GtkWidget *texts = gtk_vbox_new (FALSE, 0);
  GtkWidget *middle = gtk_alignment_new (0, 0.5, 1, 0);
  GtkWidget *picture = gtk_image_new ();
  GtkWidget *title = text_label_new (row->title);
  GtkWidget *below = note_new (note);
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_ellipsize (GTK_LABEL (below), PANGO_ELLIPSIZE_MIDDLE);
  keep_bright (title);
  keep_bright (below);
  gtk_widget_set_size_request (texts, NAME_WIDTH, -1);
  gtk_widget_set_size_request (picture, THUMBNAIL, THUMBNAIL);
  gtk_box_pack_start (GTK_BOX (texts), title, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (texts), below, FALSE, FALSE, 0);
  gtk_container_add (GTK_CONTAINER (middle), texts);
  gtk_box_pack_start (GTK_BOX (line), picture, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (line), middle, TRUE, TRUE, 0);
  gtk_container_add (GTK_CONTAINER (tick), line);
  g_signal_connect (tick, "toggled", G_CALLBACK (on_tick), row);
  /* Translators: a picture's name, then its size and where it is. */
  g_autofree char *name = g_strdup_printf (_ ("%s, %s"), row->title, note);
  widget_name (tick, name);
  thumbnails_ask (row->rows->thumbnails, row->drawable, row->file, THUMBNAIL,
                  set_picture, picture);
  return tick;
}

static char *
note_of (const StyleRow *row, const HostDrawable *layer)
{
  if (!layer && sample_style_title (row->file))
    return g_strdup (style_origin_text (STYLE_SAMPLE));
  if (!layer)
    {
      g_autofree char *folder = g_path_get_dirname (row->file);
      return g_filename_display_name (folder);
    }
  if (layer->image == row->rows->image)
    /* Translators: a layer's width and height. */
    return g_strdup_printf (_ ("%d × %d"), layer->width, layer->height);
  /* Translators: a layer's width and height, and its image. */
  return g_strdup_printf (_ ("%d × %d, in %s"), layer->width, layer->height,
                          layer->image_name);
}

static char *
title_of (const HostDrawable *layer, const char *file)
{
  const char *title = layer ? layer->name : sample_style_title (file);
  return title ? g_strdup (title) : g_filename_display_basename (file);
}

static void
on_destroy (GtkWidget *box, gpointer data)
{
  StyleRow *row = data;
  (void)box;
  g_free (row->file);
  g_free (row->title);
  g_free (row);
}

static void
show_whether_fixed (StyleRow *row)
{
  const gboolean open = !row->rows->fixed;
  gtk_widget_set_sensitive (row->header, open);
  if (!row->details)
    return;
  gtk_widget_set_sensitive (row->mask_label, open);
  gtk_widget_set_sensitive (row->mask, open);
  gtk_widget_set_sensitive (row->style_mask_label, open && !row->pack);
  gtk_widget_set_sensitive (row->style_mask, open && !row->pack);
}

StyleRow *
style_row_new (StyleRows *rows, const HostDrawable *layer, const char *file)
{
  StyleRow *row = g_new0 (StyleRow, 1);
  row->rows = rows;
  row->drawable = layer ? layer->id : -1;
  row->file = layer ? NULL : g_strdup (file);
  row->pack = is_style_pack (row->file);
  row->title = title_of (layer, file);
  g_autofree char *note = note_of (row, layer);
  row->box = gtk_vbox_new (FALSE, 0);
  row->header = gtk_hbox_new (FALSE, 0);
  row->tick = tick_new (row, note);
  gtk_box_pack_start (GTK_BOX (row->header), row->tick, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row->box), row->header, FALSE, FALSE, 0);
  g_signal_connect (row->box, "destroy", G_CALLBACK (on_destroy), row);
  gtk_widget_show_all (row->box);
  show_whether_fixed (row);
  return row;
}

GtkWidget *
style_row_widget (StyleRow *row)
{
  return row->box;
}

GtkWidget *
style_row_add_button (StyleRow *row, const char *icon, const char *name)
{
  g_autofree char *whole = g_strdup_printf ("%s: %s", name, row->title);
  GtkWidget       *button = icon_button_new (icon, name);
  GtkWidget       *middle = gtk_alignment_new (0.5, 0.5, 0, 0);
  widget_name (button, whole);
  gtk_container_add (GTK_CONTAINER (middle), button);
  gtk_box_pack_end (GTK_BOX (row->header), middle, FALSE, FALSE, 0);
  gtk_widget_show_all (middle);
  return button;
}

gboolean
style_row_is (const StyleRow *row, gint drawable, const char *file)
{
  return file ? g_strcmp0 (row->file, file) == 0
              : row->drawable >= 0 && row->drawable == drawable;
}

gboolean
style_row_ticked (const StyleRow *row)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (row->tick));
}

const char *
style_row_title (const StyleRow *row)
{
  return row->title;
}

void
style_row_grab_focus (StyleRow *row)
{
  gtk_widget_grab_focus (row->tick);
}

void
style_row_refresh (StyleRow *row)
{
  show_whether_fixed (row);
  if (!row->details || row->own_scale)
    return;
  ++row->quiet;
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (row->scale), row->rows->scale);
  --row->quiet;
}

static void
show_choice (StyleRow *row, const StyleChoice *choice)
{
  ++row->quiet;
  row->own_scale = choice->scale > 0;
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (row->weight),
                             isnan (choice->weight) ? 1 : choice->weight);
  if (row->own_scale)
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (row->scale), choice->scale);
  drawable_combo_set (row->mask, choice->mask);
  drawable_combo_set (row->style_mask, row->pack ? -1 : choice->style_mask);
  --row->quiet;
  style_row_refresh (row);
}

void
style_row_reset (StyleRow *row)
{
  StyleChoice *first = style_choice_new ();
  if (row->details)
    show_choice (row, first);
  style_choice_free (first);
}

void
style_row_set (StyleRow *row, const StyleChoice *choice)
{
  ++row->quiet;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (row->tick), choice != NULL);
  --row->quiet;
  if (choice)
    show_choice (row, choice);
}

StyleChoice *
style_row_get (const StyleRow *row)
{
  StyleChoice *choice = style_choice_new ();
  choice->drawable = row->drawable;
  choice->file = g_strdup (row->file);
  if (!row->details)
    return choice;
  choice->weight = gtk_spin_button_get_value (GTK_SPIN_BUTTON (row->weight));
  choice->scale = row->own_scale
                      ? gtk_spin_button_get_value (GTK_SPIN_BUTTON (row->scale))
                      : 0;
  choice->mask = drawable_combo_get (row->mask);
  choice->style_mask = drawable_combo_get (row->style_mask);
  return choice;
}
