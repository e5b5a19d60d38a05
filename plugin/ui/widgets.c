/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small widgets of the dialog. */

#include "plugin/ui/widgets.h"

enum
{
  COMBO_WIDTH = 100 /* px, the least */
};

void
widget_name (GtkWidget *widget, const char *name)
{
  atk_object_set_name (gtk_widget_get_accessible (widget), name);
}

GtkWidget *
icon_button_new (const char *icon, const char *name)
{
  GtkWidget *button = gtk_button_new ();
  gtk_container_add (GTK_CONTAINER (button),
                     gtk_image_new_from_icon_name (icon, GTK_ICON_SIZE_MENU));
  gtk_button_set_relief (GTK_BUTTON (button), GTK_RELIEF_NONE);
  gtk_widget_set_tooltip_text (button, name);
  widget_name (button, name);
  return button;
}

GtkWidget *
text_label_new (const char *text)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_misc_set_alignment (GTK_MISC (label), 0, 0.5);
  return label;
}

GtkWidget *
mnemonic_label_new (const char *text, GtkWidget *widget)
{
  GtkWidget *label = gtk_label_new_with_mnemonic (text);
  gtk_misc_set_alignment (GTK_MISC (label), 0, 0.5);
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), widget);
  return label;
}

GtkWidget *
heading_new (const char *text)
{
  g_autofree char *markup = g_markup_printf_escaped ("<b>%s</b>", text);
  GtkWidget       *label = text_label_new (NULL);
  gtk_label_set_markup (GTK_LABEL (label), markup);
  return label;
}

GtkWidget *
note_new (const char *text)
{
  GtkWidget *label = text_label_new (NULL);
  note_set (label, text);
  return label;
}

void
note_set (GtkWidget *note, const char *text)
{
  g_autofree char *markup = g_markup_printf_escaped ("<small>%s</small>", text);
  gtk_label_set_markup (GTK_LABEL (note), markup);
}

static void
on_style_set (GtkWidget *label, gpointer previous, gpointer data)
{
  (void)previous;
  (void)data;
  const GtkStyle *style = gtk_widget_get_style (label);
  const GdkColor *normal = &style->fg[GTK_STATE_NORMAL];
  if (!gdk_color_equal (normal, &style->fg[GTK_STATE_ACTIVE]))
    gtk_widget_modify_fg (label, GTK_STATE_ACTIVE, normal); /* emits again */
}

void
keep_bright (GtkWidget *label)
{
  if (gtk_check_version (3, 0, 0) == NULL)
    return;
  g_signal_connect (label, "style-set", G_CALLBACK (on_style_set), NULL);
}

static void
destroy (GtkWidget *widget, gpointer data)
{
  (void)data;
  gtk_widget_destroy (widget);
}

void
container_clear (GtkWidget *container)
{
  gtk_container_foreach (GTK_CONTAINER (container), destroy, NULL);
}

GtkWidget *
bright_tick_new (const char *label, const char *tooltip)
{
  GtkWidget *tick = gtk_check_button_new_with_mnemonic (label);
  keep_bright (gtk_bin_get_child (GTK_BIN (tick)));
  gtk_widget_set_tooltip_text (tick, tooltip);
  return tick;
}

typedef struct
{
  PaintWidget paint;
  gpointer    data;
} Painter;

static void
free_painter (gpointer painter, GClosure *closure)
{
  (void)closure;
  g_free (painter);
}

/* GTK 3's signal has a cairo_t, GTK 2's an event. */
static gboolean
on_draw (GtkWidget *widget, cairo_t *cr, gpointer data)
{
  const Painter *painter = data;
  painter->paint (widget, cr, painter->data);
  return TRUE;
}

static gboolean
on_expose (GtkWidget *widget, GdkEventExpose *event, gpointer data)
{
  GtkAllocation place;
  cairo_t      *cr = gdk_cairo_create (gtk_widget_get_window (widget));
  gdk_cairo_region (cr, event->region);
  cairo_clip (cr);
  gtk_widget_get_allocation (widget, &place);
  if (!gtk_widget_get_has_window (widget)) /* its parent's origin, then */
    cairo_translate (cr, place.x, place.y);
  on_draw (widget, cr, data);
  cairo_destroy (cr);
  return TRUE;
}

