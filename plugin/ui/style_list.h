/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of what can be a style: every open layer but the content, and
 * pictures from disk.
 *
 *     StyleList *list = style_list_new (image, thumbnails, changed, data);
 *     style_list_fill (list, content);
 *     style_list_set (list, request->styles);
 *     ... style_list_get (list, request->styles);
 */

#ifndef MANIERA_PLUGIN_STYLE_LIST_H
#define MANIERA_PLUGIN_STYLE_LIST_H

#include "plugin/client/request.h"
#include "plugin/ui/thumbnails.h"

#include <gtk/gtk.h>

typedef struct _StyleList StyleList;

/* An empty list, freed with its widget. `changed` is called after each change
 * by the user, `try_wanted` when the user wants all rows tried. `thumbnails`
 * must outlive it. */
StyleList *style_list_new (gint        image,
                           Thumbnails *thumbnails,
                           void (*changed) (gpointer data),
                           void (*try_wanted) (gpointer data),
                           gpointer data);
GtkWidget *style_list_widget (StyleList *list);

/* Adds every open layer but `content` that is not in the list yet. */
void style_list_fill (StyleList *list, gint content);

/* Whether the rows can be tried as things are, if there are any. */
void style_list_allow_trying (StyleList *list, gboolean allowed);

/* Whether its pictures, ticks and masks stay as they are. Weights and stroke
 * sizes can be changed none the less. */
void style_list_fix (StyleList *list, gboolean fixed);

/* From now on it leaves out the layers of the image that is painted. */
void style_list_leave_out_own (StyleList *list);

/* Ticks these StyleChoices and unticks all others. Layers that are not in the
 * list are left out. */
void style_list_set (StyleList *list, const GPtrArray *styles);
/* Replaces `styles` by the ticked StyleChoices. */
void style_list_get (const StyleList *list, GPtrArray *styles);

/* The rows, ticked or not, by their number from 0. */
guint       style_list_count (const StyleList *list);
const char *style_list_title (const StyleList *list, guint index);
/* What the row chooses when it is ticked. The caller owns it. */
StyleChoice *style_list_choice (const StyleList *list, guint index);
/* Ticks this row and unticks all others, for the user. */
void style_list_tick_alone (StyleList *list, guint index);

/* On the first ticked row, else the first. */
void style_list_grab_focus (StyleList *list);

/* Resets weights, stroke sizes and masks. The ticks stay. */
void style_list_reset (StyleList *list);

/* The stroke size of rows that have none of their own. */
void style_list_set_scale (StyleList *list, double scale);

#endif
