/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GTK's file chooser for pictures, with a preview. */

#include "plugin/ui/picture_chooser.h"

#include "plugin/i18n.h"
#include "plugin/run/style_packs.h"
#include "plugin/ui/thumbnails.h"

enum
{
  WIDTH = 800, /* px; GTK 3's default is larger than some screens */
  HEIGHT = 560,
  PREVIEW = 160
};

static void
on_highlight (GtkFileChooser *chooser, gpointer data)
{
  g_autofree char *file = gtk_file_chooser_get_preview_filename (chooser);
  g_autoptr (GdkPixbuf) picture
      = file && g_file_test (file, G_FILE_TEST_IS_REGULAR)
            ? thumbnail_of_file (file, PREVIEW)
            : NULL;
  gtk_image_set_from_pixbuf (data, picture);
  gtk_file_chooser_set_preview_widget_active (chooser, picture != NULL);
}

/* GTK has just set its default size, before the window is placed. */
static void
on_default_size (GtkWidget *widget, gpointer dialog)
{
  (void)widget;
  gtk_window_resize (dialog, WIDTH, HEIGHT);
}

/* Beside GdkPixbuf's formats, those that only the helper reads. */
static void
add_filters (GtkFileChooser *chooser, gboolean styles)
{
  static const char *const more[]
      = { "*.[aA][vV][iI][fF]", "*.[hH][eE][iI][cCfF]", "*.[jJ][xX][lL]",
          "*.[wW][eE][bB][pP]", "*.[tT][iI][fF]",       "*.[tT][iI][fF][fF]" };
  GtkFileFilter *pictures = gtk_file_filter_new ();
  GtkFileFilter *all = gtk_file_filter_new ();
  gtk_file_filter_set_name (pictures, styles ? _ ("Pictures and style packs")
                                             : _ ("Pictures"));
  if (styles)
    gtk_file_filter_add_pattern (pictures, "*" STYLE_PACK_ENDING);
  gtk_file_filter_add_pixbuf_formats (pictures);
  for (gsize i = 0; i < G_N_ELEMENTS (more); ++i)
    gtk_file_filter_add_pattern (pictures, more[i]);
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, pictures);
  gtk_file_chooser_add_filter (chooser, all);
}

/* Any number of pictures and packs to be `styles`, else one picture. */
static GSList *
choose (GtkWidget *parent, const char *title, gboolean styles)
{
  static char *last_folder;
  GtkWidget   *dialog = gtk_file_chooser_dialog_new (
        title, GTK_WINDOW (parent), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Cancel"),
        GTK_RESPONSE_CANCEL, _ ("_Add"), GTK_RESPONSE_ACCEPT, NULL);
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  gtk_dialog_set_default_response (GTK_DIALOG (dialog), GTK_RESPONSE_ACCEPT);
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  GList *inside = gtk_container_get_children (
      GTK_CONTAINER (gtk_dialog_get_content_area (GTK_DIALOG (dialog))));
  g_signal_connect_after (inside->data, "default-size-changed",
                          G_CALLBACK (on_default_size), dialog);
  g_list_free (inside);
  gtk_file_chooser_set_select_multiple (chooser, styles);
  gtk_file_chooser_set_preview_widget (chooser, gtk_image_new ());
  g_signal_connect (chooser, "update-preview", G_CALLBACK (on_highlight),
                    gtk_file_chooser_get_preview_widget (chooser));
  add_filters (chooser, styles);
  if (!last_folder)
    last_folder = g_strdup (g_get_user_special_dir (G_USER_DIRECTORY_PICTURES));
  if (!last_folder)
    last_folder = g_strdup (g_get_home_dir ());
  gtk_file_chooser_set_current_folder (chooser, last_folder);
  GSList *files = NULL;
  if (gtk_dialog_run (GTK_DIALOG (dialog)) == GTK_RESPONSE_ACCEPT)
    {
      files = gtk_file_chooser_get_filenames (chooser);
      g_free (last_folder);
      last_folder = gtk_file_chooser_get_current_folder (chooser);
    }
  gtk_widget_destroy (dialog);
  return files;
}

GSList *
choose_pictures (GtkWidget *parent)
{
  return choose (parent, _ ("Add Pictures to Paint Like"), TRUE);
}

char *
choose_picture (GtkWidget *parent)
{
  GSList *files = choose (parent, _ ("Choose a Picture"), FALSE);
  char   *file = files ? g_strdup (files->data) : NULL;
  g_slist_free_full (files, g_free);
  return file;
}
