/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Icons with names below a line to search in. What there is comes from
 * styles_at_hand.h. */

#include "plugin/ui/style_picker.h"

#include "plugin/i18n.h"
#include "plugin/run/sample_styles.h"
#include "plugin/run/style_values.h"
#include "plugin/run/styles_at_hand.h"
#include "plugin/ui/show_file.h"
#include "plugin/ui/widgets.h"

#include <string.h>

enum
{
  WIDTH = 620, /* px of the window at first */
  HEIGHT = 470,
  PICTURE = 96, /* px, the longer side */
  /* px; GTK 3 gives names twice this less 48, and the whole item as much */
  ITEM_WIDTH = GTK_MAJOR_VERSION < 3 ? 120 : 84
};

enum
{
  RESPONSE_FOLDER = 1
};

enum
{
  COLUMN_PICTURE,
  COLUMN_TEXT, /* markup */
  COLUMN_INDEX,
  COLUMNS
};

typedef struct
{
  GtkWidget     *window;
  GtkWidget     *search;
  GtkWidget     *icons;
  GtkWidget     *note;
  GPtrArray     *styles; /* of StyleAtHand */
  Thumbnails    *thumbnails;
  SampleDrawing *drawing; /* NULL = all samples are there */
  gboolean       away;    /* the user may be changing the folder */
} Picker;

static void
say (Picker *picker, const char *text)
{
  note_set (picker->note, text);
}

static void
say_error (Picker *picker, const GError *error)
{
  if (error)
    say (picker, error->message);
}

/* The icons */

static const StyleAtHand *
style_at (const Picker *picker, GtkTreeModel *model, GtkTreeIter *row)
{
  guint index;
  gtk_tree_model_get (model, row, COLUMN_INDEX, &index, -1);
  return index < picker->styles->len ? g_ptr_array_index (picker->styles, index)
                                     : NULL;
}

static gboolean
is_sought (GtkTreeModel *model, GtkTreeIter *row, gpointer data)
{
  const Picker      *picker = data;
  const StyleAtHand *style = style_at (picker, model, row);
  return style
         && style_at_hand_matches (
             style, gtk_entry_get_text (GTK_ENTRY (picker->search)));
}

static void
set_picture (gint index, GdkPixbuf *picture, gpointer object)
{
  GtkTreeIter row;
  if (picture
      && gtk_tree_model_iter_nth_child (GTK_TREE_MODEL (object), &row, NULL,
                                        index))
    gtk_list_store_set (object, &row, COLUMN_PICTURE, picture, -1);
}

/* GTK 3's filter is silent about a changed row while nobody refers to one of
 * its rows, and an icon view does not: it would not draw the picture. */
static void
tell_of_change (GtkTreeModel *store,
                GtkTreePath  *stored,
                GtkTreeIter  *row,
                gpointer      sought)
{
  (void)store;
  GtkTreeIter  shown;
  GtkTreePath *path = gtk_tree_model_filter_convert_child_path_to_path (
      GTK_TREE_MODEL_FILTER (sought), stored);
  if (!path) /* it is not sought */
    return;
  gtk_tree_model_filter_convert_child_iter_to_iter (
      GTK_TREE_MODEL_FILTER (sought), &shown, row);
  gtk_tree_model_row_changed (sought, path, &shown);
  gtk_tree_path_free (path);
}

static GtkListStore *
store_new (Picker *picker)
{
  GtkListStore *store = gtk_list_store_new (COLUMNS, GDK_TYPE_PIXBUF,
                                            G_TYPE_STRING, G_TYPE_UINT);
  g_autoptr (GdkPixbuf) icon = thumbnail_stand_in (PICTURE / 2);
  for (guint i = 0; i < picker->styles->len; ++i)
    {
      const StyleAtHand *style = g_ptr_array_index (picker->styles, i);
      g_autofree char   *text
          = g_markup_printf_escaped ("%s\n<small>%s</small>", style->name,
                                     style_origin_text (style->origin));
      gtk_list_store_insert_with_values (store, NULL, -1, COLUMN_PICTURE, icon,
                                         COLUMN_TEXT, text, COLUMN_INDEX, i,
                                         -1);
      thumbnails_ask (picker->thumbnails, (gint)i, style->path, PICTURE,
                      set_picture, store);
    }
  return store;
}

