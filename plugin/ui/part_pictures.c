/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Images in boxes that hear clicks, in a window that scrolls. */

#include "plugin/ui/part_pictures.h"

#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/style_values.h"
#include "plugin/ui/part_overlay.h"
#include "plugin/ui/widgets.h"

enum
{
  STYLE_SIDE = 160, /* px */
  BAR_SIDE = 20,    /* px, of a bar to scroll with, and */
  FITTING = 3       /* pictures that need none */
};

struct _PartPictures
{
  Thumbnails      *thumbnails;
  GtkWidget       *scrolled;
  GtkWidget       *row;  /* a GtkImage a style, in a GtkEventBox */
  const PartMaps  *maps; /* NULL = nothing is shown */
  const PartPairs *pairs;
  guint            chosen; /* the part that stands out; 0 = none */
  void (*clicked) (guint part, gpointer data);
  gpointer data;
};

char *
part_picture_name (const Request *request, guint number)
{
  if (number > 0)
    return style_name (g_ptr_array_index (request->styles, number - 1));
  HostDrawable *layer = host_describe (request->content);
  char         *name = g_strdup (layer ? layer->name : "");
  host_drawable_free (layer);
  return name;
}

static const PartMap *
map_of (const PartPictures *pictures, GtkWidget *image)
{
  gpointer number = g_object_get_data (G_OBJECT (image), "maniera-number");
  return &pictures->maps->maps[GPOINTER_TO_UINT (number)];
}

static void
paint_picture (GtkWidget *image, const PartPictures *pictures)
{
  GdkPixbuf *picture = g_object_get_data (G_OBJECT (image), "maniera-picture");
  if (!picture) /* it comes later */
    return;
  g_autoptr (GdkPixbuf) overlay = part_overlay_of_style (
      map_of (pictures, image), pictures->pairs, pictures->chosen);
  g_autoptr (GdkPixbuf) both = part_overlay_over (picture, overlay);
  gtk_image_set_from_pixbuf (GTK_IMAGE (image), both);
}

static void
repaint_picture (GtkWidget *box, gpointer pictures)
{
  paint_picture (gtk_bin_get_child (GTK_BIN (box)), pictures);
}

static gboolean
on_picture (GtkWidget *box, GdkEventButton *event, gpointer data)
{
  PartPictures *pictures = data;
  GtkWidget    *image = gtk_bin_get_child (GTK_BIN (box));
  GdkPixbuf    *picture = gtk_image_get_pixbuf (GTK_IMAGE (image));
  GtkAllocation place;
  if (event->button != 1 || event->type != GDK_BUTTON_PRESS || !picture)
    return FALSE;
  gtk_widget_get_allocation (box, &place);
  const double width = gdk_pixbuf_get_width (picture);
  const double height = gdk_pixbuf_get_height (picture);
  pictures->clicked (
      part_map_at (map_of (pictures, image),
                   (event->x - (place.width - width) / 2) / width,
                   (event->y - (place.height - height) / 2) / height),
      pictures->data);
  return TRUE;
}

static void
set_picture (gint id, GdkPixbuf *picture, gpointer image)
{
  (void)id;
  if (!picture || !gtk_widget_get_parent (image)) /* it was taken out since */
    return;
  g_object_set_data_full (image, "maniera-picture", g_object_ref (picture),
                          g_object_unref);
  paint_picture (image, g_object_get_data (image, "maniera-pictures"));
}

static void
add (PartPictures *pictures, const Request *request, guint number)
{
  const StyleChoice *style = g_ptr_array_index (request->styles, number - 1);
  g_autofree char   *name = part_picture_name (request, number);
  /* Translators: a layer's or picture's name. */
  g_autofree char *spoken = g_strdup_printf (_ ("Parts of %s"), name);
  GtkWidget       *image = gtk_image_new ();
  gtk_widget_set_tooltip_text (image, name);
  widget_name (image, spoken);
  g_object_set_data (G_OBJECT (image), "maniera-pictures", pictures);
  g_object_set_data (G_OBJECT (image), "maniera-number",
                     GUINT_TO_POINTER (number));
  GtkWidget *box = gtk_event_box_new ();
  gtk_event_box_set_visible_window (GTK_EVENT_BOX (box), FALSE);
  gtk_container_add (GTK_CONTAINER (box), image);
  g_signal_connect (box, "button-press-event", G_CALLBACK (on_picture),
                    pictures);
  gtk_box_pack_start (GTK_BOX (pictures->row), box, FALSE, FALSE, 0);
  thumbnails_ask (pictures->thumbnails, style->drawable, style->file,
                  STYLE_SIDE, set_picture, image);
}

void
part_pictures_fill (PartPictures    *pictures,
                    const Request   *request,
                    const PartMaps  *maps,
                    const PartPairs *pairs)
{
  const guint count = maps ? maps->pictures : 0;
  pictures->maps = maps;
  pictures->pairs = pairs;
  pictures->chosen = 0;
  container_clear (pictures->row);
  for (guint number = 1; number < count; ++number)
    add (pictures, request, number);
  gtk_widget_show_all (pictures->row);
  gtk_widget_set_visible (pictures->scrolled, maps != NULL);
  gtk_widget_set_size_request (pictures->scrolled, -1,
                               STYLE_SIDE
                                   + (count > 1 + FITTING ? BAR_SIDE : 0));
}

void
part_pictures_choose (PartPictures *pictures, guint part)
{
  pictures->chosen = part;
  gtk_container_foreach (GTK_CONTAINER (pictures->row), repaint_picture,
                         pictures);
}

static void
on_destroy (GtkWidget *scrolled, gpointer pictures)
{
  (void)scrolled;
  g_free (pictures);
}

PartPictures *
part_pictures_new (Thumbnails *thumbnails,
                   void (*clicked) (guint part, gpointer data),
                   gpointer data)
{
  PartPictures      *pictures = g_new0 (PartPictures, 1);
  GtkWidget         *scrolled = gtk_scrolled_window_new (NULL, NULL);
  GtkScrolledWindow *window = GTK_SCROLLED_WINDOW (scrolled);
  pictures->thumbnails = thumbnails;
  pictures->scrolled = scrolled;
  pictures->row = gtk_hbox_new (FALSE, 6);
  pictures->clicked = clicked;
  pictures->data = data;
  gtk_scrolled_window_set_policy (window, GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_add_with_viewport (window, pictures->row);
  gtk_viewport_set_shadow_type (
      GTK_VIEWPORT (gtk_widget_get_parent (pictures->row)), GTK_SHADOW_NONE);
  widget_name (scrolled, _ ("Parts of the styles"));
  g_signal_connect (scrolled, "destroy", G_CALLBACK (on_destroy), pictures);
  return pictures;
}

GtkWidget *
part_pictures_widget (PartPictures *pictures)
{
  return pictures->scrolled;
}
