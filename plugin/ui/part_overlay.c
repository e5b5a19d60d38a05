/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A color a part. */

#include "plugin/ui/part_overlay.h"

enum
{
  ALPHA = 140, /* of 255 */
  CHOSEN = 200,
  OTHER = 25,
  STRIPE = 14, /* px of a map */
  GRAY = 0x808080
};

/* Apart for most people's eyes; as the sheet of `maniera parts` has them. */
static const guint32 colors[] = { 0xe61a4a, 0x0082c7, 0xffe01a, 0x3db54a,
                                  0x911fb5, 0x45f0f0, 0xf58230, 0xf033e6 };

static guint32
color_of (guint part)
{
  return part == 0 ? GRAY : colors[(part - 1) % G_N_ELEMENTS (colors)];
}

static void
set_pixel (guint8 *to, guint32 color, guint8 alpha)
{
  to[0] = (guint8)(color >> 16);
  to[1] = (guint8)(color >> 8);
  to[2] = (guint8)color;
  to[3] = alpha;
}

static guint8
alpha_of (guint chosen, gboolean stands_out)
{
  return chosen == 0 ? ALPHA : stands_out ? CHOSEN : OTHER;
}

static void
set_content (
    guint8 *to, guint label, const PartPairs *pairs, guint chosen, gint stripe)
{
  const gboolean whole = part_pairs_get (pairs, label) == PART_WHOLE;
  (void)stripe;
  set_pixel (to, color_of (whole ? 0 : label),
             alpha_of (chosen, label == chosen));
}

/* One of the parts that are painted like one; 0 = there is none. */
static guint
part_like (const PartPairs *pairs, guint counterpart, guint stripe)
{
  guint parts[PART_PAIRS_MOST], count = 0;
  if (counterpart > pairs->count)
    return counterpart;
  for (guint part = 1; part <= pairs->count; ++part)
    if (part_pairs_get (pairs, part) == counterpart)
      parts[count++] = part;
  return count ? parts[stripe % count] : 0;
}

static void
set_style (
    guint8 *to, guint label, const PartPairs *pairs, guint chosen, gint stripe)
{
  const gboolean stands_out
      = chosen > 0 && part_pairs_get (pairs, chosen) == label;
  const guint part
      = stands_out ? chosen : part_like (pairs, label, (guint)stripe);
  if (part > 0)
    set_pixel (to, color_of (part), alpha_of (chosen, stands_out));
}

typedef void (*SetPixel) (
    guint8 *to, guint label, const PartPairs *pairs, guint chosen, gint stripe);

static GdkPixbuf *
overlay_new (const PartMap   *map,
             const PartPairs *pairs,
             guint            chosen,
             SetPixel         set)
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
          set (to, *label, pairs, chosen, (x + y) / STRIPE);
    }
  return overlay;
}

GdkPixbuf *
part_overlay_new (const PartMap *map, const PartPairs *pairs, guint chosen)
{
  return overlay_new (map, pairs, chosen, set_content);
}

GdkPixbuf *
part_overlay_of_style (const PartMap *map, const PartPairs *pairs, guint chosen)
{
  return overlay_new (map, pairs, chosen, set_style);
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
  gdk_pixbuf_fill (swatch, color_of (part) << 8 | 0xff);
  return swatch;
}
