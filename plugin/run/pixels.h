/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moves pixels between GIMP's drawables and the shared memory, a band of rows
 * at a time. */

#ifndef MANIERA_PLUGIN_PIXELS_H
#define MANIERA_PLUGIN_PIXELS_H

#include "plugin/client/job_writer.h"
#include "plugin/client/shared_memory.h"
#include "plugin/gimp/host.h"

/* A layer as sRGB-encoded RGBA, clipped to 0 to 1. FALSE with
 * PAINT_ERROR_OUT_OF_MEMORY. `picture` borrows the name. */
gboolean pixels_export (SharedMemory       *memory,
                        const HostDrawable *layer,
                        MemoryPicture      *picture,
                        GError            **error);

/* A drawable's gray as stored, 0 to 1, without any transfer curve: a selection,
 * channel or mask as it is, a layer by its luma times its alpha. Covers
 * `frame`, where both are in the same image (outside of the drawable it is 0),
 * else the drawable itself: such a mask is fitted to its picture. */
gboolean pixels_export_gray (SharedMemory       *memory,
                             const HostDrawable *drawable,
                             const HostDrawable *frame,
                             MemoryPicture      *picture,
                             GError            **error);

/* A mask of 1 where any of the `count` gray pictures is above 0. They have one
 * size. */
gboolean pixels_reach (SharedMemory               *memory,
                       const MemoryPicture *const *grays,
                       gsize                       count,
                       MemoryPicture              *picture,
                       GError                    **error);

/* A new layer, not yet in the image, with the painting's colors and the alpha
 * of `like`. Where `limit`, a gray picture of the same size (NULL = 1), is
 * below 1 the colors of `like` come through. What the painting leaves as it
 * was, and where the limit is 0, stays to the bit, also colors that sRGB has
 * not. -1 with an error. */
gint pixels_import (const SharedMemory  *memory,
                    const MemoryPicture *painting,
                    const HostDrawable  *like,
                    const MemoryPicture *limit,
                    const char          *name,
                    GError             **error);

#endif
