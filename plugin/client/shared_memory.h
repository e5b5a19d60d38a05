/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that the helper sees too: pictures go through it, never through
 * messages or files, so that nothing remains on any disk however a run ends. */

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

/* Enlarges by `bytes`, really allocated (a write cannot fail later), at an
 * offset that is a multiple of the page's size. Returns the offset, or -1 with
 * PAINT_ERROR_OUT_OF_MEMORY. */
gint64
shared_memory_reserve (SharedMemory *memory, gint64 bytes, GError **error);

/* Part of it, from an offset that reserve() gave; NULL with
 * PAINT_ERROR_OUT_OF_MEMORY. */
gpointer shared_memory_map (const SharedMemory *memory,
                            gint64              offset,
                            gint64              bytes,
                            GError            **error);
void shared_memory_unmap (gpointer part, gint64 bytes); /* NULL does nothing */

#endif
