/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bands of rows between GEGL's buffers and the shared memory. */

#include "plugin/pixels.h"

#include "plugin/errors.h"

#include <string.h>

/* Rows at a time: a multiple of GIMP's tiles, so that none is fetched twice. */
enum
{
  BAND = 256
};

static gint
rows_from (gint top, gint height)
{
  return MIN (BAND, height - top);
}

static void
read_colors (GeglBuffer       *buffer,
             const HostColors *colors,
             gint              top,
             gint              width,
             gint              rows,
             float            *rgba)
{
  gegl_buffer_get (buffer, GEGL_RECTANGLE (0, top, width, rows), 1,
                   colors->format, rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  if (colors->to_srgb)
    host_colors_convert (colors->to_srgb, colors->format, rgba,
                         (gsize)width * rows);
}

gboolean
pixels_export (SharedMemory       *memory,
               const HostDrawable *layer,
               MemoryPicture      *picture,
               GError            **error)
{
  const gint64 row = (gint64)layer->width * 4 * sizeof (float);
  const gint64 bytes = row * layer->height;
  const gint64 offset = shared_memory_reserve (memory, bytes, error);
  float       *rgba
      = offset < 0 ? NULL : shared_memory_map (memory, offset, bytes, error);
  if (!rgba)
    return FALSE;
  GeglBuffer *buffer = host_buffer (layer->id);
  HostColors  colors;
  host_colors_open (&colors, layer->id);
  for (gint top = 0; top < layer->height; top += BAND)
    read_colors (buffer, &colors, top, layer->width,
                 rows_from (top, layer->height),
                 rgba + (gint64)top * layer->width * 4);
  host_colors_close (&colors);
  g_object_unref (buffer);
  shared_memory_unmap (rgba, bytes);
  *picture
      = (MemoryPicture){ offset, layer->width, layer->height, 4, layer->name };
  return TRUE;
}

/* Saved channels are encoded as the image is, selections are linear, layer
 * masks follow the image's precision: the drawable's own format knows, and
 * asking for its own curve leaves values as they are. */
static const Babl *
own_gray (const Babl *format)
{
  const char *name = babl_get_name (format);
  const char *model = g_str_has_prefix (name, "Y'")   ? "Y' float"
                      : g_str_has_prefix (name, "Y~") ? "Y~ float"
                                                      : "Y float";
  return babl_format_with_space (model, format);
}

static void
read_gray (const HostDrawable  *drawable,
           const GeglRectangle *where,
           float               *gray)
{
  GeglBuffer *buffer = host_buffer (drawable->id);
  const Babl *own = gegl_buffer_get_format (buffer);
  if (drawable->kind != HOST_LAYER && drawable->kind != HOST_GROUP)
    {
      gegl_buffer_get (buffer, where, 1, own_gray (own), gray,
                       GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    }
  else
    {
      const Babl *format = babl_format_with_space ("R'G'B'A float", own);
      float      *rgba = g_new (float, (gsize)where->width *BAND * 4);
      for (gint top = 0; top < where->height; top += BAND)
        {
          const gint  rows = rows_from (top, where->height);
          const gsize pixels = (gsize)where->width * rows;
          float      *to = gray + (gsize)top * where->width;
          gegl_buffer_get (
              buffer,
              GEGL_RECTANGLE (where->x, where->y + top, where->width, rows), 1,
              format, rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
          for (gsize i = 0; i < pixels; ++i)
            {
              const float *p = rgba + i * 4; /* Rec. 601, as for mask files */
              to[i] = (0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2]) * p[3];
            }
        }
      g_free (rgba);
    }
  g_object_unref (buffer);
  const gsize pixels = (gsize)where->width * where->height;
  for (gsize i = 0; i < pixels; ++i)
    gray[i] = CLAMP (gray[i], 0.0f, 1.0f);
}

gboolean
pixels_export_gray (SharedMemory       *memory,
                    const HostDrawable *drawable,
                    const HostDrawable *frame,
                    MemoryPicture      *picture,
                    GError            **error)
{
  GeglRectangle where = { 0, 0, drawable->width, drawable->height };
  if (frame && frame->image == drawable->image)
    where = (GeglRectangle){ frame->offset_x - drawable->offset_x,
                             frame->offset_y - drawable->offset_y, frame->width,
                             frame->height };
  const gint64 bytes = (gint64)where.width * where.height * sizeof (float);
  const gint64 offset = shared_memory_reserve (memory, bytes, error);
  float       *gray
      = offset < 0 ? NULL : shared_memory_map (memory, offset, bytes, error);
  if (!gray)
    return FALSE;
  read_gray (drawable, &where, gray);
  shared_memory_unmap (gray, bytes);
  *picture
      = (MemoryPicture){ offset, where.width, where.height, 1, drawable->name };
  return TRUE;
}

/* The painting where `share` (NULL = 1) is 1, what was there where it is 0; the
 * alpha stays. */
static void
blend (float *rgba, const float *painting, const float *share, gsize pixels)
{
  for (gsize i = 0; i < pixels; ++i)
    {
      float       *to = rgba + i * 4;
      const float *from = painting + i * 3;
      if (!share)
        {
          memcpy (to, from, 3 * sizeof *to);
        }
      else
        {
          for (int c = 0; c < 3; ++c)
            to[c] += share[i] * (from[c] - to[c]);
        }
    }
}

gint
pixels_import (const SharedMemory  *memory,
               const MemoryPicture *painting,
               const HostDrawable  *like,
               gint                 selection,
               const char          *name,
               GError             **error)
{
  g_return_val_if_fail (
      painting->width == like->width && painting->height == like->height, -1);
  const gint   width = like->width;
  const gint64 bytes = (gint64)width * like->height * 3 * sizeof (float);
  float *from = shared_memory_map (memory, painting->offset, bytes, error);
  if (!from)
    return -1;
  const gint layer = host_layer_new (like->id, name);
  if (layer < 0)
    {
      shared_memory_unmap (from, bytes);
      g_propagate_error (error,
                         paint_error_new (PAINT_ERROR_HOST, "no new layer"));
      return -1;
    }
  HostDrawable *shares = selection < 0 ? NULL : host_describe (selection);
  GeglBuffer   *source = host_buffer (like->id);
  GeglBuffer   *target = host_buffer (layer);
  HostColors    colors;
  host_colors_open (&colors, like->id);
  float *rgba = g_new (float, (gsize)width *BAND * 4);
  float *share = shares ? g_new (float, (gsize)width *BAND) : NULL;
  for (gint top = 0; top < like->height; top += BAND)
    {
      const gint  rows = rows_from (top, like->height);
      const gsize pixels = (gsize)width * rows;
      read_colors (source, &colors, top, width, rows, rgba);
      if (share)
        read_gray (shares,
                   GEGL_RECTANGLE (like->offset_x - shares->offset_x,
                                   like->offset_y + top - shares->offset_y,
                                   width, rows),
                   share);
      blend (rgba, from + (gsize)top * width * 3, share, pixels);
      if (colors.from_srgb)
        host_colors_convert (colors.from_srgb, colors.format, rgba, pixels);
      gegl_buffer_set (target, GEGL_RECTANGLE (0, top, width, rows), 0,
                       colors.format, rgba, GEGL_AUTO_ROWSTRIDE);
    }
  g_free (rgba);
  g_free (share);
  host_colors_close (&colors);
  g_object_unref (source);
  g_object_unref (target);
  host_drawable_free (shares);
  shared_memory_unmap (from, bytes);
  return layer;
}
