/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the place of a painting in an image that may have changed. */

#include "plugin/run/arrival.h"

#include "plugin/client/errors.h"
#include "plugin/i18n.h"
#include "plugin/run/recipe.h"

#include <stdlib.h>
#include <string.h>

enum
{
  LOOK = 16,       /* px, of the side that two looks are compared at */
  LOOK_APART = 12, /* of 255, the mean difference of what is not the same */
  SHAPE_APART
  = 100 /* shapes are the same when they differ by less than 1/100 */
};

void
arrival_prepare (Arrival      *arrival,
                 HostDrawable *content,
                 LayerCopy    *copy,
                 const Output *output)
{
  *arrival = (Arrival){ .content = content,
                        .copy = *copy,
                        .look = host_thumbnail (content->id, 4 * LOOK),
                        .active = host_active (content->image),
                        .output = *output };
  copy->pixels = NULL;
  host_image_size (content->image, &arrival->width, &arrival->height);
}

void
arrival_clear (Arrival *arrival)
{
  host_drawable_free (arrival->content);
  g_clear_object (&arrival->copy.pixels);
  g_clear_object (&arrival->look);
  g_free (arrival->active);
  *arrival = (Arrival){ 0 };
}

/* Whether two pictures of a layer show the same, at whatever size. A crop or a
 * turned layer does not. */
static gboolean
look_alike (const GdkPixbuf *before, const GdkPixbuf *now)
{
  if (!before || !now)
    return TRUE;
  if (gdk_pixbuf_get_n_channels (before) != gdk_pixbuf_get_n_channels (now))
    return FALSE;
  g_autoptr (GdkPixbuf) a
      = gdk_pixbuf_scale_simple (before, LOOK, LOOK, GDK_INTERP_BILINEAR);
  g_autoptr (GdkPixbuf) b
      = gdk_pixbuf_scale_simple (now, LOOK, LOOK, GDK_INTERP_BILINEAR);
  const gint row = LOOK * gdk_pixbuf_get_n_channels (a);
  gint       apart = 0;
  for (gint y = 0; y < LOOK; ++y)
    {
      const guint8 *p
          = gdk_pixbuf_read_pixels (a) + y * gdk_pixbuf_get_rowstride (a);
      const guint8 *q
          = gdk_pixbuf_read_pixels (b) + y * gdk_pixbuf_get_rowstride (b);
      for (gint i = 0; i < row; ++i)
        apart += abs (p[i] - q[i]);
    }
  return apart < LOOK_APART * LOOK * row;
}

static gboolean
was_scaled (const Arrival *arrival, const HostDrawable *now)
{
  const HostDrawable *before = arrival->content;
  const gint64        across = (gint64)now->width * before->height;
  const gint64        down = (gint64)now->height * before->width;
  /* A side of few pixels is rounded, and may be off by one. */
  const gint64 slack
      = MAX (across, down) / SHAPE_APART + MAX (before->width, before->height);
  g_autoptr (GdkPixbuf) look = host_thumbnail (now->id, 4 * LOOK);
  return ABS (across - down) < slack && look_alike (arrival->look, look);
}

/* The place in the content's image. FALSE where there is none. */
static gboolean
find_place (const Arrival *arrival, HostPlace *place, const char **note)
{
  const HostDrawable *before = arrival->content;
  HostDrawable       *now = host_describe (before->id);
  gint                width = 0, height = 0;
  gboolean            found = FALSE;
  if (!host_image_size (before->image, &width, &height))
    found = FALSE;
  else if (now && now->kind == HOST_LAYER && now->image == before->image)
    {
      const gboolean same
          = now->width == before->width && now->height == before->height;
      *place = (HostPlace){ .above = now->id,
                            .x = now->offset_x,
                            .y = now->offset_y,
                            .width = same ? 0 : now->width,
                            .height = same ? 0 : now->height };
      if (!same)
        *note = _ ("The layer was scaled while it was being painted: the "
                   "painting was fitted to its new size.");
      found = same || was_scaled (arrival, now);
    }
  else if (width == arrival->width && height == arrival->height)
    {
      *place = (HostPlace){ .above = -1,
                            .x = before->offset_x,
                            .y = before->offset_y };
      *note = _ ("The layer is gone since its painting began: the painting is "
                 "a new layer at the top of its image.");
      found = TRUE;
    }
  host_drawable_free (now);
  return found;
}

static gint
new_layer (const Arrival *arrival,
           gint           image,
           const char    *name,
           ArrivalFill    fill,
           gpointer       data,
           GError       **error)
{
  const HostDrawable *content = arrival->content;
  const Babl         *format = gegl_buffer_get_format (arrival->copy.pixels);
  const gint          layer
      = host_layer_new (image, name, content->width, content->height,
                        babl_format_has_alpha (format) != 0);
  if (layer < 0)
    g_propagate_error (error,
                       paint_error_new (PAINT_ERROR_HOST, "no new layer"));
  else if (fill (layer, data, error))
    return layer;
  else
    host_layer_delete (layer);
  return -1;
}

