/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help without GIMP's own help system, which may have no browser and asks for
 * GIMP's manual first. It serves F1 in the menus: see HELP_DOMAIN. */

#include "plugin/ui/help.h"

#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/ui/show_file.h"

#include <gdk/gdkkeysyms.h>

static void
say (GtkWidget *window, const char *text)
{
  GtkWidget *message = gtk_message_dialog_new (
      GTK_WINDOW (window), GTK_DIALOG_MODAL, GTK_MESSAGE_INFO,
      GTK_BUTTONS_CLOSE, "%s", text);
  gtk_window_set_title (GTK_WINDOW (message), _ ("Help"));
  gtk_dialog_run (GTK_DIALOG (message));
  gtk_widget_destroy (message);
}

void
help_show (GtkWidget *window)
{
  /* Translators: the page in your language, such as help/de/index.html. It is
   * made of plugin/help/de.html. */
  g_autofree char *page = host_own_file (_ ("help/en/index.html"));
  if (show_file (page))
    return;
  g_autofree char *text = g_strdup_printf (
      g_file_test (page, G_FILE_TEST_EXISTS)
          /* Translators: %s is a file. */
          ? _ ("No program shows web pages here. Install a browser, or read %s "
               "on another computer.")
          : _ ("The help is missing from %s. Install Maniera anew."),
      page);
  say (window, text);
}

static gboolean
on_key (GtkWidget *window, GdkEventKey *event, gpointer data)
{
  (void)data;
  if (event->keyval != GDK_KEY_F1)
    return FALSE;
  help_show (window);
  return TRUE;
}

void
help_follow_f1 (GtkWidget *window)
{
  g_signal_connect (window, "key-press-event", G_CALLBACK (on_key), NULL);
}
