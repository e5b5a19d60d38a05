/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small copies of GIMP's drawables in the shared memory, made of its
 * thumbnails: 8 bits, and however large a drawable is they take a moment. For
 * what is looked at, where pixels.h is for what is kept.
 *
 *     small_export (&memory, layer, 256, &content, &error);
 *     ... the helper paints
 *     GdkPixbuf *picture
 *         = small_picture (&memory, &content, &painting, NULL, &error);
 */

#ifndef MANIERA_PLUGIN_SMALL_PIXELS_H
#define MANIERA_PLUGIN_SMALL_PIXELS_H

#include "plugin/client/job_writer.h"
#include "plugin/client/shared_memory.h"
#include "plugin/gimp/host.h"

/* The long side, in px, of a copy of a layer: `wanted`, but no more than the
 * layer has, and so much that the short side can be painted. */
gint small_side (const HostDrawable *layer, double wanted);

/* A layer within `side` x `side` px, as pixels_export() has it. */
gboolean small_export (SharedMemory       *memory,
                       const HostDrawable *layer,
                       gint                side,
                       MemoryPicture      *picture,
                       GError            **error);

/* A drawable's gray, as pixels_export_gray() has it. `side` is the long side of
 * the picture: of the frame's where that is in the same image, else of the
 * drawable's. */
gboolean small_export_gray (SharedMemory       *memory,
                            const HostDrawable *drawable,
                            const HostDrawable *frame,
                            gint                side,
                            MemoryPicture      *picture,
                            GError            **error);

/* What pixels_import() makes of such a layer, as a picture with its alpha.
 * `limit` may be NULL. NULL where the memory cannot be mapped. */
GdkPixbuf *small_picture (const SharedMemory  *memory,
                          const MemoryPicture *content,
                          const MemoryPicture *painting,
                          const MemoryPicture *limit,
                          GError             **error);

#endif