static gint
in_a_new_image (const Arrival *arrival,
                const char    *name,
                ArrivalFill    fill,
                gpointer       data,
                GError       **error)
{
  const HostDrawable *content = arrival->content;
  const HostPlace     place = { .above = -1, .active = TRUE };
  const gint          image = host_image_new (
               content->width, content->height,
               gegl_buffer_get_format (arrival->copy.pixels), content->image);
  const gint layer = new_layer (arrival, image, name, fill, data, error);
  if (layer >= 0 && host_layer_insert (layer, image, &place))
    {
      host_image_show (image);
      return layer;
    }
  if (layer >= 0)
    {
      host_layer_delete (layer);
      g_propagate_error (
          error, paint_error_new (PAINT_ERROR_HOST, "no place for the layer"));
    }
  host_image_delete (image);
  return -1;
}

/* Where parts of the painting let through what is below, that must not be its
 * photograph once more. */
static gboolean
shines_through (const Arrival *arrival)
{
  const gint     content = arrival->content->id;
  const gint     mask = host_mask_of (content);
  GeglBuffer    *pixels = mask < 0 ? NULL : host_buffer (mask);
  const gboolean masked = pixels && pixels_are_translucent (pixels);
  g_clear_object (&pixels);
  return masked || pixels_are_translucent (arrival->copy.pixels)
         || (arrival->output.layer_mode == LAYER_MODE_INHERITED
             && !host_layer_is_plain (content));
}

static gboolean
insert (const Arrival *arrival, gint layer, const HostPlace *place)
{
  const gint image = arrival->content->image;
  host_undo_start (image);
  const gboolean inserted = host_layer_insert (layer, image, place);
  if (inserted && place->above >= 0)
    {
      const gboolean hide = arrival->output.placement == PLACEMENT_HIDE_ORIGINAL
                            || shines_through (arrival);
      if (arrival->output.layer_mode == LAYER_MODE_INHERITED)
        host_layer_inherit (layer, place->above);
      if (hide)
        host_layer_hide (place->above);
    }
  host_undo_end (image);
  return inserted;
}

/* Only a content that is as it was, or was painted on a little, and is nothing
 * but pixels loses them. */
static gboolean
may_replace (const Arrival *arrival, const HostPlace *place)
{
  if (arrival->output.placement != PLACEMENT_REPLACE || place->above < 0
      || place->width > 0 || !host_layer_is_pixels (place->above))
    return FALSE;
  g_autoptr (GdkPixbuf) look = host_thumbnail (place->above, 4 * LOOK);
  return look_alike (arrival->look, look);
}

/* The content has the pixels and what is attached to `layer`, which goes. */
static gboolean
replace (const Arrival *arrival, gint layer)
{
  const gint image = arrival->content->image;
  const gint content = arrival->content->id;
  host_undo_start (image);
  const gboolean   replaced = host_layer_take (content, layer);
  g_autofree char *recipe = host_attached (layer, RECIPE_NAME);
  if (replaced && recipe)
    host_attach (content, RECIPE_NAME, recipe);
  host_undo_end (image);
  if (replaced)
    host_layer_delete (layer);
  return replaced;
}

/* In the content's image. -1 where that does not take it. */
static gint
arrive (const Arrival   *arrival,
        gint             layer,
        const HostPlace *place,
        const char     **note)
{
  const gboolean in_place = arrival->output.placement == PLACEMENT_REPLACE;
  if (may_replace (arrival, place) && replace (arrival, layer))
    return arrival->content->id;
  if (in_place && !*note)
    *note = host_layer_is_pixels (place->above)
                ? _ ("The layer was changed while it was being painted, or is "
                     "locked: the painting is a new layer.")
                : _ ("The layer has effects, or is made of text, a linked file "
                     "or paths, which stay: the painting is a new layer.");
  return insert (arrival, layer, place) ? layer : -1;
}

gint
arrival_layer (const Arrival *arrival,
               const char    *name,
               ArrivalFill    fill,
               gpointer       data,
               const char   **note,
               GError       **error)
{
  const gint image = arrival->content->image;
  HostPlace  place = { 0 };
  *note = NULL;
  if (arrival->output.placement == PLACEMENT_NEW_IMAGE)
    return in_a_new_image (arrival, name, fill, data, error);
  if (find_place (arrival, &place, note))
    {
      g_autofree char *active = host_active (image);
      place.active = strcmp (active, arrival->active) == 0;
      const gint layer = new_layer (arrival, image, name, fill, data, error);
      if (layer < 0)
        return -1;
      const gint arrived = arrive (arrival, layer, &place, note);
      if (arrived >= 0)
        return arrived;
      host_layer_delete (layer); /* such as beside a floating selection */
    }
  *note = _ ("The image was changed or closed while it was being painted: the "
             "painting is a new image.");
  return in_a_new_image (arrival, name, fill, data, error);
}
