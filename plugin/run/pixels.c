/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bands of rows between GEGL's buffers and the shared memory.
 *
 * GEGL gives the pixels as GIMP stores them. Babl converts them here on all
 * processors, so that a layer of 24 megapixels takes a second. */

#include "plugin/run/pixels.h"

#include "plugin/client/errors.h"

#include <math.h>
#include <string.h>

/* Rows at a time: a multiple of the height of GIMP's tiles, so that no tile is
 * fetched twice. */
enum
{
  BAND = 256
};

/* Less than a step of any integer layer, more than the rounding error of a
 * float after two conversions. */
static const float unchanged = 1e-6f;

static gint
rows_from (gint top, gint height)
{
  return MIN (BAND, height - top);
}

/* From a layer's own pixels to sRGB and back. */
typedef struct
{
  const Babl *stored; /* the layer's own format */
  gsize       bytes;  /* of a pixel of it */
  const Babl *unpack, *pack;
  const Babl *to_srgb, *from_srgb; /* NULL = they are sRGB already */
} Conversion;

static Conversion
conversion_of (GeglBuffer *buffer, HostColors colors)
{
  const Babl    *srgb = babl_format ("R'G'B'A float");
  const Babl    *stored = gegl_buffer_get_format (buffer);
  const gboolean same = colors.means == srgb;
  return (Conversion){
    .stored = stored,
    .bytes = (gsize)babl_format_get_bytes_per_pixel (stored),
    .unpack = babl_fish (stored, colors.read),
    .pack = babl_fish (colors.read, stored),
    .to_srgb = same ? NULL : babl_fish (colors.means, srgb),
    .from_srgb = same ? NULL : babl_fish (srgb, colors.means),
  };
}

static void
to_srgb (const Conversion *conversion,
         const guint8     *stored,
         float            *rgba,
         gsize             pixels)
{
  babl_process (conversion->unpack, stored, rgba, (glong)pixels);
  if (conversion->to_srgb)
    babl_process (conversion->to_srgb, rgba, rgba, (glong)pixels);
}

static void
from_srgb (const Conversion *conversion,
           float            *rgba,
           guint8           *stored,
           gsize             pixels)
{
  if (conversion->from_srgb)
    babl_process (conversion->from_srgb, rgba, rgba, (glong)pixels);
  babl_process (conversion->pack, rgba, stored, (glong)pixels);
}

static void
read_stored (GeglBuffer       *buffer,
             const Conversion *conversion,
             gint              top,
             gint              width,
             gint              rows,
             guint8           *stored)
{
  gegl_buffer_get (buffer, GEGL_RECTANGLE (0, top, width, rows), 1,
                   conversion->stored, stored, GEGL_AUTO_ROWSTRIDE,
                   GEGL_ABYSS_NONE);
}

/* NaN becomes 0. */
static float
clipped (float value)
{
  return value > 0 ? MIN (value, 1.0f) : 0.0f;
}

static GeglBuffer *
open_pixels (const HostDrawable *drawable, GError **error)
{
  GeglBuffer *buffer = host_pixels (drawable->id);
  if (!buffer)
    g_propagate_error (error, paint_error_new (PAINT_ERROR_HOST, "no pixels"));
  return buffer;
}

/* The least pixels of a band for a thread. */
enum
{
  PIXELS_A_THREAD = 16384
};

/* Export */

typedef struct
{
  const Conversion *conversion;
  const guint8     *stored;
  float            *rgba;
} ExportBand;

static void
export_part (gsize first, gsize pixels, gpointer data)
{
  const ExportBand *band = data;
  float            *rgba = band->rgba + first * 4;
  to_srgb (band->conversion, band->stored + first * band->conversion->bytes,
           rgba, pixels);
  for (gsize i = 0; i < pixels * 4; ++i)
    rgba[i] = clipped (rgba[i]);
}

