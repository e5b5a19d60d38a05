/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A color a part. */

#include "plugin/ui/part_overlay.h"

enum
{
  ALPHA = 140, /* of 255 */
  CHOSEN = 200,
  OTHER = 25
};

/* Apart for most people's eyes; as the sheet of `maniera parts` has them. */
static const guint32 colors[] = { 0xe61a4a, 0x0082c7, 0xffe01a, 0x3db54a,
                                  0x911fb5, 0x45f0f0, 0xf58230, 0xf033e6 };

static void
set_pixel (guint8 *to, guint part, guint chosen)
{
  const guint32 color = colors[(part - 1) % G_N_ELEMENTS (colors)];
  to[0] = (guint8)(color >> 16);
  to[1] = (guint8)(color >> 8);
  to[2] = (guint8)color;
  to[3] = chosen == 0 ? ALPHA : chosen == part ? CHOSEN : OTHER;
}

GdkPixbuf *
part_overlay_new (const PartMap *map, guint chosen)
{
  GdkPixbuf *overlay
      = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, map->width, map->height);
  const guint8 *label = map->labels;
  gdk_pixbuf_fill (overlay, 0);
  for (gint y = 0; y < map->height; ++y)
    {
      guint8 *to = gdk_pixbuf_get_pixels (overlay)
                   + (gsize)y * (gsize)gdk_pixbuf_get_rowstride (overlay);
      for (gint x = 0; x < map->width; ++x, ++label, to += 4)
        if (*label)
          set_pixel (to, *label, chosen);
    }
  return overlay;
}

GdkPixbuf *
part_overlay_over (GdkPixbuf *picture, GdkPixbuf *overlay)
{
  GdkPixbuf *both = gdk_pixbuf_copy (picture);
  gdk_pixbuf_saturate_and_pixelate (both, both, 0, FALSE);
  const gint width = gdk_pixbuf_get_width (both);
  const gint height = gdk_pixbuf_get_height (both);
  gdk_pixbuf_composite (overlay, both, 0, 0, width, height, 0, 0,
                        (double)width / gdk_pixbuf_get_width (overlay),
                        (double)height / gdk_pixbuf_get_height (overlay),
                        GDK_INTERP_BILINEAR, 255);
  return both;
}

GdkPixbuf *
part_swatch_new (guint part, gint side)
{
  GdkPixbuf *swatch = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, side, side);
  const guint32 color = colors[(part - 1) % G_N_ELEMENTS (colors)];
  gdk_pixbuf_fill (swatch, color << 8 | 0xff);
  return swatch;
}
