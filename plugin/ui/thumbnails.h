/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small pictures that are made one at a time while nothing else is to be done,
 * so that a window with many of them opens at once. */

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

/* Of a drawable, or of a file where `file` is not NULL. `object` is a GObject
 * that is held until then. Called in the order that was asked in. */
void thumbnails_ask (Thumbnails    *thumbnails,
                     gint           drawable,
                     const char    *file,
                     gint           side,
                     ThumbnailReady ready,
                     gpointer       object);

void thumbnails_free (Thumbnails *thumbnails); /* forgets what is open */

/* A file's picture within `side` x `side`, upright, over checks where it is
 * transparent; NULL when it cannot be shown. */
GdkPixbuf *thumbnail_of_file (const char *file, gint side);

#endif