/* Exports what lies in `from`, whose size the picture has already. */
static gboolean
export_pixels (SharedMemory    *memory,
               const LayerCopy *from,
               MemoryPicture   *picture,
               LayerCopy       *copy,
               GError         **error)
{
  const gint   width = picture->width, height = picture->height;
  const gint64 bytes = (gint64)width * height * 4 * (gint64)sizeof (float);
  GeglBuffer  *buffer = from->pixels;
  float       *rgba;
  picture->offset = shared_memory_reserve (memory, bytes, error);
  if (picture->offset < 0
      || !(rgba = shared_memory_map (memory, picture->offset, bytes, error)))
    return FALSE;
  const Conversion   conversion = conversion_of (buffer, from->colors);
  g_autofree guint8 *stored
      = g_malloc_n ((gsize)width * BAND, conversion.bytes);
  if (copy)
    *copy = (LayerCopy){ gegl_buffer_new (GEGL_RECTANGLE (0, 0, width, height),
                                          conversion.stored),
                         from->colors };
  for (gint top = 0; top < height; top += BAND)
    {
      const gint rows = rows_from (top, height);
      ExportBand band = { &conversion, stored, rgba + (gsize)top * width * 4 };
      read_stored (buffer, &conversion, top, width, rows, stored);
      if (copy)
        gegl_buffer_set (copy->pixels, GEGL_RECTANGLE (0, top, width, rows), 0,
                         conversion.stored, stored, GEGL_AUTO_ROWSTRIDE);
      gegl_parallel_distribute_range ((gsize)width * rows, PIXELS_A_THREAD,
                                      export_part, &band);
    }
  shared_memory_unmap (rgba, bytes);
  return TRUE;
}

gboolean
pixels_export (SharedMemory       *memory,
               const HostDrawable *layer,
               MemoryPicture      *picture,
               LayerCopy          *copy,
               GError            **error)
{
  g_autoptr (GeglBuffer) buffer = open_pixels (layer, error);
  if (!buffer)
    return FALSE;
  const LayerCopy from = { buffer, host_colors (layer->id) };
  *picture = (MemoryPicture){ 0, layer->width, layer->height, 4, layer->name };
  return export_pixels (memory, &from, picture, copy, error);
}

gboolean
pixels_export_copy (SharedMemory    *memory,
                    const LayerCopy *copy,
                    MemoryPicture   *picture,
                    GError         **error)
{
  return export_pixels (memory, copy, picture, NULL, error);
}

/* Gray */

/* Saved channels are encoded like the image, selections are linear, and layer
 * masks follow the image's precision. A format with the drawable's own curve
 * leaves the stored values as they are. */
const Babl *
pixels_own_gray (GeglBuffer *buffer)
{
  const Babl *format = gegl_buffer_get_format (buffer);
  const char *name = babl_get_name (format);
  const char *model = g_str_has_prefix (name, "Y'")   ? "Y' float"
                      : g_str_has_prefix (name, "Y~") ? "Y~ float"
                                                      : "Y float";
  return babl_format_with_space (model, format);
}

