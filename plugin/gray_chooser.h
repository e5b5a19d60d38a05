/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A combo box of everything whose gray can be a mask: selections, channels,
 * layer masks and layers. */

#ifndef MANIERA_PLUGIN_GRAY_CHOOSER_H
#define MANIERA_PLUGIN_GRAY_CHOOSER_H

#include "plugin/thumbnails.h"

#include <gtk/gtk.h>

/* What there is to choose, shared by many choosers; those of `image` first.
 * `none` is the text for no mask. The thumbnails come later. */
GtkListStore *
gray_list_new (gint image, const char *none, Thumbnails *thumbnails);

/* `name` for screen readers. Emits "changed". */
GtkWidget *gray_chooser_new (GtkListStore *grays, const char *name);

/* A drawable's id; -1 = none, also where what was set is not in the list. */
gint gray_chooser_get (GtkWidget *chooser);
void gray_chooser_set (GtkWidget *chooser, gint id);

#endif
