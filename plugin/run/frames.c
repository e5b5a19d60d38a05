/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers laid over each other on a canvas of premultiplied floats. */

#include "plugin/run/frames.h"

#include "helper/messages/protocol.h"
#include "plugin/client/errors.h"
#include "plugin/client/shared_memory.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/pixels.h"
#include "plugin/run/run_plan.h"

#include <string.h>

/* In the names of layers, as GIMP's players and exporters read them. */
static const char replace[] = "(replace)";
static const char combine[] = "(combine)";

GPtrArray *
frames_of (gint image, GError **error)
{
  g_autoptr (GPtrArray) all = host_list (1u << HOST_LAYER | 1u << HOST_GROUP
                                         | 1u << HOST_FLOATING_SELECTION);
  g_autoptr (GPtrArray) layers = host_drawables_new ();
  for (guint i = all->len; i-- > 0;)
    {
      const HostDrawable *layer = g_ptr_array_index (all, i);
      if (layer->image != image)
        continue;
      if (!run_plan_check_content (layer->id, error))
        return NULL;
      g_ptr_array_add (layers, host_describe (layer->id));
    }
  if (layers->len > 1)
    return g_steal_pointer (&layers);
  g_propagate_error (
      error,
      paint_error_new (PAINT_ERROR_INVALID_REQUEST,
                       _ ("This image is no animation: its layers are the "
                          "frames, and it needs at least two. Paint one layer "
                          "with Filters > Artistic > Neural Style "
                          "(Maniera).")));
  return NULL;
}

double
frames_work (guint count)
{
  return count ? 1 + MANIERA_FOLLOWING_FRAME * (count - 1) : 1;
}

/* The frame that is played: red, green, blue, times alpha, and alpha. */
typedef struct
{
  gint   width, height;
  float *rgba;
} Canvas;

static void
lay_over (Canvas *canvas, const HostDrawable *layer, const float *rgba)
{
  for (gint y = 0; y < layer->height; ++y)
    {
      const gint row = y + layer->offset_y;
      if (row < 0 || row >= canvas->height)
        continue;
      for (gint x = 0; x < layer->width; ++x)
        {
          const gint column = x + layer->offset_x;
          if (column < 0 || column >= canvas->width)
            continue;
          const float *from
              = rgba + ((gsize)y * (gsize)layer->width + (gsize)x) * 4;
          float *to = canvas->rgba
                      + ((gsize)row * (gsize)canvas->width + (gsize)column) * 4;
          for (gint c = 0; c < 4; ++c)
            to[c]
                = (c < 3 ? from[c] * from[3] : from[3]) + to[c] * (1 - from[3]);
        }
    }
}

static gboolean
draw (Canvas *canvas, const HostDrawable *layer, GError **error)
{
  SharedMemory  memory = { -1, 0 };
  MemoryPicture picture = { 0 };
  const gint64  bytes
      = (gint64)layer->width * layer->height * 4 * (gint64)sizeof (float);
  float *rgba = NULL;
  if (shared_memory_open (&memory, error)
      && pixels_export (&memory, layer, &picture, NULL, error))
    rgba = shared_memory_map (&memory, picture.offset, bytes, error);
  if (rgba)
    {
      if (strstr (layer->name, replace))
        memset (canvas->rgba, 0,
                (gsize)canvas->width * (gsize)canvas->height * 4
                    * sizeof (float));
      lay_over (canvas, layer, rgba);
      shared_memory_unmap (rgba, bytes);
    }
  shared_memory_close (&memory);
  return rgba != NULL;
}

static gboolean
is_opaque (const Canvas *canvas)
{
  const gsize pixels = (gsize)canvas->width * (gsize)canvas->height;
  for (gsize i = 0; i < pixels; ++i)
    if (canvas->rgba[i * 4 + 3] < 0.998f) /* half a step of 8 bits */
      return FALSE;
  return TRUE;
}

static GdkPixbuf *
picture_of (const Canvas *canvas)
{
  const gint   channels = is_opaque (canvas) ? 3 : 4;
  GdkPixbuf   *picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, channels == 4, 8,
                                         canvas->width, canvas->height);
  const float *from = canvas->rgba;
  for (gint y = 0; picture && y < canvas->height; ++y)
    {
      guint8 *to = gdk_pixbuf_get_pixels (picture)
                   + (gsize)y * (gsize)gdk_pixbuf_get_rowstride (picture);
      for (gint x = 0; x < canvas->width; ++x, from += 4)
        for (gint c = 0; c < channels; ++c)
          {
            const float value
                = c < 3 && from[3] > 0 ? from[c] / from[3] : from[c];
            *to++ = (guint8)(CLAMP (value, 0, 1) * 255 + 0.5f);
          }
    }
  return picture;
}

static gboolean
save (const Canvas *canvas, const char *folder, guint number, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%08u.png", number);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GdkPixbuf) picture = picture_of (canvas);
  g_autoptr (GError) failure = NULL;
  if (picture
      && gdk_pixbuf_save (picture, path, "png", &failure, "compression", "1",
                          NULL))
    return TRUE;
  const gboolean full
      = g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  g_propagate_error (error,
                     paint_error_new (!picture ? PAINT_ERROR_OUT_OF_MEMORY
                                      : full   ? PAINT_ERROR_NO_SPACE
                                               : PAINT_ERROR_HOST,
                                      failure ? failure->message : NULL));
  return FALSE;
}

gboolean
frames_write (gint             image,
              const GPtrArray *layers,
              const char      *folder,
              GError         **error)
{
  Canvas   canvas = { 0 };
  gboolean good = TRUE;
  host_image_size (image, &canvas.width, &canvas.height);
  canvas.rgba
      = g_try_new0 (float, (gsize)canvas.width *(gsize)canvas.height * 4);
  if (!canvas.rgba)
    {
      g_propagate_error (error,
                         paint_error_new (PAINT_ERROR_OUT_OF_MEMORY, NULL));
      return FALSE;
    }
  for (guint i = 0; good && i < layers->len; ++i)
    good = draw (&canvas, g_ptr_array_index (layers, i), error)
           && save (&canvas, folder, i + 1, error);
  g_free (canvas.rgba);
  return good;
}

char *
frames_painted_name (const char *name, gboolean translucent)
{
  if (translucent && !strstr (name, combine) && !strstr (name, replace))
    return g_strconcat (name, " ", replace, NULL);
  g_auto (GStrv) parts = g_strsplit (name, combine, -1);
  return g_strjoinv (replace, parts);
}
