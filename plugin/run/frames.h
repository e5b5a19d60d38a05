/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layers of an image as the frames of an animation, the lowest first, each
 * as a player shows it.
 *
 *     g_autoptr (GPtrArray) layers = frames_of (image, &error);
 *     frames_write (image, layers, "/folder", &error);
 */

#ifndef MANIERA_PLUGIN_FRAMES_H
#define MANIERA_PLUGIN_FRAMES_H

#include <glib.h>

/* The layers of an image, as HostDrawable, which the list owns. NULL with an
 * error that says what to do where they are no frames: there is one alone, or
 * one that is no layer of pixels. */
GPtrArray *frames_of (gint image, GError **error);

/* Of so many frames: the work on all, where that on one alone is 1. */
double frames_work (guint count);

/* Writes each as a PNG file of the image's size into a folder, by its number.
 * As GIMP plays them: a layer lies over those before it, unless its name has
 * "(replace)"; masks, opacity, mode and visibility do not count. FALSE with an
 * error. */
gboolean frames_write (gint             image,
                       const GPtrArray *layers,
                       const char      *folder,
                       GError         **error);

/* The name of the layer that is the painting of a frame. It is that of the
 * frame, so that it says as well how long it is shown; but a painting is all
 * that is seen, and replaces the one before. Free with g_free(). */
char *frames_painted_name (const char *name, gboolean translucent);

#endif
