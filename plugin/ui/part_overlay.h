/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts as colors over the pictures in which they lie. */

#ifndef MANIERA_PLUGIN_PART_OVERLAY_H
#define MANIERA_PLUGIN_PART_OVERLAY_H

#include "plugin/run/part_maps.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* Colors of the map's size, to be laid over a picture of its shape. They let
 * the picture shine through. One part may stand out from the others; 0 = none
 * does. What is painted with the whole picture is gray. */
GdkPixbuf *
part_overlay_new (const PartMap *map, const PartPairs *pairs, guint chosen);
/* The same for a style: each place has the color of the part that is painted
 * like it, stripes where there are several, and none where there is none. */
GdkPixbuf *part_overlay_of_style (const PartMap   *map,
                                  const PartPairs *pairs,
                                  guint            chosen);

/* A picture without its colors and with an overlay over it. */
GdkPixbuf *part_overlay_over (GdkPixbuf *picture, GdkPixbuf *overlay);

/* A square of a part's color; parts count from 1. 0 = gray. */
GdkPixbuf *part_swatch_new (guint part, gint side);

#endif
