/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Effects are merged into a copy of the layer in an image of its own: in the
 * user's image, even a copy that is not inserted would leave a step of undo. */

#include "plugin/gimp/gimp3_effects.h"

gboolean
effects_are_seen (GimpDrawable *drawable)
{
  g_autofree GimpDrawableFilter **filters
      = gimp_drawable_get_filters (drawable);
  for (GimpDrawableFilter **at = filters; at && *at; ++at)
    if (gimp_drawable_filter_get_visible (*at))
      return TRUE;
  return FALSE;
}

/* An empty image that converts nothing of a layer that is copied into it from
 * `like`. */
static GimpImage *
image_like (GimpImage *like)
{
  const GimpImageBaseType base = gimp_image_get_base_type (like);
  GimpImage              *image = gimp_image_new_with_precision (
                   gimp_image_get_width (like), gimp_image_get_height (like), base,
                   gimp_image_get_precision (like));
  g_autoptr (GimpColorProfile) profile = gimp_image_get_color_profile (like);
  double across = 0, down = 0;
  gimp_image_undo_disable (image);
  if (base == GIMP_INDEXED)
    gimp_image_set_palette (image, gimp_image_get_palette (like));
  if (profile)
    gimp_image_set_color_profile (image, profile);
  if (gimp_image_get_resolution (like, &across, &down))
    gimp_image_set_resolution (image, across, down);
  return image;
}

/* Merged effects may have made the copy larger or smaller than the layer. */
static void
cut_to (GimpLayer *copy, GimpLayer *layer)
{
  GimpDrawable *from = GIMP_DRAWABLE (copy), *to = GIMP_DRAWABLE (layer);
  const gint    width = gimp_drawable_get_width (to);
  const gint    height = gimp_drawable_get_height (to);
  gint          from_x = 0, from_y = 0, to_x = 0, to_y = 0;
  gimp_drawable_get_offsets (from, &from_x, &from_y);
  gimp_drawable_get_offsets (to, &to_x, &to_y);
  if (width != gimp_drawable_get_width (from)
      || height != gimp_drawable_get_height (from) || from_x != to_x
      || from_y != to_y)
    gimp_layer_resize (copy, width, height, from_x - to_x, from_y - to_y);
}

/* A group has no pixels to merge into, but an image of its size shows it. */
static GimpLayer *
merged_group (GimpLayer *group, GimpImage *image)
{
  GimpDrawable *drawable = GIMP_DRAWABLE (group);
  gint          x = 0, y = 0;
  if (gimp_layer_get_mask (group))
    gimp_layer_remove_mask (group, GIMP_MASK_DISCARD);
  gimp_item_set_visible (GIMP_ITEM (group), TRUE);
  gimp_layer_set_opacity (group, 100);
  gimp_layer_set_mode (group, GIMP_LAYER_MODE_NORMAL);
  gimp_drawable_get_offsets (drawable, &x, &y);
  gimp_image_resize (image, gimp_drawable_get_width (drawable),
                     gimp_drawable_get_height (drawable), -x, -y);
  return gimp_layer_new_from_visible (image, image, NULL);
}

/* `copy` of the layer, or another layer of `image`, with the effects in its
 * pixels. */
static GimpLayer *
merged (GimpLayer *copy, GimpLayer *layer, GimpImage *image)
{
  if (!gimp_image_insert_layer (image, copy, NULL, 0))
    return NULL;
  if (gimp_item_is_group (GIMP_ITEM (copy)))
    return merged_group (copy, image);
  if (!gimp_drawable_merge_filters (GIMP_DRAWABLE (copy)))
    return NULL;
  cut_to (copy, layer);
  return copy;
}

GeglBuffer *
effects_applied (GimpLayer *layer)
{
  GimpImage *image = image_like (gimp_item_get_image (GIMP_ITEM (layer)));
  GimpLayer *copy = gimp_layer_new_from_drawable (GIMP_DRAWABLE (layer), image);
  GimpLayer *result = copy ? merged (copy, layer, image) : NULL;
  GeglBuffer *pixels = NULL;
  if (result)
    {
      g_autoptr (GeglBuffer) theirs
          = gimp_drawable_get_buffer (GIMP_DRAWABLE (result));
      pixels = gegl_buffer_dup (theirs); /* GIMP's goes with the image */
    }
  gimp_image_delete (image);
  return pixels;
}