/* Rec. 601 luma, as the helper reads mask files. */
static void
read_luma (GeglBuffer *buffer, const GeglRectangle *where, float *gray)
{
  const Babl       *format = babl_format_with_space ("R'G'B'A float",
                                                     gegl_buffer_get_format (buffer));
  g_autofree float *rgba = g_new (float, (gsize)where->width *BAND * 4);
  for (gint top = 0; top < where->height; top += BAND)
    {
      const gint  rows = rows_from (top, where->height);
      const gsize pixels = (gsize)where->width * rows;
      float      *to = gray + (gsize)top * where->width;
      gegl_buffer_get (
          buffer, GEGL_RECTANGLE (where->x, where->y + top, where->width, rows),
          1, format, rgba, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      for (gsize i = 0; i < pixels; ++i)
        {
          const float *p = rgba + i * 4;
          to[i] = (0.299f * p[0] + 0.587f * p[1] + 0.114f * p[2]) * p[3];
        }
    }
}

static void
read_gray (GeglBuffer          *buffer,
           const HostDrawable  *drawable,
           const GeglRectangle *where,
           float               *gray)
{
  if (drawable->kind == HOST_LAYER || drawable->kind == HOST_GROUP
      || drawable->kind == HOST_FLOATING_SELECTION)
    read_luma (buffer, where, gray);
  else
    gegl_buffer_get (buffer, where, 1, pixels_own_gray (buffer), gray,
                     GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  const gsize pixels = (gsize)where->width * where->height;
  for (gsize i = 0; i < pixels; ++i)
    gray[i] = clipped (gray[i]);
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
  const gint64 bytes
      = (gint64)where.width * where.height * (gint64)sizeof (float);
  const gint64 offset = shared_memory_reserve (memory, bytes, error);
  g_autoptr (GeglBuffer) buffer
      = offset < 0 ? NULL : open_pixels (drawable, error);
  float *gray
      = buffer ? shared_memory_map (memory, offset, bytes, error) : NULL;
  if (!gray)
    return FALSE;
  read_gray (buffer, drawable, &where, gray);
  shared_memory_unmap (gray, bytes);
  *picture
      = (MemoryPicture){ offset, where.width, where.height, 1, drawable->name };
  return TRUE;
}

char *
pixels_hash (const HostDrawable *drawable)
{
  g_autoptr (GeglBuffer) buffer = host_pixels (drawable->id);
  if (!buffer)
    return g_strdup (""); /* like no other */
  GChecksum  *sum = g_checksum_new (G_CHECKSUM_SHA256);
  const Babl *stored = gegl_buffer_get_format (buffer);
  const gint  width = drawable->width, height = drawable->height;
  const gsize row
      = (gsize)width * (gsize)babl_format_get_bytes_per_pixel (stored);
  g_autofree guint8 *band = g_malloc_n (row, BAND);
  g_autofree char   *size = g_strdup_printf ("%dx%d ", width, height);
  g_checksum_update (sum, (const guchar *)size, -1);
  for (gint top = 0; top < height; top += BAND)
    {
      const gint rows = rows_from (top, height);
      gegl_buffer_get (buffer, GEGL_RECTANGLE (0, top, width, rows), 1, stored,
                       band, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      g_checksum_update (sum, band, (gssize)(row * (gsize)rows));
    }
  char *text = g_strdup (g_checksum_get_string (sum));
  g_checksum_free (sum);
  return text;
}

gboolean
pixels_are_translucent (GeglBuffer *pixels)
{
  const Babl    *format = gegl_buffer_get_format (pixels);
  const gboolean alpha = babl_format_has_alpha (format) != 0;
  const gboolean mask = babl_format_get_n_components (format) == 1;
  const gint     width = gegl_buffer_get_width (pixels);
  const gint     height = gegl_buffer_get_height (pixels);
  const gint     step = alpha ? 4 : 1, at = alpha ? 3 : 0;
  gboolean       found = FALSE;
  if (!alpha && !mask)
    return FALSE;
  g_autofree float *values = g_new (float, (gsize)width *BAND *(gsize)step);
  for (gint top = 0; top < height && !found; top += BAND)
    {
      const gint rows = rows_from (top, height);
      gegl_buffer_get (pixels, GEGL_RECTANGLE (0, top, width, rows), 1,
                       alpha ? babl_format ("RGBA float")
                             : pixels_own_gray (pixels),
                       values, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
      for (gsize i = 0; i < (gsize)width * rows && !found; ++i)
        {
          const float value = values[i * (gsize)step + (gsize)at];
          found = value > 0.002f && value < 0.998f; /* a step of 8 bits */
        }
    }
  return found;
}

static gint64
bytes_of (const MemoryPicture *picture)
{
  return (gint64)picture->width * picture->height * picture->channels
         * (gint64)sizeof (float);
}

gboolean
pixels_reach (SharedMemory               *memory,
              const MemoryPicture *const *grays,
              gsize                       count,
              MemoryPicture              *picture,
              GError                    **error)
{
  MemoryPicture reach = *grays[0];
  const gint64  bytes = bytes_of (&reach);
  reach.offset = shared_memory_reserve (memory, bytes, error);
  float *to = reach.offset < 0
                  ? NULL
                  : shared_memory_map (memory, reach.offset, bytes, error);
  if (!to)
    return FALSE;
  for (gsize g = 0; g < count; ++g)
    {
      float *from = shared_memory_map (memory, grays[g]->offset, bytes, error);
      if (!from)
        {
          shared_memory_unmap (to, bytes);
          return FALSE;
        }
      for (gint64 i = 0; i < bytes / (gint64)sizeof (float); ++i)
        to[i] = from[i] > 0 || (g > 0 && to[i] > 0);
      shared_memory_unmap (from, bytes);
    }
  shared_memory_unmap (to, bytes);
  *picture = reach;
  return TRUE;
}

/* Import */

typedef struct
{
  const Conversion *from, *to;
  gboolean          alike; /* both formats are the same */
  const float      *painting;
  const float      *share; /* of the painting, 0 to 1; NULL = all */
  float            *rgba;
  const guint8     *stored; /* the layer that was painted */
  guint8           *result;
} ImportBand;

/* rgba + share * (painting - rgba). TRUE when that changes nothing. */
static gboolean
blend (float *rgba, const float *painting, float share)
{
  gboolean same = TRUE;
  for (int c = 0; c < 3; ++c)
    {
      same = same && fabsf (clipped (rgba[c]) - painting[c]) <= unchanged;
      rgba[c] = share >= 1 ? painting[c]
                           : rgba[c] + share * (painting[c] - rgba[c]);
    }
  return same || share <= 0;
}

static void
import_part (gsize first, gsize pixels, gpointer data)
{
  const ImportBand *band = data;
  const gsize       bytes = band->from->bytes;
  const guint8     *stored = band->stored + first * bytes;
  guint8           *result = band->result + first * band->to->bytes;
  float            *rgba = band->rgba + first * 4;
  guint8           *same = g_malloc (pixels);
  to_srgb (band->from, stored, rgba, pixels);
  for (gsize i = 0; i < pixels; ++i)
    same[i] = blend (rgba + i * 4, band->painting + (first + i) * 3,
                     band->share ? band->share[first + i] : 1);
  from_srgb (band->to, rgba, result, pixels);
  for (gsize i = 0; band->alike && i < pixels; ++i)
    if (same[i])
      memcpy (result + i * bytes, stored + i * bytes, bytes);
  g_free (same);
}

static void
import_bands (const LayerCopy *copy,
              gint             layer,
              const float     *painting,
              const float     *limit)
{
  const gint  width = gegl_buffer_get_width (copy->pixels);
  const gint  height = gegl_buffer_get_height (copy->pixels);
  const gsize band_pixels = (gsize)width * MIN (BAND, height);
  g_autoptr (GeglBuffer) target = host_buffer (layer);
  const Conversion   from = conversion_of (copy->pixels, copy->colors);
  const Conversion   to = conversion_of (target, host_colors (layer));
  g_autofree guint8 *stored = g_malloc_n (band_pixels, from.bytes);
  g_autofree guint8 *result = g_malloc_n (band_pixels, to.bytes);
  g_autofree float  *rgba = g_new (float, band_pixels * 4);
  for (gint top = 0; top < height; top += BAND)
    {
      const gint  rows = rows_from (top, height);
      const gsize before = (gsize)top * width;
      ImportBand  band = { .from = &from,
                           .to = &to,
                           .alike = from.stored == to.stored
                                    && from.from_srgb == to.from_srgb,
                           .painting = painting + before * 3,
                           .share = limit ? limit + before : NULL,
                           .rgba = rgba,
                           .stored = stored,
                           .result = result };
      read_stored (copy->pixels, &from, top, width, rows, stored);
      gegl_parallel_distribute_range ((gsize)width * rows, PIXELS_A_THREAD,
                                      import_part, &band);
      gegl_buffer_set (target, GEGL_RECTANGLE (0, top, width, rows), 0,
                       to.stored, result, GEGL_AUTO_ROWSTRIDE);
    }
}

gboolean
pixels_import (const SharedMemory  *memory,
               const MemoryPicture *painting,
               const LayerCopy     *copy,
               const MemoryPicture *limit,
               gint                 layer,
               GError             **error)
{
  float *colors = shared_memory_map (memory, painting->offset,
                                     bytes_of (painting), error);
  float *share = colors && limit ? shared_memory_map (memory, limit->offset,
                                                      bytes_of (limit), error)
                                 : NULL;
  const gboolean good = colors && (share || !limit);
  if (good)
    import_bands (copy, layer, colors, share);
  if (share)
    shared_memory_unmap (share, bytes_of (limit));
  if (colors)
    shared_memory_unmap (colors, bytes_of (painting));
  return good;
}
