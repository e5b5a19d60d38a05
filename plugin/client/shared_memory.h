/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that the helper maps too. Pictures go through it, never through files,
 * so nothing of them remains on a disk, however a run ends.
 *
 *     shared_memory_open (&memory, &error);
 *     gint64 offset = shared_memory_reserve (&memory, bytes, &error);
 *     float *rgba = shared_memory_map (&memory, offset, bytes, &error);
 *     shared_memory_unmap (rgba, bytes);
 *     shared_memory_close (&memory);
 */

#ifndef MANIERA_PLUGIN_SHARED_MEMORY_H
#define MANIERA_PLUGIN_SHARED_MEMORY_H

#include <glib.h>

typedef struct
{
  int    fd;   /* of a memfd; -1 = closed */
  gint64 size; /* bytes reserved so far */
} SharedMemory;

/* FALSE with PAINT_ERROR_OUT_OF_MEMORY when the system has none. */
gboolean shared_memory_open (SharedMemory *memory, GError **error);
void     shared_memory_close (SharedMemory *memory); /* may be called twice */

/* Adds `bytes` bytes and allocates their pages now, so that a later write
 * cannot fail. Returns their offset, a multiple of the page size; -1 with
 * PAINT_ERROR_OUT_OF_MEMORY. */
gint64
shared_memory_reserve (SharedMemory *memory, gint64 bytes, GError **error);

/* All that was reserved may be reserved again, from the start. The memory stays
 * as large as it is. */
void shared_memory_reuse (SharedMemory *memory);

/* Maps `bytes` bytes at an offset of shared_memory_reserve(). NULL with
 * PAINT_ERROR_OUT_OF_MEMORY. */
gpointer shared_memory_map (const SharedMemory *memory,
                            gint64              offset,
                            gint64              bytes,
                            GError            **error);
void shared_memory_unmap (gpointer mapped, gint64 bytes); /* NULL is allowed */

#endif
