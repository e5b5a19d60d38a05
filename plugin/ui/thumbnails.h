/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small pictures that are made one at a time when the main loop is idle, so
 * that a window with many of them opens at once. */

#ifndef MANIERA_PLUGIN_THUMBNAILS_H
#define MANIERA_PLUGIN_THUMBNAILS_H

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib-object.h>

typedef struct _Thumbnails Thumbnails;

/* `picture` is NULL where there is none; borrowed. */
typedef void (*ThumbnailReady) (gint       drawable,
                                GdkPixbuf *picture,
                                gpointer   object);

Thumbnails *thumbnails_new (void);

/* Makes a thumbnail of a drawable, or of `file` where that is not NULL, and
 * calls `ready`, in the order of these calls. `object` is a GObject that is
 * referenced until then. */
void thumbnails_ask (Thumbnails    *thumbnails,
                     gint           drawable,
                     const char    *file,
                     gint           side,
                     ThumbnailReady ready,
                     gpointer       object);

void thumbnails_free (Thumbnails *thumbnails); /* drops what is not made yet */

/* A picture over a checkerboard where it is transparent. */
GdkPixbuf *thumbnail_over_checks (GdkPixbuf *picture);

/* A file's picture within `side` x `side` px, upright, over a checkerboard
 * where it is transparent; a style pack's own. NULL when GdkPixbuf cannot read
 * it. */
GdkPixbuf *thumbnail_of_file (const char *file, gint side);

/* Until a picture comes, and where none does. NULL where GTK has none. */
GdkPixbuf *thumbnail_stand_in (gint side);

#endif
