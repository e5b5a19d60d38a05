/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Presets by name, over settings.h. */

#include "plugin/ui/preset_row.h"

#include "plugin/i18n.h"
#include "plugin/run/settings.h"
#include "plugin/ui/widgets.h"

#include <string.h>

typedef struct
{
  PresetListener listener;
  gpointer       data;
  GtkWidget     *row;
  GtkWidget     *combo; /* its first item is no preset */
  GtkWidget *delete;
  GPtrArray *names; /* of the other items */
  gboolean   quiet;
} Presets;

#define PRESETS_KEY "maniera-presets"

static const char *
chosen_name (const Presets *presets)
{
  const gint at = gtk_combo_box_get_active (GTK_COMBO_BOX (presets->combo));
  return at > 0 ? g_ptr_array_index (presets->names, (guint)at - 1) : NULL;
}

static void
fill (Presets *presets, const char *active)
{
  GtkComboBoxText *texts = GTK_COMBO_BOX_TEXT (presets->combo);
  gint             at = 0;
  presets->quiet = TRUE;
  for (guint i = 0; presets->names && i <= presets->names->len; ++i)
    gtk_combo_box_text_remove (texts, 0);
  g_clear_pointer (&presets->names, g_ptr_array_unref);
  presets->names = preset_names ();
  /* Translators: no saved preset is chosen. */
  gtk_combo_box_text_append_text (texts, _ ("none"));
  for (guint i = 0; i < presets->names->len; ++i)
    {
      const char *name = g_ptr_array_index (presets->names, i);
      gtk_combo_box_text_append_text (texts, name);
      if (active && strcmp (name, active) == 0)
        at = (gint)i + 1;
    }
  gtk_combo_box_set_active (GTK_COMBO_BOX (presets->combo), at);
  gtk_widget_set_sensitive (presets->delete, at > 0);
  presets->quiet = FALSE;
}

static void
announce_failure (Presets *presets, GError *error)
{
  presets->listener.failed (error, presets->data);
  g_error_free (error);
}

static void
on_choice (GtkWidget *combo, gpointer data)
{
  Presets         *presets = data;
  const char      *name = chosen_name (presets);
  g_autofree char *missing = NULL;
  GError          *error = NULL;
  (void)combo;
  gtk_widget_set_sensitive (presets->delete, name != NULL);
  if (presets->quiet || !name)
    return;
  if (preset_load (name, presets->listener.request (presets->data), &missing,
                   &error))
    presets->listener.chosen (missing, presets->data);
  else
    announce_failure (presets, error);
}

/* Saving */

static gboolean
is_known (const Presets *presets, const char *name)
{
  for (guint i = 0; i < presets->names->len; ++i)
    if (strcmp (g_ptr_array_index (presets->names, i), name) == 0)
      return TRUE;
  return FALSE;
}

typedef struct
{
  const Presets *presets;
  GtkWidget     *dialog;
  GtkWidget     *save; /* the button */
} Naming;

static char *
typed_name (GtkWidget *entry)
{
  return g_strstrip (g_strdup (gtk_entry_get_text (GTK_ENTRY (entry))));
}

static void
on_name (GtkWidget *entry, gpointer data)
{
  Naming          *naming = data;
  g_autofree char *name = typed_name (entry);
  gtk_widget_set_sensitive (naming->save, *name != '\0');
  gtk_button_set_label (GTK_BUTTON (naming->save),
                        is_known (naming->presets, name) ? _ ("_Replace")
                                                         : _ ("_Save"));
}

