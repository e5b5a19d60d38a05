/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A map enlarged to its layer, and put where that lies in the image. */

#include "plugin/run/part_channels.h"

#include "plugin/gimp/host.h"
#include "plugin/run/pixels.h"

#include <math.h>
#include <string.h>

enum
{
  BAND = 256 /* rows at a time */
};

/* Where a row or column of the image lies between two of the map. */
typedef struct
{
  gint  first, second; /* -1 = outside the layer */
  float share;         /* of the second */
} Between;

static Between
between (gint at, gint pixels, gint cells)
{
  const double place = (at + 0.5) * cells / pixels - 0.5;
  const double first = floor (place);
  if (at < 0 || at >= pixels)
    return (Between){ -1, -1, 0 };
  return (Between){ CLAMP ((gint)first, 0, cells - 1),
                    CLAMP ((gint)first + 1, 0, cells - 1),
                    (float)(place - first) };
}

static float
mixed (float first, float second, float share)
{
  return first + share * (second - first);
}

/* What a part has of a row, in each column of the map. */
static void
mix_rows (const PartMap *map, guint part, Between row, float *cells)
{
  const guint8 *first = map->labels + (gsize)row.first * (gsize)map->width;
  const guint8 *second = map->labels + (gsize)row.second * (gsize)map->width;
  for (gint x = 0; x < map->width; ++x)
    cells[x] = mixed (first[x] == part, second[x] == part, row.share);
}

static void
mix_columns (const float *cells, const Between *columns, gint width, float *to)
{
  for (gint x = 0; x < width; ++x, ++columns)
    to[x] = columns->first < 0 ? 0
                               : mixed (cells[columns->first],
                                        cells[columns->second], columns->share);
}

static void
fill (GeglBuffer         *channel,
      const HostDrawable *layer,
      const PartMap      *map,
      guint               part)
{
  const GeglRectangle all = *gegl_buffer_get_extent (channel);
  const Babl         *format = pixels_own_gray (channel);
  g_autofree float   *band = g_new (float, (gsize)all.width *BAND);
  g_autofree float   *cells = g_new (float, (gsize)map->width);
  g_autofree Between *columns = g_new (Between, (gsize)all.width);
  for (gint x = 0; x < all.width; ++x)
    columns[x] = between (x - layer->offset_x, layer->width, map->width);
  for (gint top = 0; top < all.height; top += BAND)
    {
      const gint rows = MIN (BAND, all.height - top);
      memset (band, 0, (gsize)all.width * (gsize)rows * sizeof *band);
      for (gint y = 0; y < rows; ++y)
        {
          const Between row
              = between (top + y - layer->offset_y, layer->height, map->height);
          if (row.first < 0)
            continue;
          mix_rows (map, part, row, cells);
          mix_columns (cells, columns, all.width,
                       band + (gsize)y * (gsize)all.width);
        }
      gegl_buffer_set (channel, GEGL_RECTANGLE (0, top, all.width, rows), 0,
                       format, band, GEGL_AUTO_ROWSTRIDE);
    }
}

static gboolean
save (const HostDrawable *layer, const PartMap *map, guint part)
{
  g_autofree char *name = part_name (part);
  const gint       channel = host_channel_new (layer->image, name);
  GeglBuffer      *pixels = channel < 0 ? NULL : host_buffer (channel);
  if (!pixels)
    return FALSE;
  fill (pixels, layer, map, part);
  g_object_unref (pixels); /* GIMP has the pixels only after this */
  return host_channel_insert (channel, layer->image);
}

gboolean
part_channels_save (gint layer, const PartMap *map, guint parts)
{
  HostDrawable *content = host_describe (layer);
  gboolean      saved = TRUE;
  if (!content)
    return FALSE;
  host_undo_start (content->image);
  /* Each goes on top of those before, so that the first part ends on top. */
  for (guint part = parts; saved && part > 0; --part)
    saved = save (content, map, part);
  host_undo_end (content->image);
  host_drawable_free (content);
  return saved;
}
