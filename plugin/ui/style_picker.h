/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window with the styles that are at hand, to look at and to search. */

#ifndef MANIERA_PLUGIN_STYLE_PICKER_H
#define MANIERA_PLUGIN_STYLE_PICKER_H

#include "plugin/ui/thumbnails.h"

#include <gtk/gtk.h>

/* Paths in the file system's encoding, of files that are there. The caller
 * frees the list and its strings. NULL when the user canceled. */
GSList *pick_styles (GtkWidget *parent, Thumbnails *thumbnails);

#endif
