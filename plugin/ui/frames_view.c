/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "plugin/ui/frames_view.h"

#include "plugin/i18n.h"

/* Frames become a new image, in the mode Normal. */
static void
hide_output (DialogView *view)
{
  g_autoptr (GList) labels
      = gtk_widget_list_mnemonic_labels (output_row_list (view->output));
  for (GList *label = labels; label; label = label->next)
    gtk_widget_hide (label->data);
  gtk_widget_hide (view->output);
}

void
frames_view_fit (DialogView *view, const HostDrawable *lowest)
{
  /* Translators: the dialog's title: the image's name. */
  g_autofree char *title = g_strdup_printf (
      _ ("Neural Style on All Layers (Maniera): %s"), lowest->image_name);
  gtk_window_set_title (GTK_WINDOW (view->window), title);
  gtk_widget_set_tooltip_text (
      dialog_view_button (view, RESPONSE_KEEP),
      _ ("Stops here and makes the frames that are painted so far the new "
         "image"));
  hide_output (view);
  style_list_leave_out_own (view->styles);
}
