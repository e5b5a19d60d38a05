/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A combo box of placements and a tick box. */

#include "plugin/ui/output_row.h"

#include "plugin/i18n.h"
#include "plugin/ui/widgets.h"

typedef struct
{
  GtkWidget *placement;
  GtkWidget *inherits;
  gboolean   quiet; /* we set them, the user does not */
  void (*changed) (gpointer data);
  gpointer data;
} OutputRow;

#define OUTPUT_KEY "maniera-output"

static OutputRow *
parts_of (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), OUTPUT_KEY);
}

/* A layer that stays has its mode, and in an image of its own there is nothing
 * below. */
static void
on_change (GtkWidget *widget, gpointer data)
{
  OutputRow *parts = data;
  (void)widget;
  const Output output
      = { gtk_combo_box_get_active (GTK_COMBO_BOX (parts->placement)),
          LAYER_MODE_NORMAL };
  gtk_widget_set_sensitive (parts->inherits, output_is_above (&output));
  if (!parts->quiet)
    parts->changed (parts->data);
}

static GtkWidget *
placement_new (const OutputSetting *setting)
{
  GtkWidget *combo = gtk_combo_box_text_new ();
  for (const char *const *label = setting->choice_labels; *label; ++label)
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo), _ (*label));
  gtk_combo_box_set_active (GTK_COMBO_BOX (combo), 0);
  combo_may_be_narrow (combo);
  wheel_scrolls_list (combo);
  widget_name (combo, _ (setting->label));
  gtk_widget_set_tooltip_text (combo, _ (setting->help));
  return combo;
}

GtkWidget *
output_row_new (void (*changed) (gpointer data), gpointer data)
{
  GtkWidget *row = gtk_hbox_new (FALSE, 6);
  OutputRow *parts = g_new0 (OutputRow, 1);
  parts->changed = changed;
  parts->data = data;
  parts->placement = placement_new (output_setting_find ("placement"));
  parts->inherits = gtk_check_button_new_with_mnemonic (_ ("Inherit _mode"));
  gtk_widget_set_tooltip_text (
      parts->inherits,
      _ ("The new layer has the mode and opacity of the painted one, which is "
         "hidden where it would show through"));
  g_signal_connect (parts->placement, "changed", G_CALLBACK (on_change), parts);
  g_signal_connect (parts->inherits, "toggled", G_CALLBACK (on_change), parts);
  g_object_set_data_full (G_OBJECT (row), OUTPUT_KEY, parts, g_free);
  gtk_box_pack_start (GTK_BOX (row), parts->placement, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (row), parts->inherits, FALSE, FALSE, 0);
  return row;
}

GtkWidget *
output_row_list (GtkWidget *row)
{
  return parts_of (row)->placement;
}

void
output_row_set (GtkWidget *row, const Output *output)
{
  OutputRow *parts = parts_of (row);
  parts->quiet = TRUE;
  gtk_combo_box_set_active (GTK_COMBO_BOX (parts->placement),
                            output->placement);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (parts->inherits),
                                output->layer_mode == LAYER_MODE_INHERITED);
  parts->quiet = FALSE;
}

Output
output_row_get (GtkWidget *row)
{
  const OutputRow *parts = parts_of (row);
  const gboolean   inherits
      = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (parts->inherits));
  return (Output){
    .placement = gtk_combo_box_get_active (GTK_COMBO_BOX (parts->placement)),
    .layer_mode = inherits ? LAYER_MODE_INHERITED : LAYER_MODE_NORMAL
  };
}