static void
select_first (Picker *picker)
{
  GtkIconView *icons = GTK_ICON_VIEW (picker->icons);
  GtkTreePath *first = gtk_tree_path_new_first ();
  gtk_icon_view_unselect_all (icons);
  if (gtk_tree_model_iter_n_children (gtk_icon_view_get_model (icons), NULL))
    {
      gtk_icon_view_set_cursor (icons, first, NULL, FALSE);
      gtk_icon_view_select_path (icons, first);
    }
  gtk_tree_path_free (first);
}

/* The paths of what is selected. */
static GSList *
selected (Picker *picker)
{
  GtkIconView  *icons = GTK_ICON_VIEW (picker->icons);
  GtkTreeModel *model = gtk_icon_view_get_model (icons);
  GList        *at = gtk_icon_view_get_selected_items (icons);
  GSList       *paths = NULL;
  for (GList *each = at; each; each = each->next)
    {
      GtkTreeIter row;
      if (!gtk_tree_model_get_iter (model, &row, each->data))
        continue;
      const StyleAtHand *style = style_at (picker, model, &row);
      if (style)
        paths = g_slist_prepend (paths, g_strdup (style->path));
    }
  g_list_free_full (at, (GDestroyNotify)gtk_tree_path_free);
  return paths;
}

static void
select_paths (Picker *picker, GSList *paths)
{
  GtkIconView  *icons = GTK_ICON_VIEW (picker->icons);
  GtkTreeModel *model = gtk_icon_view_get_model (icons);
  GtkTreeIter   row;
  for (gboolean any = gtk_tree_model_get_iter_first (model, &row); any;
       any = gtk_tree_model_iter_next (model, &row))
    {
      const StyleAtHand *style = style_at (picker, model, &row);
      if (!style
          || !g_slist_find_custom (paths, style->path, (GCompareFunc)strcmp))
        continue;
      GtkTreePath *at = gtk_tree_model_get_path (model, &row);
      gtk_icon_view_select_path (icons, at);
      gtk_tree_path_free (at);
    }
}

static void
on_selection (GtkIconView *icons, gpointer data)
{
  Picker *picker = data;
  GList  *items = gtk_icon_view_get_selected_items (icons);
  gtk_dialog_set_response_sensitive (GTK_DIALOG (picker->window),
                                     GTK_RESPONSE_ACCEPT, items != NULL);
  g_list_free_full (items, (GDestroyNotify)gtk_tree_path_free);
}

/* Lists anew; what was selected stays so, and these `more` paths too. */
static void
fill (Picker *picker, GSList *more)
{
  GtkIconView *icons = GTK_ICON_VIEW (picker->icons);
  GSList      *before = picker->styles ? selected (picker) : NULL;
  gtk_icon_view_set_model (icons, NULL);
  g_clear_pointer (&picker->styles, g_ptr_array_unref);
  picker->styles = styles_at_hand ();
  GtkListStore *store = store_new (picker);
  GtkTreeModel *sought
      = gtk_tree_model_filter_new (GTK_TREE_MODEL (store), NULL);
  gtk_tree_model_filter_set_visible_func (GTK_TREE_MODEL_FILTER (sought),
                                          is_sought, picker, NULL);
  g_signal_connect_object (store, "row-changed", G_CALLBACK (tell_of_change),
                           sought, G_CONNECT_AFTER);
  gtk_icon_view_set_model (icons, sought);
  g_object_unref (sought);
  g_object_unref (store);
  select_paths (picker, before);
  select_paths (picker, more);
  if (!before && !more)
    select_first (picker);
  on_selection (icons, picker); /* a new model does not tell */
  g_slist_free_full (before, g_free);
}

