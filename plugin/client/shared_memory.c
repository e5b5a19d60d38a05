/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A memfd that only grows. */

#define _GNU_SOURCE

#include "plugin/client/shared_memory.h"

#include "plugin/client/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
refuse (GError **error, const char *why)
{
  g_propagate_error (error, paint_error_new (PAINT_ERROR_OUT_OF_MEMORY, why));
}

gboolean
shared_memory_open (SharedMemory *memory, GError **error)
{
  memory->size = 0;
  memory->fd = memfd_create ("maniera", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (memory->fd < 0)
    {
      refuse (error, g_strerror (errno));
      return FALSE;
    }
  /* If one end could shrink the file, the other's mappings would raise SIGBUS.
   * A kernel that cannot seal is no reason to stop. */
  (void)fcntl (memory->fd, F_ADD_SEALS, F_SEAL_SHRINK);
  return TRUE;
}

void
shared_memory_close (SharedMemory *memory)
{
  if (memory->fd >= 0)
    close (memory->fd);
  *memory = (SharedMemory){ -1, 0 };
}

/* Bytes that the system can still give; G_MAXINT64 where it does not tell. A
 * memfd has no limit of its own: to make room for its pages the kernel would
 * end programs, perhaps GIMP. */
static gint64
available (void)
{
  g_autofree char *text = NULL;
  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return G_MAXINT64;
  gint64                   kibibytes = 0;
  static const char *const parts[] = { "\nMemAvailable:", "\nSwapFree:" };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); ++i)
    {
      const char *at = strstr (text, parts[i]);
      if (!at && i == 0)
        return G_MAXINT64;
      if (at)
        kibibytes += g_ascii_strtoll (at + strlen (parts[i]), NULL, 10);
    }
  return kibibytes * 1024;
}

gint64
shared_memory_reserve (SharedMemory *memory, gint64 bytes, GError **error)
{
  /* Far below where rounding up or adding could overflow. */
  if (bytes < 0 || bytes > G_MAXINT64 / 4)
    {
      refuse (error, NULL);
      return -1;
    }
  const gint64 page = sysconf (_SC_PAGESIZE);
  const gint64 rounded = (bytes + page - 1) / page * page;
  if (rounded > available ())
    {
      refuse (error, NULL);
      return -1;
    }
  int failure = 0;
  do /* signals interrupt it, and it takes a while for large pictures */
    failure = rounded == 0
                  ? 0
                  : posix_fallocate (memory->fd, memory->size, rounded);
  while (failure == EINTR);
  if (failure)
    {
      refuse (error, g_strerror (failure));
      return -1;
    }
  const gint64 offset = memory->size;
  memory->size += rounded;
  return offset;
}

void
shared_memory_reuse (SharedMemory *memory)
{
  memory->size = 0;
}

gpointer
shared_memory_map (const SharedMemory *memory,
                   gint64              offset,
                   gint64              bytes,
                   GError            **error)
{
  if (offset < 0 || bytes <= 0 || offset > memory->size
      || bytes > memory->size - offset)
    {
      refuse (error, NULL);
      return NULL;
    }
  void *mapped = mmap (NULL, (gsize)bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                       memory->fd, offset);
  if (mapped == MAP_FAILED)
    {
      refuse (error, g_strerror (errno));
      return NULL;
    }
  return mapped;
}

void
shared_memory_unmap (gpointer mapped, gint64 bytes)
{
  if (mapped)
    munmap (mapped, (gsize)bytes);
}
