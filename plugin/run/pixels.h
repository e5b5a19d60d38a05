/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies pixels between GIMP's drawables and the shared memory, a band of rows
 * at a time.
 *
 *     pixels_export (&memory, layer, &content, &error);
 *     ... the helper paints
 *     gint painted
 *         = pixels_import (&memory, &painting, layer, NULL, "Name", &error);
 */

#ifndef MANIERA_PLUGIN_PIXELS_H
#define MANIERA_PLUGIN_PIXELS_H

#include "plugin/client/job_writer.h"
#include "plugin/client/shared_memory.h"
#include "plugin/gimp/host.h"

/* A layer as sRGB-encoded RGBA, height x width x 4 floats clipped to 0 to 1.
 * `picture` borrows the layer's name. FALSE with PAINT_ERROR_OUT_OF_MEMORY. */
gboolean pixels_export (SharedMemory       *memory,
                        const HostDrawable *layer,
                        MemoryPicture      *picture,
                        GError            **error);

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

/* 1 where any of the `count` gray pictures is above 0, else 0. All have the
 * same size. */
gboolean pixels_reach (SharedMemory               *memory,
                       const MemoryPicture *const *grays,
                       gsize                       count,
                       MemoryPicture              *picture,
                       GError                    **error);

/* A new layer, not yet in the image, with the painting's colors and the alpha
 * of `like`: limit * painting + (1 - limit) * like, where `limit` is a gray
 * picture of the same size, or NULL for 1 everywhere. Pixels that the painting
 * leaves as they were, or where the limit is 0, are copied bit by bit; they may
 * have colors outside of sRGB. -1 with an error. */
gint pixels_import (const SharedMemory  *memory,
                    const MemoryPicture *painting,
                    const HostDrawable  *like,
                    const MemoryPicture *limit,
                    const char          *name,
                    GError             **error);

#endif
