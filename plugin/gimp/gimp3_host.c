/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shared code needs of a GIMP, from GIMP 3. */

#include "plugin/gimp/gimp3_effects.h"
#include "plugin/gimp/gimp_any.h"
#include "plugin/gimp/host.h"

#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

static GimpImage *
image_of (gint id)
{
  return gimp_image_get_by_id (id);
}

static GimpDrawable *
drawable_of (gint id)
{
  return gimp_drawable_get_by_id (id);
}

static GimpLayer *
layer_of (gint id)
{
  return gimp_layer_get_by_id (id);
}

static HostKind
kind_of (GimpItem *item)
{
  if (gimp_item_is_selection (item))
    return HOST_SELECTION;
  if (gimp_item_is_layer_mask (item))
    return HOST_LAYER_MASK;
  if (gimp_item_is_channel (item))
    return HOST_CHANNEL;
  if (gimp_item_is_group (item))
    return HOST_GROUP;
  return gimp_layer_is_floating_sel (GIMP_LAYER (item))
             ? HOST_FLOATING_SELECTION
             : HOST_LAYER;
}

static char *
name_of (GimpItem *item, HostKind kind)
{
  if (kind == HOST_SELECTION)
    return g_strdup ("");
  return gimp_item_get_name (kind == HOST_LAYER_MASK ? GIMP_ITEM (
                                 gimp_layer_from_mask (GIMP_LAYER_MASK (item)))
                                                     : item);
}

HostDrawable *
host_describe (gint id)
{
  if (id < 0 || !gimp_item_id_is_drawable (id))
    return NULL;
  GimpDrawable *it = drawable_of (id);
  GimpItem     *item = GIMP_ITEM (it);
  GimpImage    *image = gimp_item_get_image (item);
  HostDrawable *drawable = g_new0 (HostDrawable, 1);
  drawable->id = id;
  drawable->image = gimp_image_get_id (image);
  drawable->kind = kind_of (item);
  drawable->name = name_of (item, drawable->kind);
  drawable->image_name = gimp_image_get_name (image);
  drawable->width = gimp_drawable_get_width (it);
  drawable->height = gimp_drawable_get_height (it);
  gimp_drawable_get_offsets (it, &drawable->offset_x, &drawable->offset_y);
  return drawable;
}

gint
host_layer_of (gint id)
{
  GimpItem *item = gimp_item_get_by_id (id);
  return GIMP_IS_LAYER_MASK (item) ? gimp_item_get_id (
             GIMP_ITEM (gimp_layer_from_mask (GIMP_LAYER_MASK (item))))
                                   : id;
}

static void
add (GPtrArray *list, gpointer item, guint kinds)
{
  if (!item)
    return;
  HostDrawable *drawable = host_describe (gimp_item_get_id (item));
  if (drawable && (kinds & (1u << drawable->kind)))
    g_ptr_array_add (list, g_steal_pointer (&drawable));
  host_drawable_free (drawable);
}

static void
add_layers (GPtrArray *list, GimpItem **layers, guint kinds)
{
  for (; *layers; ++layers)
    {
      add (list, *layers, kinds);
      add (list, gimp_layer_get_mask (GIMP_LAYER (*layers)), kinds);
      if (gimp_item_is_group (*layers))
        {
          g_autofree GimpItem **children = gimp_item_get_children (*layers);
          add_layers (list, children, kinds);
        }
    }
}

GPtrArray *
host_list (guint kinds)
{
  GPtrArray             *list = host_drawables_new ();
  g_autofree GimpImage **images = gimp_get_images ();
  for (GimpImage **image = images; *image; ++image)
    {
      g_autofree GimpLayer   **layers = gimp_image_get_layers (*image);
      g_autofree GimpChannel **channels = gimp_image_get_channels (*image);
      add_layers (list, (GimpItem **)layers, kinds);
      for (GimpChannel **channel = channels; *channel; ++channel)
        add (list, *channel, kinds);
      if (!gimp_selection_is_empty (*image))
        add (list, gimp_image_get_selection (*image), kinds);
    }
  return list;
}

static GdkPixbuf *
thumbnail (gint id, gint side, GimpPixbufTransparency alpha)
{
  GimpDrawable *drawable = drawable_of (id);
  gint          width = gimp_drawable_get_width (drawable);
  gint          height = gimp_drawable_get_height (drawable);
  return any_fit (side, &width, &height)
             ? gimp_drawable_get_thumbnail (drawable, width, height, alpha)
             : NULL;
}

