/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shared code needs of a GIMP, from GIMP 2.10. */

#include "plugin/gimp/gimp_any.h"
#include "plugin/gimp/host.h"

#include <libgimp/gimp.h>
#include <libgimp/gimpui.h>

static HostKind
kind_of (gint id)
{
  if (gimp_item_is_selection (id))
    return HOST_SELECTION;
  if (gimp_item_is_layer_mask (id))
    return HOST_LAYER_MASK;
  if (gimp_item_is_channel (id))
    return HOST_CHANNEL;
  if (gimp_item_is_group (id))
    return HOST_GROUP;
  return gimp_layer_is_floating_sel (id) ? HOST_FLOATING_SELECTION : HOST_LAYER;
}

static char *
name_of (gint id, HostKind kind)
{
  if (kind == HOST_SELECTION)
    return g_strdup ("");
  return gimp_item_get_name (kind == HOST_LAYER_MASK ? gimp_layer_from_mask (id)
                                                     : id);
}

HostDrawable *
host_describe (gint id)
{
  if (id < 0 || !gimp_item_is_valid (id) || !gimp_item_is_drawable (id))
    return NULL;
  HostDrawable *drawable = g_new0 (HostDrawable, 1);
  drawable->id = id;
  drawable->image = gimp_item_get_image (id);
  drawable->kind = kind_of (id);
  drawable->name = name_of (id, drawable->kind);
  drawable->image_name = gimp_image_get_name (drawable->image);
  drawable->width = gimp_drawable_width (id);
  drawable->height = gimp_drawable_height (id);
  gimp_drawable_offsets (id, &drawable->offset_x, &drawable->offset_y);
  return drawable;
}

gint
host_layer_of (gint id)
{
  return gimp_item_is_layer_mask (id) ? gimp_layer_from_mask (id) : id;
}

static void
add (GPtrArray *list, gint id, guint kinds)
{
  HostDrawable *drawable = host_describe (id);
  if (drawable && (kinds & (1u << drawable->kind)))
    g_ptr_array_add (list, g_steal_pointer (&drawable));
  host_drawable_free (drawable);
}

static void
add_layers (GPtrArray *list, const gint *layers, gint count, guint kinds)
{
  for (gint i = 0; i < count; ++i)
    {
      add (list, layers[i], kinds);
      add (list, gimp_layer_get_mask (layers[i]), kinds);
      if (gimp_item_is_group (layers[i]))
        {
          gint  inner = 0;
          gint *children = gimp_item_get_children (layers[i], &inner);
          add_layers (list, children, inner, kinds);
          g_free (children);
        }
    }
}

GPtrArray *
host_list (guint kinds)
{
  GPtrArray *list = host_drawables_new ();
  gint       count = 0;
  gint      *images = gimp_image_list (&count);
  for (gint i = 0; i < count; ++i)
    {
      gint  inner = 0;
      gint *items = gimp_image_get_layers (images[i], &inner);
      add_layers (list, items, inner, kinds);
      g_free (items);
      items = gimp_image_get_channels (images[i], &inner);
      for (gint j = 0; j < inner; ++j)
        add (list, items[j], kinds);
      g_free (items);
      if (!gimp_selection_is_empty (images[i]))
        add (list, gimp_image_get_selection (images[i]), kinds);
    }
  g_free (images);
  return list;
}

