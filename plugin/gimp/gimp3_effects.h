/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GIMP 3's effects: filters that stay live on a layer, whose own pixels stay as
 * they were.
 *
 *     if (effects_are_seen (drawable))
 *       pixels = effects_applied (GIMP_LAYER (drawable));
 */

#ifndef MANIERA_PLUGIN_GIMP3_EFFECTS_H
#define MANIERA_PLUGIN_GIMP3_EFFECTS_H

#include <libgimp/gimp.h>

/* Whether it has an effect that is not hidden. */
gboolean effects_are_seen (GimpDrawable *drawable);

/* The layer's pixels with its effects, of the size of the layer: a shadow
 * beyond its bounds is cut off. Its image is left as it is. NULL when GIMP
 * refuses. */
GeglBuffer *effects_applied (GimpLayer *layer);

#endif