GdkPixbuf *
host_thumbnail (gint id, gint side)
{
  return thumbnail (id, side, GIMP_PIXBUF_SMALL_CHECKS);
}

GdkPixbuf *
host_thumbnail_alpha (gint id, gint side)
{
  return thumbnail (id, side, GIMP_PIXBUF_KEEP_ALPHA);
}

GeglBuffer *
host_buffer (gint id)
{
  return gimp_drawable_get_buffer (drawable_of (id));
}

GeglBuffer *
host_pixels (gint id)
{
  return effects_are_seen (drawable_of (id)) ? effects_applied (layer_of (id))
                                             : host_buffer (id);
}

/* The formats of buffers have the space of the image's profile, so GEGL itself
 * converts them to sRGB. */
HostColors
host_colors (gint layer)
{
  (void)layer;
  const Babl *srgb = babl_format ("R'G'B'A float");
  return (HostColors){ srgb, srgb };
}

gboolean
host_selection_is_empty (gint image)
{
  return gimp_selection_is_empty (image_of (image));
}

gint
host_selection (gint image)
{
  return gimp_item_get_id (
      GIMP_ITEM (gimp_image_get_selection (image_of (image))));
}

static void
copy_mask (GimpLayer *to, GimpLayer *from)
{
  GimpLayerMask *mask = gimp_layer_get_mask (from);
  if (!mask)
    return;
  GimpLayerMask *copy = gimp_layer_create_mask (to, GIMP_ADD_MASK_WHITE);
  g_autoptr (GeglBuffer) source
      = gimp_drawable_get_buffer (GIMP_DRAWABLE (mask));
  g_autoptr (GeglBuffer) target
      = gimp_drawable_get_buffer (GIMP_DRAWABLE (copy));
  gegl_buffer_copy (source, NULL, GEGL_ABYSS_NONE, target, NULL);
  g_clear_object (&target); /* GIMP has the pixels only after this */
  gimp_layer_add_mask (to, copy);
  gimp_layer_set_apply_mask (to, gimp_layer_get_apply_mask (from));
  gimp_layer_set_edit_mask (to, FALSE);
}

gboolean
host_image_size (gint image, gint *width, gint *height)
{
  if (!gimp_image_id_is_valid (image))
    return FALSE;
  *width = gimp_image_get_width (image_of (image));
  *height = gimp_image_get_height (image_of (image));
  return TRUE;
}

char *
host_active (gint image)
{
  g_autofree GimpDrawable **drawables
      = gimp_image_get_selected_drawables (image_of (image));
  GString *ids = g_string_new (NULL);
  for (GimpDrawable **at = drawables; *at; ++at)
    g_string_append_printf (ids, "%d ", gimp_item_get_id (GIMP_ITEM (*at)));
  return g_string_free (ids, FALSE);
}

gint
host_image_new (gint width, gint height, const Babl *like, gint from)
{
  GimpImage *image = gimp_image_new_with_precision (width, height, GIMP_RGB,
                                                    any_precision_of (like));
  double     x, y;
  if (!gimp_image_id_is_valid (from))
    return gimp_image_get_id (image);
  gimp_image_get_resolution (image_of (from), &x, &y);
  gimp_image_set_resolution (image, x, y);
  g_autoptr (GimpColorProfile) profile
      = gimp_image_get_base_type (image_of (from)) == GIMP_GRAY
            ? NULL
            : gimp_image_get_color_profile (image_of (from));
  if (profile)
    gimp_image_set_color_profile (image, profile);
  return gimp_image_get_id (image);
}

void
host_image_show (gint image)
{
  gimp_display_new (image_of (image));
}

void
host_image_delete (gint image)
{
  gimp_image_delete (image_of (image));
}

gint
host_layer_new (
    gint image, const char *name, gint width, gint height, gboolean alpha)
{
  const GimpImageType type
      = any_type_of (gimp_image_get_base_type (image_of (image)), alpha);
  GimpLayer *layer = gimp_layer_new (image_of (image), name, width, height,
                                     type, 100.0, GIMP_LAYER_MODE_NORMAL);
  return layer ? gimp_item_get_id (GIMP_ITEM (layer)) : -1;
}

