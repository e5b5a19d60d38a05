/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the painting goes: a list, and a tick for the layer's mode and opacity.
 */

#ifndef MANIERA_PLUGIN_OUTPUT_ROW_H
#define MANIERA_PLUGIN_OUTPUT_ROW_H

#include "plugin/client/output.h"

#include <gtk/gtk.h>

GtkWidget *output_row_new (void (*changed) (gpointer data), gpointer data);
GtkWidget *output_row_list (GtkWidget *row); /* for the label's mnemonic */

void   output_row_set (GtkWidget *row, const Output *output);
Output output_row_get (GtkWidget *row);

#endif