/* NULL when the user canceled. */
static char *
ask_name (Presets *presets)
{
  GtkWidget *parent = gtk_widget_get_toplevel (presets->row);
  GtkWidget *dialog = gtk_dialog_new_with_buttons (
      _ ("Save Preset"), GTK_WINDOW (parent), GTK_DIALOG_MODAL, _ ("_Cancel"),
      GTK_RESPONSE_CANCEL, NULL);
  GtkWidget  *save = gtk_dialog_add_button (GTK_DIALOG (dialog), _ ("_Save"),
                                            GTK_RESPONSE_ACCEPT);
  GtkWidget  *entry = gtk_entry_new ();
  GtkWidget  *label = mnemonic_label_new (_ ("_Name of the preset:"), entry);
  GtkWidget  *area = gtk_dialog_get_content_area (GTK_DIALOG (dialog));
  Naming      naming = { presets, dialog, save };
  const char *chosen = chosen_name (presets);
  gtk_container_set_border_width (GTK_CONTAINER (dialog), 12);
  gtk_box_set_spacing (GTK_BOX (area), 6);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_entry_set_width_chars (GTK_ENTRY (entry), 30);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  g_signal_connect (entry, "changed", G_CALLBACK (on_name), &naming);
  gtk_box_pack_start (GTK_BOX (area), label, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (area), entry, FALSE, FALSE, 0);
  gtk_widget_show_all (dialog);
  gtk_entry_set_text (GTK_ENTRY (entry), chosen ? chosen : "");
  on_name (entry, &naming);
  gtk_editable_select_region (GTK_EDITABLE (entry), 0, -1);
  char *name = gtk_dialog_run (GTK_DIALOG (dialog)) == GTK_RESPONSE_ACCEPT
                   ? typed_name (entry)
                   : NULL;
  gtk_widget_destroy (dialog);
  return name;
}

static void
on_save (GtkWidget *button, gpointer data)
{
  Presets         *presets = data;
  g_autofree char *name = ask_name (presets);
  GError          *error = NULL;
  (void)button;
  if (!name)
    return;
  if (preset_save (name, presets->listener.request (presets->data), &error))
    fill (presets, name);
  else
    announce_failure (presets, error);
}

static void
on_delete (GtkWidget *button, gpointer data)
{
  Presets    *presets = data;
  const char *name = chosen_name (presets);
  GError     *error = NULL;
  (void)button;
  GtkWidget *question = gtk_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_toplevel (presets->row)), GTK_DIALOG_MODAL,
      GTK_MESSAGE_QUESTION, GTK_BUTTONS_NONE, _ ("Delete the preset “%s”?"),
      name);
  gtk_dialog_add_buttons (GTK_DIALOG (question), _ ("_Cancel"),
                          GTK_RESPONSE_CANCEL, _ ("_Delete"),
                          GTK_RESPONSE_ACCEPT, NULL);
  const gint answer = gtk_dialog_run (GTK_DIALOG (question));
  gtk_widget_destroy (question);
  if (answer != GTK_RESPONSE_ACCEPT)
    return;
  gtk_widget_grab_focus (presets->combo); /* the button becomes insensitive */
  if (preset_delete (name, &error))
    fill (presets, NULL);
  else
    announce_failure (presets, error);
}

static void
presets_free (gpointer data)
{
  Presets *presets = data;
  g_ptr_array_unref (presets->names);
  g_free (presets);
}

GtkWidget *
preset_row_new (const PresetListener *listener, gpointer data)
{
  Presets *presets = g_new0 (Presets, 1);
  presets->listener = *listener;
  presets->data = data;
  presets->row = gtk_hbox_new (FALSE, 3);
  presets->combo = gtk_combo_box_text_new ();
  presets->delete = icon_button_new ("list-remove", _ ("Delete this preset"));
  GtkWidget *save
      = icon_button_new ("list-add", _ ("Save the settings as a preset"));
  gtk_widget_set_tooltip_text (
      save, _ ("Saves the settings, and the ticked picture files with their "
               "weights, as a preset. Layers and masks are not in it."));
  combo_may_be_narrow (presets->combo);
  widget_name (presets->combo, _ ("Presets"));
  gtk_box_pack_start (GTK_BOX (presets->row), presets->combo, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (presets->row), save, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (presets->row), presets->delete, FALSE, FALSE, 0);
  g_signal_connect (presets->combo, "changed", G_CALLBACK (on_choice), presets);
  g_signal_connect (save, "clicked", G_CALLBACK (on_save), presets);
  g_signal_connect (presets->delete, "clicked", G_CALLBACK (on_delete),
                    presets);
  g_object_set_data_full (G_OBJECT (presets->row), PRESETS_KEY, presets,
                          presets_free);
  fill (presets, NULL);
  return presets->row;
}

GtkWidget *
preset_row_list (GtkWidget *row)
{
  Presets *presets = g_object_get_data (G_OBJECT (row), PRESETS_KEY);
  return presets->combo;
}

void
preset_row_forget (GtkWidget *row)
{
  Presets *presets = g_object_get_data (G_OBJECT (row), PRESETS_KEY);
  presets->quiet = TRUE;
  gtk_combo_box_set_active (GTK_COMBO_BOX (presets->combo), 0);
  presets->quiet = FALSE;
}
