/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line of presets, as GIMP's own filters have it: a list to choose from, a
 * button to save and one to delete. */

#ifndef MANIERA_PLUGIN_PRESET_ROW_H
#define MANIERA_PLUGIN_PRESET_ROW_H

#include "core/options.h"

#include <gtk/gtk.h>

typedef struct
{
  const ManieraOptions *(*get) (gpointer data); /* what is to be saved */
  void (*chosen) (const ManieraOptions *options, gpointer data);
  void (*failed) (const GError *error, gpointer data);
} PresetListener;

/* Freed with the widget. */
GtkWidget *preset_row_new (const PresetListener *listener, gpointer data);
GtkWidget *preset_row_list (GtkWidget *row); /* for a label's mnemonic */

/* Shows that no preset is in force any more. */
void preset_row_forget (GtkWidget *row);

#endif