static GdkPixbuf *
thumbnail (gint id, gint side, GimpPixbufTransparency alpha)
{
  gint width = gimp_drawable_width (id);
  gint height = gimp_drawable_height (id);
  return any_fit (side, &width, &height)
             ? gimp_drawable_get_thumbnail (id, width, height, alpha)
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

/* Starting GEGL takes a second in 2.10, so a dialog does without it. */
static void
start_gegl (void)
{
  static gboolean started;
  if (!started)
    gegl_init (NULL, NULL);
  started = TRUE;
}

GeglBuffer *
host_buffer (gint id)
{
  start_gegl ();
  return gimp_drawable_get_buffer (id);
}

/* 2.10 has no effects that stay live. */
GeglBuffer *
host_pixels (gint id)
{
  return host_buffer (id);
}

/* 2.10 does not tell GEGL of profiles: the formats of buffers have no space,
 * and a profile describes the values as they are stored. */
HostColors
host_colors (gint layer)
{
  const Babl       *srgb = babl_format ("R'G'B'A float");
  HostColors        colors = { srgb, srgb };
  GimpColorProfile *profile
      = gimp_image_get_color_profile (gimp_item_get_image (layer));
  if (!profile)
    return colors;
  gsize         bytes = 0;
  const guint8 *icc = gimp_color_profile_get_icc_profile (profile, &bytes);
  const char   *why = NULL;
  const Babl   *space
      = babl_space_from_icc ((const char *)icc, (int)bytes,
                             BABL_ICC_INTENT_RELATIVE_COLORIMETRIC, &why);
  if (space)
    {
      const char    *stored = babl_get_name (gimp_drawable_get_format (layer));
      const gboolean linear = g_str_has_prefix (stored, "RGB")
                              || g_str_has_prefix (stored, "Y ")
                              || g_str_has_prefix (stored, "YA ");
      if (linear)
        colors.read = babl_format ("RGBA float");
      colors.means = babl_format_with_space ("R'G'B'A float", space);
    }
  else
    {
      g_warning ("The image's color profile cannot be used (%s); its colors "
                 "are taken for sRGB.",
                 why ? why : "no reason given");
    }
  g_object_unref (profile);
  return colors;
}

gboolean
host_selection_is_empty (gint image)
{
  return gimp_selection_is_empty (image);
}

gint
host_selection (gint image)
{
  return gimp_image_get_selection (image);
}

static void
copy_mask (gint to, gint from)
{
  const gint mask = gimp_layer_get_mask (from);
  if (mask < 0)
    return;
  const gint  copy = gimp_layer_create_mask (to, GIMP_ADD_MASK_WHITE);
  GeglBuffer *source = gimp_drawable_get_buffer (mask);
  GeglBuffer *target = gimp_drawable_get_buffer (copy);
  gegl_buffer_copy (source, NULL, GEGL_ABYSS_NONE, target, NULL);
  g_object_unref (source);
  g_object_unref (target);
  gimp_layer_add_mask (to, copy);
  gimp_layer_set_apply_mask (to, gimp_layer_get_apply_mask (from));
  gimp_layer_set_edit_mask (to, FALSE);
}

gboolean
host_image_size (gint image, gint *width, gint *height)
{
  if (!gimp_image_is_valid (image))
    return FALSE;
  *width = gimp_image_width (image);
  *height = gimp_image_height (image);
  return TRUE;
}

char *
host_active (gint image)
{
  return g_strdup_printf ("%d", gimp_image_get_active_drawable (image));
}

gint
host_image_new (gint width, gint height, const Babl *like, gint from)
{
  const gint image = gimp_image_new_with_precision (width, height, GIMP_RGB,
                                                    any_precision_of (like));
  double     x, y;
  if (!gimp_image_is_valid (from))
    return image;
  gimp_image_get_resolution (from, &x, &y);
  gimp_image_set_resolution (image, x, y);
  GimpColorProfile *profile = gimp_image_base_type (from) == GIMP_GRAY
                                  ? NULL
                                  : gimp_image_get_color_profile (from);
  if (profile)
    {
      gimp_image_set_color_profile (image, profile);
      g_object_unref (profile);
    }
  return image;
}

void
host_image_show (gint image)
{
  gimp_display_new (image);
}

void
host_image_delete (gint image)
{
  gimp_image_delete (image);
}

gint
host_layer_new (
    gint image, const char *name, gint width, gint height, gboolean alpha)
{
  const GimpImageType type = any_type_of (gimp_image_base_type (image), alpha);
  return gimp_layer_new (image, name, width, height, type, 100.0,
                         GIMP_LAYER_MODE_NORMAL);
}

static void
make_active (gint image, gint drawable)
{
  if (gimp_item_is_layer_mask (drawable))
    gimp_image_set_active_layer (image, gimp_layer_from_mask (drawable));
  else if (gimp_item_is_channel (drawable))
    gimp_image_set_active_channel (image, drawable);
  else if (drawable >= 0)
    gimp_image_set_active_layer (image, drawable);
}

gboolean
host_layer_insert (gint layer, gint image, const HostPlace *place)
{
  const gint like = place->above;
  const gint parent = like < 0 ? 0 : gimp_item_get_parent (like);
  const gint position
      = like < 0 ? 0 : gimp_image_get_item_position (image, like);
  const gint active = gimp_image_get_active_drawable (image);
  gimp_image_undo_group_start (image);
  const gboolean inserted
      = gimp_image_insert_layer (image, layer, parent, position);
  if (inserted)
    {
      if (place->width > 0)
        gimp_layer_scale (layer, place->width, place->height, TRUE);
      gimp_layer_set_offsets (layer, place->x, place->y);
      if (like >= 0)
        copy_mask (layer, like); /* only a layer in an image can have one */
      if (!place->active)
        make_active (image, active);
    }
  gimp_image_undo_group_end (image);
  gimp_displays_flush ();
  return inserted;
}

void
host_layer_delete (gint layer)
{
  gimp_item_delete (layer);
}

void
host_layer_remove (gint layer)
{
  gimp_image_remove_layer (gimp_item_get_image (layer), layer);
  gimp_displays_flush ();
}

void
host_layer_put_above (gint layer, gint other)
{
  const gint image = gimp_item_get_image (layer);
  gimp_image_reorder_item (image, layer, gimp_item_get_parent (other),
                           gimp_image_get_item_position (image, other));
  gimp_displays_flush ();
}

gint
host_channel_new (gint image, const char *name)
{
  const GimpRGB black = { 0, 0, 0, 1 };
  const gint    channel
      = gimp_channel_new (image, name, gimp_image_width (image),
                          gimp_image_height (image), 50.0, &black);
  if (channel >= 0)
    gimp_item_set_visible (channel, FALSE);
  return channel;
}

gboolean
host_channel_insert (gint channel, gint image)
{
  const gint     active = gimp_image_get_active_drawable (image);
  const gboolean inserted = gimp_image_insert_channel (image, channel, 0, 0);
  if (inserted)
    make_active (image, active);
  else
    gimp_item_delete (channel);
  return inserted;
}

void
host_undo_start (gint image)
{
  gimp_image_undo_group_start (image);
}

void
host_undo_end (gint image)
{
  gimp_image_undo_group_end (image);
  gimp_displays_flush ();
}

void
host_undo_pause (gint image)
{
  gimp_image_undo_disable (image);
}

void
host_undo_resume (gint image)
{
  gimp_image_undo_enable (image);
}

void
host_layer_hide (gint layer)
{
  gimp_item_set_visible (layer, FALSE);
}

gboolean
host_layer_is_visible (gint layer)
{
  return gimp_item_get_visible (layer);
}

gboolean
host_layer_is_plain (gint layer)
{
  const GimpLayerMode mode = gimp_layer_get_mode (layer);
  return gimp_layer_get_opacity (layer) >= 100
         && (mode == GIMP_LAYER_MODE_NORMAL
             || mode == GIMP_LAYER_MODE_NORMAL_LEGACY);
}

gboolean
host_layer_is_pixels (gint id)
{
  return !gimp_item_is_text_layer (id);
}

void
host_layer_inherit (gint layer, gint from)
{
  gimp_layer_set_mode (layer, gimp_layer_get_mode (from));
  gimp_layer_set_opacity (layer, gimp_layer_get_opacity (from));
  gimp_layer_set_blend_space (layer, gimp_layer_get_blend_space (from));
  gimp_layer_set_composite_space (layer, gimp_layer_get_composite_space (from));
  gimp_layer_set_composite_mode (layer, gimp_layer_get_composite_mode (from));
}

/* What is merged from a shadow counts only within the selection, which is laid
 * aside. */
gboolean
host_layer_take (gint layer, gint from)
{
  const gint     image = gimp_item_get_image (layer);
  const gboolean limited = !gimp_selection_is_empty (image);
  const gint     active = gimp_image_get_active_drawable (image);
  const gint     selection = limited ? gimp_selection_save (image) : -1;
  if (limited)
    gimp_selection_none (image);
  GeglBuffer *shadow = gimp_drawable_get_shadow_buffer (layer);
  GeglBuffer *pixels = gimp_drawable_get_buffer (from);
  gegl_buffer_copy (pixels, NULL, GEGL_ABYSS_NONE, shadow, NULL);
  g_object_unref (pixels);
  g_object_unref (shadow); /* GIMP has the pixels only after this */
  const gboolean taken = gimp_drawable_merge_shadow (layer, TRUE);
  if (limited)
    {
      gimp_image_select_item (image, GIMP_CHANNEL_OP_REPLACE, selection);
      gimp_image_remove_channel (image, selection);
      make_active (image, active);
    }
  if (taken)
    gimp_drawable_update (layer, 0, 0, gimp_drawable_width (layer),
                          gimp_drawable_height (layer));
  return taken;
}

gint
host_mask_of (gint layer)
{
  return gimp_layer_get_mask (layer);
}

void
host_attach (gint layer, const char *name, const char *text)
{
  GimpParasite *parasite = any_text_parasite (name, text);
  gimp_item_attach_parasite (layer, parasite);
  gimp_parasite_free (parasite);
}

char *
host_attached (gint layer, const char *name)
{
  GimpParasite *parasite = gimp_item_get_parasite (layer, name);
  if (!parasite)
    return NULL;
  char *text = g_strndup (gimp_parasite_data (parasite),
                          (gsize)gimp_parasite_data_size (parasite));
  gimp_parasite_free (parasite);
  return text;
}

gboolean
host_ui_start (GError **error)
{
  if (!any_gtk_start (TRUE, error))
    return FALSE;
  gimp_ui_init ("maniera", FALSE);
  any_window_icons ();
  return TRUE;
}