static gboolean
insert (GimpLayer *layer, GimpImage *image, GimpLayer *above)
{
  GimpItem  *parent = above ? gimp_item_get_parent (GIMP_ITEM (above)) : NULL;
  const gint position
      = above ? gimp_image_get_item_position (image, GIMP_ITEM (above)) : 0;
  return gimp_image_insert_layer (
      image, layer, parent ? GIMP_LAYER (parent) : NULL, position);
}

static void
select_again (GimpImage *image, GimpLayer **layers, GimpChannel **channels)
{
  if (channels[0])
    gimp_image_set_selected_channels (image, (const GimpChannel **)channels);
  else
    gimp_image_set_selected_layers (image, (const GimpLayer **)layers);
}

gboolean
host_layer_insert (gint id, gint image_id, const HostPlace *place)
{
  GimpImage *image = image_of (image_id);
  GimpLayer *layer = layer_of (id);
  GimpLayer *above = place->above < 0 ? NULL : layer_of (place->above);
  g_autofree GimpLayer   **layers = gimp_image_get_selected_layers (image);
  g_autofree GimpChannel **channels = gimp_image_get_selected_channels (image);
  gimp_image_undo_group_start (image);
  const gboolean inserted = insert (layer, image, above);
  if (inserted)
    {
      if (place->width > 0)
        gimp_layer_scale (layer, place->width, place->height, TRUE);
      gimp_layer_set_offsets (layer, place->x, place->y);
      if (above)
        copy_mask (layer, above); /* only a layer in an image can have one */
      if (!place->active)
        select_again (image, layers, channels);
    }
  gimp_image_undo_group_end (image);
  gimp_displays_flush ();
  return inserted;
}

void
host_layer_delete (gint layer)
{
  gimp_item_delete (GIMP_ITEM (layer_of (layer)));
}

void
host_layer_remove (gint layer)
{
  GimpItem *item = GIMP_ITEM (layer_of (layer));
  gimp_image_remove_layer (gimp_item_get_image (item), GIMP_LAYER (item));
  gimp_displays_flush ();
}

void
host_layer_put_above (gint layer, gint other)
{
  GimpItem  *below = GIMP_ITEM (layer_of (other));
  GimpImage *image = gimp_item_get_image (below);
  gimp_image_reorder_item (image, GIMP_ITEM (layer_of (layer)),
                           gimp_item_get_parent (below),
                           gimp_image_get_item_position (image, below));
  gimp_displays_flush ();
}

gint
host_channel_new (gint image_id, const char *name)
{
  GimpImage   *image = image_of (image_id);
  GeglColor   *black = gegl_color_new ("black");
  GimpChannel *channel
      = gimp_channel_new (image, name, gimp_image_get_width (image),
                          gimp_image_get_height (image), 50.0, black);
  g_object_unref (black);
  if (!channel)
    return -1;
  gimp_item_set_visible (GIMP_ITEM (channel), FALSE);
  return gimp_item_get_id (GIMP_ITEM (channel));
}

gboolean
host_channel_insert (gint id, gint image_id)
{
  GimpImage               *image = image_of (image_id);
  GimpChannel             *channel = gimp_channel_get_by_id (id);
  g_autofree GimpLayer   **layers = gimp_image_get_selected_layers (image);
  g_autofree GimpChannel **channels = gimp_image_get_selected_channels (image);
  const gboolean inserted = gimp_image_insert_channel (image, channel, NULL, 0);
  if (inserted)
    select_again (image, layers, channels);
  else
    gimp_item_delete (GIMP_ITEM (channel));
  return inserted;
}

void
host_undo_start (gint image)
{
  gimp_image_undo_group_start (image_of (image));
}

void
host_undo_end (gint image)
{
  gimp_image_undo_group_end (image_of (image));
  gimp_displays_flush ();
}

void
host_undo_pause (gint image)
{
  gimp_image_undo_disable (image_of (image));
}

void
host_undo_resume (gint image)
{
  gimp_image_undo_enable (image_of (image));
}

void
host_layer_hide (gint layer)
{
  gimp_item_set_visible (GIMP_ITEM (layer_of (layer)), FALSE);
}