/* Events */

static void
on_search (GtkWidget *search, gpointer data)
{
  Picker *picker = data;
  (void)search;
  gtk_tree_model_filter_refilter (GTK_TREE_MODEL_FILTER (
      gtk_icon_view_get_model (GTK_ICON_VIEW (picker->icons))));
  select_first (picker);
}

static void
on_activated (GtkIconView *icons, GtkTreePath *path, gpointer data)
{
  Picker *picker = data;
  gtk_icon_view_select_path (icons, path);
  gtk_dialog_response (GTK_DIALOG (picker->window), GTK_RESPONSE_ACCEPT);
}

static void
on_drop (GtkWidget        *widget,
         GdkDragContext   *context,
         gint              x,
         gint              y,
         GtkSelectionData *dropped,
         guint             info,
         guint             time,
         gpointer          data)
{
  (void)widget;
  (void)x;
  (void)y;
  (void)info;
  Picker *picker = data;
  GSList *taken = NULL;
  g_autoptr (GError) error = NULL;
  GSList *files = dropped_files (dropped);
  for (GSList *at = files; at; at = at->next)
    {
      g_clear_error (&error);
      char *path = styles_folder_take (at->data, &error);
      if (path)
        taken = g_slist_prepend (taken, path);
    }
  gtk_drag_finish (context, taken != NULL, FALSE, time);
  fill (picker, taken);
  say_error (picker, error);
  g_slist_free_full (taken, g_free);
  g_slist_free_full (files, g_free);
}

/* The user comes back, perhaps from the folder. */
static gboolean
on_focus (GtkWidget *window, GdkEvent *event, gpointer data)
{
  Picker *picker = data;
  (void)window;
  (void)event;
  if (picker->away)
    fill (picker, NULL);
  picker->away = FALSE;
  return FALSE;
}

static void
say_what_can_be_done (Picker *picker)
{
  say (picker, _ ("Paintings that you drop here are copied into your folder of "
                  "styles."));
}

static void
on_drawn (guint left, const GError *error, gpointer data)
{
  Picker *picker = data;
  if (error || !left)
    {
      picker->drawing = NULL;
      say_what_can_be_done (picker);
    }
  fill (picker, NULL);
  say_error (picker, error);
}

static void
open_folder (Picker *picker)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = styles_folder (&error);
  picker->away = TRUE;
  if (folder && !show_file (folder))
    {
      /* Translators: %s is a folder. */
      g_autofree char *text = g_strdup_printf (
          _ ("No program shows folders here. Put your paintings into %s."),
          folder);
      say (picker, text);
    }
  say_error (picker, error);
}

/* The window */

static GtkWidget *
search_new (Picker *picker)
{
  GtkWidget *line = gtk_hbox_new (FALSE, 6);
  picker->search = gtk_entry_new ();
  gtk_entry_set_activates_default (GTK_ENTRY (picker->search), TRUE);
  gtk_box_pack_start (GTK_BOX (line),
                      mnemonic_label_new (_ ("_Search:"), picker->search),
                      FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (line), picker->search, TRUE, TRUE, 0);
  g_signal_connect (picker->search, "changed", G_CALLBACK (on_search), picker);
  return line;
}

static GtkWidget *
icons_new (Picker *picker)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);
  picker->icons = gtk_icon_view_new ();
  GtkIconView *icons = GTK_ICON_VIEW (picker->icons);
  gtk_icon_view_set_pixbuf_column (icons, COLUMN_PICTURE);
  gtk_icon_view_set_markup_column (icons, COLUMN_TEXT);
  gtk_icon_view_set_item_width (icons, ITEM_WIDTH);
  gtk_icon_view_set_selection_mode (icons, GTK_SELECTION_MULTIPLE);
  widget_name (picker->icons, _ ("Styles at hand"));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled),
                                  GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_shadow_type (GTK_SCROLLED_WINDOW (scrolled),
                                       GTK_SHADOW_IN);
  gtk_container_add (GTK_CONTAINER (scrolled), picker->icons);
  g_signal_connect (icons, "item-activated", G_CALLBACK (on_activated), picker);
  g_signal_connect (icons, "selection-changed", G_CALLBACK (on_selection),
                    picker);
  gtk_drag_dest_set (scrolled, GTK_DEST_DEFAULT_ALL, NULL, 0, GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (scrolled);
  g_signal_connect (scrolled, "drag-data-received", G_CALLBACK (on_drop),
                    picker);
  return scrolled;
}

