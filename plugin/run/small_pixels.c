/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thumbnails to floats, and floats to a picture. */

#include "plugin/run/small_pixels.h"

#include "core/options.h"
#include "plugin/client/errors.h"

#include <math.h>

enum
{
  MOST = 1024 /* px; GIMP makes no larger thumbnails */
};

gint
small_side (const HostDrawable *layer, double wanted)
{
  const double longer = MAX (layer->width, layer->height);
  const double shorter = MIN (layer->width, layer->height);
  /* Twice the least, which rounding would miss. */
  const double least = 2 * maniera_option_find ("size")->min * longer / shorter;
  return (gint)ceil (MIN (MIN (longer, MOST), MAX (wanted, least)));
}

static gint64
bytes_of (const MemoryPicture *picture)
{
  return (gint64)picture->width * picture->height * picture->channels
         * (gint64)sizeof (float);
}

static float *
map_picture (const SharedMemory  *memory,
             const MemoryPicture *picture,
             GError             **error)
{
  return shared_memory_map (memory, picture->offset, bytes_of (picture), error);
}

/* Finds a place for the picture, whose other members are set, and maps it. */
static float *
place_picture (SharedMemory *memory, MemoryPicture *picture, GError **error)
{
  picture->offset = shared_memory_reserve (memory, bytes_of (picture), error);
  return picture->offset < 0 ? NULL : map_picture (memory, picture, error);
}

static GdkPixbuf *
thumbnail (const HostDrawable *drawable, gint side, GError **error)
{
  GdkPixbuf *small = host_thumbnail_alpha (drawable->id, CLAMP (side, 1, MOST));
  if (!small)
    g_propagate_error (error,
                       paint_error_new (PAINT_ERROR_HOST, "no thumbnail"));
  return small;
}

/* Red, green, blue and alpha, from 0 to 1. */
static void
read_pixel (GdkPixbuf *small, gint x, gint y, float *rgba)
{
  const gint    channels = gdk_pixbuf_get_n_channels (small);
  const guint8 *pixel = gdk_pixbuf_read_pixels (small)
                        + (gsize)y * (gsize)gdk_pixbuf_get_rowstride (small)
                        + (gsize)x * (gsize)channels;
  rgba[3] = 1;
  for (gint c = 0; c < channels; ++c)
    rgba[c] = (float)pixel[c] / 255;
}

gboolean
small_export (SharedMemory       *memory,
              const HostDrawable *layer,
              gint                side,
              MemoryPicture      *picture,
              GError            **error)
{
  g_autoptr (GdkPixbuf) small = thumbnail (layer, side, error);
  if (!small)
    return FALSE;
  const gint width = gdk_pixbuf_get_width (small);
  const gint height = gdk_pixbuf_get_height (small);
  *picture = (MemoryPicture){ 0, width, height, 4, layer->name };
  float *rgba = place_picture (memory, picture, error);
  if (!rgba)
    return FALSE;
  for (gint y = 0; y < height; ++y)
    for (gint x = 0; x < width; ++x)
      read_pixel (small, x, y, rgba + ((gsize)y * (gsize)width + (gsize)x) * 4);
  shared_memory_unmap (rgba, bytes_of (picture));
  return TRUE;
}

/* Where in `count` pixels of a copy a point lies, given in `full` pixels of the
 * drawable; -1 = outside. */
static gint
pixel_at (double point, gint full, gint count)
{
  return point < 0 || point >= full ? -1 : (gint)(point * count / full);
}

gboolean
small_export_gray (SharedMemory       *memory,
                   const HostDrawable *drawable,
                   const HostDrawable *frame,
                   gint                side,
                   MemoryPicture      *picture,
                   GError            **error)
{
  const HostDrawable *whole
      = frame && frame->image == drawable->image ? frame : drawable;
  const double scale = (double)side / MAX (whole->width, whole->height);
  const gint   own = MAX (drawable->width, drawable->height);
  g_autoptr (GdkPixbuf) small
      = thumbnail (drawable, (gint)ceil (MIN (own * scale, MOST)), error);
  if (!small)
    return FALSE;
  const gint width = MAX (1, (gint)(whole->width * scale + 0.5));
  const gint height = MAX (1, (gint)(whole->height * scale + 0.5));
  *picture = (MemoryPicture){ 0, width, height, 1, drawable->name };
  float *gray = place_picture (memory, picture, error);
  for (gint y = 0; gray && y < height; ++y)
    for (gint x = 0; x < width; ++x)
      {
        float      rgba[4] = { 0 };
        const gint column
            = pixel_at ((x + 0.5) / width * whole->width + whole->offset_x
                            - drawable->offset_x,
                        drawable->width, gdk_pixbuf_get_width (small));
        const gint row
            = pixel_at ((y + 0.5) / height * whole->height + whole->offset_y
                            - drawable->offset_y,
                        drawable->height, gdk_pixbuf_get_height (small));
        if (column >= 0 && row >= 0)
          read_pixel (small, column, row, rgba);
        gray[(gsize)y * (gsize)width + (gsize)x]
            = (0.299f * rgba[0] + 0.587f * rgba[1] + 0.114f * rgba[2])
              * rgba[3];
      }
  shared_memory_unmap (gray, bytes_of (picture));
  return gray != NULL;
}

static void
blend (GdkPixbuf           *picture,
       const MemoryPicture *size,
       const float         *content,
       const float         *painting,
       const float         *share)
{
  for (gint y = 0; y < size->height; ++y)
    {
      guint8 *to = gdk_pixbuf_get_pixels (picture)
                   + (gsize)y * (gsize)gdk_pixbuf_get_rowstride (picture);
      for (gint x = 0; x < size->width; ++x, content += 4, painting += 3)
        {
          const float part = share ? *share++ : 1;
          for (gint c = 0; c < 3; ++c)
            *to++ = (guint8)(CLAMP (content[c]
                                        + part * (painting[c] - content[c]),
                                    0, 1)
                                 * 255
                             + 0.5f);
          *to++ = (guint8)(content[3] * 255 + 0.5f);
        }
    }
}

GdkPixbuf *
small_picture (const SharedMemory  *memory,
               const MemoryPicture *content,
               const MemoryPicture *painting,
               const MemoryPicture *limit,
               GError             **error)
{
  float     *rgba = map_picture (memory, content, error);
  float     *rgb = rgba ? map_picture (memory, painting, error) : NULL;
  float     *share = rgb && limit ? map_picture (memory, limit, error) : NULL;
  GdkPixbuf *picture = NULL;
  if (rgb && (share || !limit))
    {
      picture = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, content->width,
                                content->height);
      blend (picture, content, rgba, rgb, share);
    }
  shared_memory_unmap (rgba, bytes_of (content));
  shared_memory_unmap (rgb, bytes_of (painting));
  if (share)
    shared_memory_unmap (share, bytes_of (limit));
  return picture;
}
