/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts as channels of the image, to be painted on and chosen as masks. */

#ifndef MANIERA_PLUGIN_PART_CHANNELS_H
#define MANIERA_PLUGIN_PART_CHANNELS_H

#include "plugin/run/part_maps.h"

/* Makes a channel of each of a layer's `parts`, in one undo step: of the
 * image's size, white where the part is, with an edge as soft as the map's
 * pixels are large. FALSE when GIMP refuses, or has no such layer. */
gboolean part_channels_save (gint layer, const PartMap *map, guint parts);

#endif
