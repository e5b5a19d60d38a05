/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The new image is built out of sight: a window that goes again when the user
 * cancels would be in the way. */

#include "plugin/run/animation.h"

#include "plugin/client/errors.h"
#include "plugin/gimp/host.h"
#include "plugin/run/frame_recipe.h"
#include "plugin/run/frames.h"
#include "plugin/run/frames_folder.h"
#include "plugin/run/recipe.h"

#include <glib/gstdio.h>

typedef struct
{
  guint frame; /* its place among the layers */
  gint  layer; /* of the new image */
} Painted;

struct _Animation
{
  gint       source; /* the image */
  gint       width, height;
  GPtrArray *layers;  /* of `source`, as they were; of HostDrawable */
  GPtrArray *recipes; /* of their paintings: by then they may be closed */
  GArray    *painted; /* of Painted */
  char      *folder;
  gint       image;   /* the new one, with nothing to undo; -1 = none yet */
  gint       top;     /* its top layer; -1 = none yet */
  GError    *failure; /* the first one; NULL = none */
};

static char *
folder_of (const Animation *animation, const char *name)
{
  return g_build_filename (animation->folder, name, NULL);
}

static void
note_recipes (Animation *animation, const Request *request)
{
  g_autofree char *recipe = recipe_text (request);
  for (guint i = 0; i < animation->layers->len; ++i)
    {
      const HostDrawable *frame = g_ptr_array_index (animation->layers, i);
      g_ptr_array_add (animation->recipes,
                       frame_recipe (recipe, request->image, frame->id));
    }
}

Animation *
animation_new (const Request *request, GError **error)
{
  const gint image = request->image;
  Animation *animation = g_new0 (Animation, 1);
  animation->source = image;
  animation->image = animation->top = -1;
  animation->recipes = g_ptr_array_new_with_free_func (g_free);
  animation->painted = g_array_new (FALSE, FALSE, sizeof (Painted));
  host_image_size (image, &animation->width, &animation->height);
  animation->layers = frames_of (image, error);
  if (animation->layers)
    animation->folder = frames_folder_new (error);
  if (animation->folder)
    {
      g_autofree char *frames = folder_of (animation, "frames");
      g_mkdir (frames, 0700);
      if (frames_write (image, animation->layers, frames, error))
        {
          note_recipes (animation, request);
          return animation;
        }
    }
  animation_free (animation);
  return NULL;
}

void
animation_tell (const Animation *animation, JsonObject *params)
{
  g_autofree char *frames = folder_of (animation, "frames");
  g_autofree char *painted = folder_of (animation, "painted");
  json_object_set_string_member (params, "source", frames);
  json_object_set_string_member (params, "output", painted);
}

static void
fill (gint layer, const GdkPixbuf *picture)
{
  const gint       width = gdk_pixbuf_get_width (picture);
  const HostColors colors = host_colors (layer);
  const Babl *fish = babl_fish (babl_format (gdk_pixbuf_get_has_alpha (picture)
                                                 ? "R'G'B'A u8"
                                                 : "R'G'B' u8"),
                                colors.means);
  g_autofree float *rgba = g_new (float, (gsize)width * 4);
  g_autoptr (GeglBuffer) pixels = host_buffer (layer);
  for (gint y = 0; y < gdk_pixbuf_get_height (picture); ++y)
    {
      babl_process (fish,
                    gdk_pixbuf_read_pixels (picture)
                        + (gsize)y * (gsize)gdk_pixbuf_get_rowstride (picture),
                    rgba, width);
      gegl_buffer_set (pixels, GEGL_RECTANGLE (0, y, width, 1), 0, colors.read,
                       rgba, GEGL_AUTO_ROWSTRIDE);
    }
}

static void
make_image (Animation *animation)
{
  const HostDrawable *first = g_ptr_array_index (animation->layers, 0);
  g_autoptr (GeglBuffer) like = host_buffer (first->id);
  animation->image = host_image_new (animation->width, animation->height,
                                     like ? gegl_buffer_get_format (like)
                                          : babl_format ("R'G'B' u8"),
                                     animation->source);
  host_undo_pause (animation->image);
}

/* A painting of another size is scaled. */
static gboolean
add (Animation *animation, guint number, const GdkPixbuf *picture)
{
  const HostDrawable *frame = g_ptr_array_index (animation->layers, number);
  const gint          width = gdk_pixbuf_get_width (picture);
  const gint          height = gdk_pixbuf_get_height (picture);
  const gboolean      alpha = gdk_pixbuf_get_has_alpha (picture);
  const gboolean      same
      = width == animation->width && height == animation->height;
  const HostPlace  place = { .above = -1,
                             .width = same ? 0 : animation->width,
                             .height = same ? 0 : animation->height,
                             .active = TRUE };
  g_autofree char *name = frames_painted_name (frame->name, alpha);
  if (animation->image < 0)
    make_image (animation);
  const gint layer
      = host_layer_new (animation->image, name, width, height, alpha);
  if (layer < 0)
    return FALSE;
  fill (layer, picture);
  if (!host_layer_insert (layer, animation->image, &place))
    {
      host_layer_delete (layer);
      return FALSE;
    }
  const Painted painted = { number, layer };
  g_array_append_val (animation->painted, painted);
  animation->top = layer;
  return TRUE;
}

void
animation_add (Animation *animation, guint number, const char *file)
{
  if (animation->failure || number < 1 || number > animation->layers->len)
    return;
  g_autoptr (GError) trouble = NULL;
  g_autoptr (GdkPixbuf) picture = gdk_pixbuf_new_from_file (file, &trouble);
  if (!picture)
    animation->failure
        = paint_error_new (PAINT_ERROR_UNREADABLE_IMAGE, trouble->message);
  else if (!add (animation, number - 1, picture))
    animation->failure = paint_error_new (PAINT_ERROR_HOST, "no new layer");
}

static void
attach_recipes (const Animation *animation, const char *model_sha256)
{
  for (guint i = 0; i < animation->painted->len; ++i)
    {
      const Painted    painted = g_array_index (animation->painted, Painted, i);
      g_autofree char *recipe = recipe_with_model (
          g_ptr_array_index (animation->recipes, painted.frame), model_sha256);
      host_attach (painted.layer, RECIPE_NAME, recipe);
    }
}

gint
animation_end (Animation *animation, const char *model_sha256, GError **error)
{
  if (!animation->failure && animation->top < 0)
    animation->failure
        = paint_error_new (PAINT_ERROR_PROTOCOL_ERROR, "no frames");
  if (animation->failure)
    {
      g_propagate_error (error, g_steal_pointer (&animation->failure));
      return -1;
    }
  attach_recipes (animation, model_sha256);
  host_undo_resume (animation->image);
  host_image_show (animation->image);
  animation->image = -1; /* it is the user's now */
  return animation->top;
}

void
animation_free (Animation *animation)
{
  if (!animation)
    return;
  if (animation->image >= 0)
    host_image_delete (animation->image);
  if (animation->folder)
    frames_folder_remove (animation->folder);
  g_clear_pointer (&animation->layers, g_ptr_array_unref);
  g_ptr_array_unref (animation->recipes);
  g_array_unref (animation->painted);
  g_clear_error (&animation->failure);
  g_free (animation->folder);
  g_free (animation);
}
