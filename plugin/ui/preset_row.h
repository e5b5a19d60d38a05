/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line of presets, as in GIMP's own filters: a list to choose from, a
 * button to save and one to delete. */

#ifndef MANIERA_PLUGIN_PRESET_ROW_H
#define MANIERA_PLUGIN_PRESET_ROW_H

#include "plugin/client/request.h"

#include <gtk/gtk.h>

typedef struct
{
  Request *(*request) (gpointer data); /* saved, or changed by a preset */
  /* With sentences about files of the preset that vanished, or NULL. */
  void (*chosen) (const char *missing, gpointer data);
  void (*failed) (const GError *error, gpointer data);
} PresetListener;

/* Freed with the widget. */
GtkWidget *preset_row_new (const PresetListener *listener, gpointer data);
GtkWidget *preset_row_list (GtkWidget *row); /* for a label's mnemonic */

/* Chooses "none", without calling back. */
void preset_row_forget (GtkWidget *row);

#endif