gboolean
host_layer_is_visible (gint layer)
{
  return gimp_item_get_visible (GIMP_ITEM (layer_of (layer)));
}

gboolean
host_layer_is_plain (gint id)
{
  GimpLayer          *layer = layer_of (id);
  const GimpLayerMode mode = gimp_layer_get_mode (layer);
  return gimp_layer_get_opacity (layer) >= 100
         && (mode == GIMP_LAYER_MODE_NORMAL
             || mode == GIMP_LAYER_MODE_NORMAL_LEGACY);
}

gboolean
host_layer_is_pixels (gint id)
{
  GimpItem *item = gimp_item_get_by_id (id);
#if GIMP_CHECK_VERSION(3, 2, 0)
  const gboolean made
      = GIMP_IS_RASTERIZABLE (item)
        && !gimp_rasterizable_is_rasterized (GIMP_RASTERIZABLE (item));
#else
  const gboolean made = gimp_item_is_text_layer (item);
#endif
  return !made && !effects_are_seen (GIMP_DRAWABLE (item));
}

void
host_layer_inherit (gint id, gint from_id)
{
  GimpLayer *layer = layer_of (id), *from = layer_of (from_id);
  gimp_layer_set_mode (layer, gimp_layer_get_mode (from));
  gimp_layer_set_opacity (layer, gimp_layer_get_opacity (from));
  gimp_layer_set_blend_space (layer, gimp_layer_get_blend_space (from));
  gimp_layer_set_composite_space (layer, gimp_layer_get_composite_space (from));
  gimp_layer_set_composite_mode (layer, gimp_layer_get_composite_mode (from));
}

static gboolean
merge (GimpDrawable *layer, gint from)
{
  g_autoptr (GeglBuffer) shadow = gimp_drawable_get_shadow_buffer (layer);
  g_autoptr (GeglBuffer) pixels = host_buffer (from);
  gegl_buffer_copy (pixels, NULL, GEGL_ABYSS_NONE, shadow, NULL);
  g_clear_object (&shadow); /* GIMP has the pixels only after this */
  const gboolean taken = gimp_drawable_merge_shadow (layer, TRUE);
  if (taken)
    gimp_drawable_update (layer, 0, 0, gimp_drawable_get_width (layer),
                          gimp_drawable_get_height (layer));
  return taken;
}

/* What is merged from a shadow counts only within the selection, which is laid
 * aside. */
gboolean
host_layer_take (gint id, gint from)
{
  GimpDrawable *layer = drawable_of (id);
  GimpImage    *image = gimp_item_get_image (GIMP_ITEM (layer));
  if (gimp_selection_is_empty (image))
    return merge (layer, from);
  g_autofree GimpLayer   **layers = gimp_image_get_selected_layers (image);
  g_autofree GimpChannel **channels = gimp_image_get_selected_channels (image);
  GimpChannel *selection = GIMP_CHANNEL (gimp_selection_save (image));
  gimp_selection_none (image);
  const gboolean taken = merge (layer, from);
  gimp_image_select_item (image, GIMP_CHANNEL_OP_REPLACE,
                          GIMP_ITEM (selection));
  gimp_image_remove_channel (image, selection);
  select_again (image, layers, channels);
  return taken;
}

gint
host_mask_of (gint layer)
{
  GimpLayerMask *mask = gimp_layer_get_mask (layer_of (layer));
  return mask ? gimp_item_get_id (GIMP_ITEM (mask)) : -1;
}

void
host_attach (gint layer, const char *name, const char *text)
{
  GimpParasite *parasite = any_text_parasite (name, text);
  gimp_item_attach_parasite (GIMP_ITEM (layer_of (layer)), parasite);
  gimp_parasite_free (parasite);
}

char *
host_attached (gint layer, const char *name)
{
  GimpParasite *parasite
      = gimp_item_get_parasite (GIMP_ITEM (layer_of (layer)), name);
  if (!parasite)
    return NULL;
  guint32     bytes = 0;
  const char *data = gimp_parasite_get_data (parasite, &bytes);
  char       *text = g_strndup (data, bytes);
  gimp_parasite_free (parasite);
  return text;
}

gboolean
host_ui_start (GError **error)
{
  if (!any_gtk_start (FALSE, error))
    return FALSE;
  gimp_ui_init ("maniera");
  any_window_icons ();
  return TRUE;
}
