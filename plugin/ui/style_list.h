/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of what can be a style: every open layer but the content, and
 * pictures from disk. */

#ifndef MANIERA_PLUGIN_STYLE_LIST_H
#define MANIERA_PLUGIN_STYLE_LIST_H

#include "plugin/client/request.h"
#include "plugin/ui/thumbnails.h"

#include <gtk/gtk.h>

typedef struct _StyleList StyleList;

/* Empty. `changed` is called after what the user does. Freed with its widget;
 * `thumbnails` must outlive it. */
StyleList *style_list_new (gint        image,
                           Thumbnails *thumbnails,
                           void (*changed) (gpointer data),
                           gpointer data);
GtkWidget *style_list_widget (StyleList *list);

/* With every open layer but this. */
void style_list_fill (StyleList *list, gint content);

/* Of StyleChoice. What is not there to be ticked is left out. */
void style_list_set (StyleList *list, const GPtrArray *styles);
void style_list_get (const StyleList *list, GPtrArray *styles);

/* On the first ticked row, else the first. */
void style_list_grab_focus (StyleList *list);

/* Weights, stroke sizes, regions and parts as at first; the ticks stay. */
void style_list_reset (StyleList *list);

/* The stroke size of rows that have none of their own. */
void style_list_set_scale (StyleList *list, double scale);

#endif
