/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selections, channels, layer masks and layers, the likeliest masks first. */

#include "plugin/ui/gray_list.h"

#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/ui/drawable_combo.h"

enum
{
  THUMBNAIL = 24 /* px */
};

static char *
kind_text (const HostDrawable *drawable)
{
  switch (drawable->kind)
    {
    case HOST_SELECTION:
      return g_strdup (_ ("Selection"));
    case HOST_CHANNEL:
      /* Translators: a channel's name. */
      return g_strdup_printf (_ ("Channel “%s”"), drawable->name);
    case HOST_LAYER_MASK:
      /* Translators: the layer's name. */
      return g_strdup_printf (_ ("Mask of “%s”"), drawable->name);
    default:
      /* Translators: the layer's name. */
      return g_strdup_printf (_ ("Gray of “%s”"), drawable->name);
    }
}

/* Returns the row below the last of those. */
static gint
add_those (GtkListStore *list,
           gint          at,
           GPtrArray    *drawables,
           gint          image,
           gboolean      of_image,
           Thumbnails   *thumbnails)
{
  for (guint i = 0; i < drawables->len; ++i)
    {
      const HostDrawable *drawable = g_ptr_array_index (drawables, i);
      if ((drawable->image == image) != of_image)
        continue;
      const gint row = drawable_list_find (list, drawable->id);
      if (row >= 0)
        {
          at = row + 1;
          continue;
        }
      g_autofree char *kind = kind_text (drawable);
      g_autofree char *text
          = of_image
                ? g_strdup (kind)
                /* Translators: a channel, mask or layer and its image. */
                : g_strdup_printf (_ ("%s in %s"), kind, drawable->image_name);
      drawable_list_add (list, at++, drawable->id, NULL, text);
      thumbnails_ask (thumbnails, drawable->id, NULL, THUMBNAIL,
                      drawable_list_set_picture, list);
    }
  return at;
}

void
gray_list_fill (GtkListStore *list, gint image, Thumbnails *thumbnails)
{
  /* Layers come last: they are seldom meant as masks. */
  static const guint kinds[]
      = { 1u << HOST_SELECTION, 1u << HOST_CHANNEL | 1u << HOST_LAYER_MASK,
          1u << HOST_LAYER };
  GPtrArray *drawables[G_N_ELEMENTS (kinds)];
  gint       at = 1; /* below the text for no mask */
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); ++i)
    drawables[i] = host_list (kinds[i]);
  for (int of_image = TRUE; of_image >= FALSE; --of_image)
    for (gsize i = 0; i < G_N_ELEMENTS (kinds); ++i)
      at = add_those (list, at, drawables[i], image, of_image, thumbnails);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); ++i)
    g_ptr_array_unref (drawables[i]);
}

GtkListStore *
gray_list_new (gint image, const char *none, Thumbnails *thumbnails)
{
  GtkListStore *list = drawable_list_new ();
  drawable_list_add (list, -1, -1, NULL, none);
  gray_list_fill (list, image, thumbnails);
  return list;
}
