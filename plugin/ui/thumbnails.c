/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A queue that an idle source empties. */

#include "plugin/ui/thumbnails.h"

#include "plugin/gimp/host.h"
#include "plugin/run/style_packs.h"

#include <gtk/gtk.h>

typedef struct
{
  gint           drawable;
  char          *file;
  gint           side;
  ThumbnailReady ready;
  GObject       *object;
} Wish;

struct _Thumbnails
{
  GQueue wishes;
  guint  source; /* 0 = nothing to do */
};

static void
wish_free (gpointer data)
{
  Wish *wish = data;
  g_free (wish->file);
  g_object_unref (wish->object);
  g_free (wish);
}

Thumbnails *
thumbnails_new (void)
{
  Thumbnails *thumbnails = g_new0 (Thumbnails, 1);
  g_queue_init (&thumbnails->wishes);
  return thumbnails;
}

GdkPixbuf *
thumbnail_over_checks (GdkPixbuf *picture)
{
  if (!gdk_pixbuf_get_has_alpha (picture))
    return g_object_ref (picture);
  return gdk_pixbuf_composite_color_simple (
      picture, gdk_pixbuf_get_width (picture), gdk_pixbuf_get_height (picture),
      GDK_INTERP_NEAREST, 255, 4, 0x666666, 0x999999); /* as GIMP's checks */
}

/* No larger than `side`. */
static GdkPixbuf *
thumbnail_of_pack (const char *file, gint side)
{
  gint width, height;
  g_autoptr (GBytes) bytes = style_pack_thumbnail (file, &width, &height);
  if (!bytes)
    return NULL;
  g_autoptr (GdkPixbuf) own = gdk_pixbuf_new_from_bytes (
      bytes, GDK_COLORSPACE_RGB, FALSE, 8, width, height, 3 * width);
  const double scale = MIN (1.0, (double)side / MAX (width, height));
  return gdk_pixbuf_scale_simple (own, MAX (1, (gint)(width * scale + 0.5)),
                                  MAX (1, (gint)(height * scale + 0.5)),
                                  GDK_INTERP_BILINEAR);
}

GdkPixbuf *
thumbnail_stand_in (gint side)
{
  /* GIMP 2.10's icon themes lack the first. */
  const char  *names[] = { "image-x-generic", "maniera", NULL };
  GtkIconInfo *info = gtk_icon_theme_choose_icon (
      gtk_icon_theme_get_default (), names, side, (GtkIconLookupFlags)0);
  return info ? gtk_icon_info_load_icon (info, NULL) : NULL;
}

GdkPixbuf *
thumbnail_of_file (const char *file, gint side)
{
  if (is_style_pack (file))
    return thumbnail_of_pack (file, side);
  g_autoptr (GdkPixbuf) read
      = gdk_pixbuf_new_from_file_at_size (file, side, side, NULL);
  if (!read)
    return NULL;
  g_autoptr (GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation (read);
  return thumbnail_over_checks (upright);
}

static gboolean
fulfil_one (gpointer data)
{
  Thumbnails *thumbnails = data;
  Wish       *wish = g_queue_pop_head (&thumbnails->wishes);
  if (!wish)
    {
      thumbnails->source = 0;
      return G_SOURCE_REMOVE;
    }
  g_autoptr (GdkPixbuf) picture
      = wish->file ? thumbnail_of_file (wish->file, wish->side)
                   : host_thumbnail (wish->drawable, wish->side);
  wish->ready (wish->drawable, picture, wish->object);
  wish_free (wish);
  return G_SOURCE_CONTINUE;
}

void
thumbnails_ask (Thumbnails    *thumbnails,
                gint           drawable,
                const char    *file,
                gint           side,
                ThumbnailReady ready,
                gpointer       object)
{
  Wish *wish = g_new (Wish, 1);
  *wish
      = (Wish){ drawable, g_strdup (file), side, ready, g_object_ref (object) };
  g_queue_push_tail (&thumbnails->wishes, wish);
  /* Drawing has a higher priority: the user waits for it. */
  if (!thumbnails->source)
    thumbnails->source
        = g_idle_add_full (G_PRIORITY_LOW, fulfil_one, thumbnails, NULL);
}

void
thumbnails_free (Thumbnails *thumbnails)
{
  if (!thumbnails)
    return;
  if (thumbnails->source)
    g_source_remove (thumbnails->source);
  g_queue_clear_full (&thumbnails->wishes, wish_free);
  g_free (thumbnails);
}
