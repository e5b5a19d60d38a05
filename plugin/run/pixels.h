/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies pixels between GIMP's drawables and the shared memory, a band of rows
 * at a time.
 *
 *     pixels_export (&memory, layer, &content, &copy, &error);
 *     ... the helper paints
 *     gint painted = host_layer_new (image, "Name", width, height, TRUE);
 *     pixels_import (&memory, &painting, &copy, NULL, painted, &error);
 */

#ifndef MANIERA_PLUGIN_PIXELS_H
#define MANIERA_PLUGIN_PIXELS_H

#include "plugin/client/job_writer.h"
#include "plugin/client/shared_memory.h"
#include "plugin/gimp/host.h"

/* A layer's pixels as GIMP stores them, with its effects, whatever happens to
 * it afterwards. */
typedef struct
{
  GeglBuffer *pixels; /* NULL = no copy */
  HostColors  colors;
} LayerCopy;

/* A layer as sRGB-encoded RGBA, height x width x 4 floats clipped to 0 to 1.
 * `picture` borrows the layer's name; `copy` may be NULL. FALSE with
 * PAINT_ERROR_OUT_OF_MEMORY or PAINT_ERROR_HOST. */
gboolean pixels_export (SharedMemory       *memory,
                        const HostDrawable *layer,
                        MemoryPicture      *picture,
                        LayerCopy          *copy,
                        GError            **error);

/* The same once more, to another place: `picture` has the copy's size and name
 * and gets the offset. */
gboolean pixels_export_copy (SharedMemory    *memory,
                             const LayerCopy *copy,
                             MemoryPicture   *picture,
                             GError         **error);

/* The format of the values of a mask, channel or selection as they are stored:
 * floats without a transfer curve. */
const Babl *pixels_own_gray (GeglBuffer *buffer);

/* A drawable's gray as it is stored, floats from 0 to 1, without a transfer
 * curve. A layer's gray is its luma times its alpha. Where `frame` is in the
 * same image the picture covers it, with 0 outside of the drawable. Else the
 * picture covers the drawable, and the helper fits it to the picture that it
 * masks. */
gboolean pixels_export_gray (SharedMemory       *memory,
                             const HostDrawable *drawable,
                             const HostDrawable *frame,
                             MemoryPicture      *picture,
                             GError            **error);

/* What tells a drawable from another of its name: the SHA-256 of its size and
 * of its pixels as they are stored, with its effects. Free with g_free(). */
char *pixels_hash (const HostDrawable *drawable);

/* Whether what lies below such pixels shines through: an alpha, or the value of
 * a mask, between none and all. */
gboolean pixels_are_translucent (GeglBuffer *pixels);

/* 1 where any of the `count` gray pictures is above 0, else 0. All have the
 * same size. */
gboolean pixels_reach (SharedMemory               *memory,
                       const MemoryPicture *const *grays,
                       gsize                       count,
                       MemoryPicture              *picture,
                       GError                    **error);

/* Gives a layer, of the painting's size, the painting's colors and the alpha of
 * `copy`: limit * painting + (1 - limit) * copy, where `limit` is a gray
 * picture of the same size, or NULL for 1 everywhere. Pixels that the painting
 * leaves as they were, or where the limit is 0, are copied bit by bit where the
 * layer has the format of the copy; they may have colors outside of sRGB. FALSE
 * with an error. */
gboolean pixels_import (const SharedMemory  *memory,
                        const MemoryPicture *painting,
                        const LayerCopy     *copy,
                        const MemoryPicture *limit,
                        gint                 layer,
                        GError             **error);

#endif