void
paint_widget_by (GtkWidget *widget, PaintWidget paint, gpointer data)
{
  const gboolean draws = g_signal_lookup ("draw", GTK_TYPE_WIDGET) != 0;
  Painter       *painter = g_new (Painter, 1);
  *painter = (Painter){ paint, data };
  g_signal_connect_data (widget, draws ? "draw" : "expose-event",
                         draws ? G_CALLBACK (on_draw) : G_CALLBACK (on_expose),
                         painter, free_painter, 0);
}

static void
paint_picture (GtkWidget *image, cairo_t *cr, gpointer data)
{
  (void)data;
  GdkPixbuf    *picture = gtk_image_get_pixbuf (GTK_IMAGE (image));
  GtkAllocation place;
  gtk_widget_get_allocation (image, &place);
  gdk_cairo_set_source_pixbuf (
      cr, picture, (place.width - gdk_pixbuf_get_width (picture)) / 2,
      (place.height - gdk_pixbuf_get_height (picture)) / 2);
  cairo_paint (cr);
}

GtkWidget *
picture_new (GdkPixbuf *picture)
{
  GtkWidget *image = gtk_image_new_from_pixbuf (picture);
  paint_widget_by (image, paint_picture, NULL);
  return image;
}

void
table_put (GtkWidget *table,
           GtkWidget *child,
           guint      column,
           guint      row,
           gboolean   expand)
{
  gtk_table_attach (GTK_TABLE (table), child, column, column + 1, row, row + 1,
                    expand ? GTK_EXPAND | GTK_FILL : GTK_FILL, GTK_FILL, 0, 0);
}

static gboolean
pass_wheel_on (GtkWidget *widget, GdkEvent *event, gpointer data)
{
  (void)event;
  (void)data;
  g_signal_stop_emission_by_name (widget, "scroll-event");
  return FALSE; /* so that the parent gets it */
}

void
wheel_scrolls_list (GtkWidget *widget)
{
  g_signal_connect (widget, "scroll-event", G_CALLBACK (pass_wheel_on), NULL);
}

/* GTK 3 requests the width of the longest text unless that may be ellipsized.
 * In GTK 2 the list would be ellipsized too, but there a size request is
 * enough. */
void
combo_may_be_narrow (GtkWidget *combo)
{
  if (gtk_check_version (3, 0, 0) == NULL)
    {
      GList *cells = gtk_cell_layout_get_cells (GTK_CELL_LAYOUT (combo));
      g_object_set (g_list_last (cells)->data, "ellipsize",
                    PANGO_ELLIPSIZE_MIDDLE, NULL);
      g_list_free (cells);
    }
  gtk_widget_set_size_request (combo, COMBO_WIDTH, -1);
}

GtkWidget *
scrolled_new (GtkWidget *child, const char *name, gint least_height)
{
  GtkWidget         *scrolled = gtk_scrolled_window_new (NULL, NULL);
  GtkScrolledWindow *window = GTK_SCROLLED_WINDOW (scrolled);
  gtk_scrolled_window_set_policy (window, GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_shadow_type (window, GTK_SHADOW_IN);
  gtk_scrolled_window_add_with_viewport (window, child);
  gtk_viewport_set_shadow_type (GTK_VIEWPORT (gtk_widget_get_parent (child)),
                                GTK_SHADOW_NONE);
  gtk_container_set_focus_vadjustment (
      GTK_CONTAINER (child), gtk_scrolled_window_get_vadjustment (window));
  gtk_widget_set_size_request (scrolled, -1, least_height);
  widget_name (scrolled, name);
  return scrolled;
}

GSList *
dropped_files (GtkSelectionData *dropped)
{
  GSList *files = NULL;
  g_auto (GStrv) uris = gtk_selection_data_get_uris (dropped);
  for (char **uri = uris; uri && *uri; ++uri)
    {
      char *file = g_filename_from_uri (*uri, NULL, NULL);
      if (file)
        files = g_slist_prepend (files, file);
    }
  return g_slist_reverse (files);
}