static void
window_new (Picker *picker, GtkWidget *parent)
{
  picker->window = gtk_dialog_new_with_buttons (
      _ ("Styles at Hand"), GTK_WINDOW (parent), GTK_DIALOG_MODAL,
      _ ("Open _Folder"), RESPONSE_FOLDER, _ ("_Cancel"), GTK_RESPONSE_CANCEL,
      _ ("_Add"), GTK_RESPONSE_ACCEPT, NULL);
  GtkDialog *dialog = GTK_DIALOG (picker->window);
  GtkWidget *folder
      = gtk_dialog_get_widget_for_response (dialog, RESPONSE_FOLDER);
  GtkWidget *inside = gtk_vbox_new (FALSE, 6);
  gtk_button_box_set_child_secondary (
      GTK_BUTTON_BOX (gtk_dialog_get_action_area (dialog)), folder, TRUE);
  gtk_widget_set_tooltip_text (
      folder, _ ("Paintings in this folder are always at hand"));
  gtk_dialog_set_default_response (dialog, GTK_RESPONSE_ACCEPT);
  gtk_dialog_set_response_sensitive (dialog, GTK_RESPONSE_ACCEPT, FALSE);
  gtk_window_set_default_size (GTK_WINDOW (dialog), WIDTH, HEIGHT);
  picker->note = note_new ("");
  gtk_label_set_line_wrap (GTK_LABEL (picker->note), TRUE);
  gtk_container_set_border_width (GTK_CONTAINER (inside), 12);
  gtk_box_pack_start (GTK_BOX (inside), search_new (picker), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (inside), icons_new (picker), TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (inside), picker->note, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (gtk_dialog_get_content_area (dialog)), inside,
                      TRUE, TRUE, 0);
  g_signal_connect (dialog, "focus-in-event", G_CALLBACK (on_focus), picker);
  gtk_widget_show_all (inside);
}

/* What is selected and still there. NULL where one is not, which is said. */
static GSList *
accepted (Picker *picker)
{
  GSList *paths = selected (picker);
  for (GSList *at = paths; at; at = at->next)
    if (!g_file_test (at->data, G_FILE_TEST_IS_REGULAR))
      {
        g_autofree char *text = style_vanished (at->data);
        fill (picker, NULL);
        say (picker, text);
        g_slist_free_full (paths, g_free);
        return NULL;
      }
  return paths;
}

GSList *
pick_styles (GtkWidget *parent, Thumbnails *thumbnails)
{
  Picker  picker = { .thumbnails = thumbnails };
  GSList *paths = NULL;
  gint    response;
  window_new (&picker, parent);
  fill (&picker, NULL);
  picker.drawing = sample_styles_draw (on_drawn, &picker);
  if (picker.drawing)
    say (&picker, _ ("Drawing Maniera's samples..."));
  else
    say_what_can_be_done (&picker);
  gtk_widget_grab_focus (picker.icons);
  do
    {
      response = gtk_dialog_run (GTK_DIALOG (picker.window));
      if (response == RESPONSE_FOLDER)
        open_folder (&picker);
      if (response == GTK_RESPONSE_ACCEPT)
        paths = accepted (&picker);
    }
  while (response == RESPONSE_FOLDER
         || (response == GTK_RESPONSE_ACCEPT && !paths));
  if (picker.drawing)
    sample_styles_forget (picker.drawing);
  gtk_widget_destroy (picker.window);
  g_ptr_array_unref (picker.styles);
  return paths;
}
