/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of everything whose gray can be a mask: selections, channels, layer
 * masks and layers. */

#ifndef MANIERA_PLUGIN_GRAY_LIST_H
#define MANIERA_PLUGIN_GRAY_LIST_H

#include "plugin/ui/thumbnails.h"

#include <gtk/gtk.h>

/* A list for combo boxes (drawable_combo.h), which may share it. What is in
 * `image` comes first. `none` is the text for no mask. The thumbnails are added
 * later. */
GtkListStore *
gray_list_new (gint image, const char *none, Thumbnails *thumbnails);

/* Adds what was made or opened since, each where it would have been. */
void gray_list_fill (GtkListStore *list, gint image, Thumbnails *thumbnails);

#endif
