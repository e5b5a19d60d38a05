/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two ticks for who tries again: whether earlier tries go, and whether the next
 * one goes on from the last. Hidden at first. */

#ifndef MANIERA_PLUGIN_TRIES_ROW_H
#define MANIERA_PLUGIN_TRIES_ROW_H

#include <gtk/gtk.h>

/* `changed` is called when the user ticks the second. */
GtkWidget *tries_row_new (void (*changed) (gpointer data), gpointer data);

/* Whether there is a try, and one that can be gone on from. */
void tries_row_show (GtkWidget *row, gboolean shown, gboolean can_go_on);

gboolean tries_row_newest_stays (GtkWidget *row);
gboolean tries_row_goes_on (GtkWidget *row);

#endif
