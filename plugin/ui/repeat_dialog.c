/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A combo box of layers. */

#include "plugin/ui/repeat_dialog.h"

#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/ui/drawable_combo.h"
#include "plugin/ui/help.h"

#include <gtk/gtk.h>

enum
{
  THUMBNAIL = 48 /* px */
};

static GtkListStore *
list_of (GPtrArray *layers)
{
  GtkListStore *list = drawable_list_new ();
  for (guint i = 0; i < layers->len; ++i)
    {
      const HostDrawable *layer = g_ptr_array_index (layers, i);
      g_autoptr (GdkPixbuf) picture = host_thumbnail (layer->id, THUMBNAIL);
      /* Translators: a layer's name and its image's. */
      g_autofree char *text
          = g_strdup_printf (_ ("%s (%s)"), layer->name, layer->image_name);
      drawable_list_add (list, -1, layer->id, picture, text);
    }
  return list;
}

gint
repeat_dialog_run (GPtrArray *layers)
{
  GtkWidget *dialog = gtk_dialog_new_with_buttons (
      _ ("Repeat Maniera Recipe"), NULL, 0, _ ("_Help"), GTK_RESPONSE_HELP,
      _ ("_Cancel"), GTK_RESPONSE_CANCEL, _ ("_Paint"), GTK_RESPONSE_OK, NULL);
  gtk_button_box_set_child_secondary (
      GTK_BUTTON_BOX (gtk_dialog_get_action_area (GTK_DIALOG (dialog))),
      gtk_dialog_get_widget_for_response (GTK_DIALOG (dialog),
                                          GTK_RESPONSE_HELP),
      TRUE);
  help_follow_f1 (dialog);
  gtk_window_set_role (GTK_WINDOW (dialog), "maniera-repeat");
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_OK);
  GtkWidget *area = gtk_dialog_get_content_area (GTK_DIALOG (dialog));
  GtkWidget *label = gtk_label_new_with_mnemonic (
      _ ("_Layer whose styles and settings to use again:"));
  GtkWidget *combo = drawable_combo_new (list_of (layers), "");
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), combo);
  gtk_container_set_border_width (GTK_CONTAINER (dialog), 12);
  gtk_box_set_spacing (GTK_BOX (area), 6);
  gtk_box_pack_start (GTK_BOX (area), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (area), combo, FALSE, FALSE, 6);
  gtk_widget_show_all (area);
  /* Return paints; in the combo box it would open the list. */
  gtk_widget_grab_focus (gtk_dialog_get_widget_for_response (
      GTK_DIALOG (dialog), GTK_RESPONSE_OK));
  host_window_attach (dialog);
  gtk_widget_show (dialog);
  gint response;
  while ((response = gtk_dialog_run (GTK_DIALOG (dialog))) == GTK_RESPONSE_HELP)
    help_show (dialog);
  const gint id = response == GTK_RESPONSE_OK ? drawable_combo_get (combo) : -1;
  gtk_widget_destroy (dialog);
  return id;
}
