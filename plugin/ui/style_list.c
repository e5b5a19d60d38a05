/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows in a scrolled box, and the button that adds pictures from disk. */

#include "plugin/ui/style_list.h"

#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/ui/picture_chooser.h"
#include "plugin/ui/style_picker.h"
#include "plugin/ui/style_row.h"
#include "plugin/ui/widgets.h"

enum
{
  LEAST_HEIGHT = 110 /* px: two rows; more would pass 768 px, unfolded */
};

struct _StyleList
{
  StyleRows  shared;
  GtkWidget *box;   /* all of it */
  GtkWidget *lines; /* the rows' widgets */
  GtkWidget *scrolled;
  GtkWidget *at_hand; /* the button that shows the styles at hand */
  GtkWidget *add;     /* the button that asks for files */
  GtkWidget *try;     /* the button that tries all rows */
  GtkWidget *empty;   /* what to do when there is no row */
  gboolean   usable;  /* the settings, for a try */
  void (*try_all) (gpointer data);
  GPtrArray *rows;    /* of StyleRow, which their widgets own */
  gboolean   others;  /* the image's own layers are left out */
  StyleRow  *awaited; /* to be scrolled to when the rows have their places */
};

static void
show_whether_empty (StyleList *list)
{
  gtk_widget_set_visible (list->empty, list->rows->len == 0);
  gtk_widget_set_sensitive (list->try, list->rows->len > 0 && list->usable
                                           && !list->shared.fixed);
}

static void
changed (StyleList *list)
{
  list->shared.changed (list->shared.data);
}

static StyleRow *
find_row (const StyleList *list, gint drawable, const char *file)
{
  for (guint i = 0; i < list->rows->len; ++i)
    {
      StyleRow *row = g_ptr_array_index (list->rows, i);
      if (style_row_is (row, drawable, file))
        return row;
    }
  return NULL;
}

static StyleRow *
add_row (StyleList *list, const HostDrawable *layer, const char *file)
{
  StyleRow *row = style_row_new (&list->shared, layer, file);
  g_ptr_array_add (list->rows, row);
  gtk_box_pack_start (GTK_BOX (list->lines), style_row_widget (row), FALSE,
                      FALSE, 0);
  show_whether_empty (list);
  return row;
}

static void
add_layers (StyleList *list, GPtrArray *layers, gint content, gboolean own)
{
  for (guint i = 0; i < layers->len; ++i)
    {
      const HostDrawable *layer = g_ptr_array_index (layers, i);
      if (layer->id != content && (layer->image == list->shared.image) == own
          && !find_row (list, layer->id, NULL))
        add_row (list, layer, NULL);
    }
}

/* Files */

static void
on_remove (GtkWidget *button, gpointer data)
{
  StyleList *list = data;
  StyleRow  *row = g_object_get_data (G_OBJECT (button), "row");
  GtkWidget *widget = style_row_widget (row);
  g_ptr_array_remove (list->rows, row);
  list->awaited = NULL;
  gtk_widget_destroy (widget);
  show_whether_empty (list);
  style_list_grab_focus (list);
  changed (list);
}

static StyleRow *
add_file (StyleList *list, const char *file)
{
  StyleRow  *row = add_row (list, NULL, file);
  GtkWidget *button
      = style_row_add_button (row, "list-remove", _ ("Remove from this list"));
  g_object_set_data (G_OBJECT (button), "row", row);
  g_signal_connect (button, "clicked", G_CALLBACK (on_remove), list);
  return row;
}

static void
scroll_to (StyleList *list, StyleRow *row)
{
  GtkAllocation at;
  gtk_widget_get_allocation (style_row_widget (row), &at);
  gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (
                                 GTK_SCROLLED_WINDOW (list->scrolled)),
                             at.y, at.y + at.height);
}

/* A row has its place only after the list was laid out. */
static void
on_placed (GtkWidget *lines, GtkAllocation *allocation, gpointer data)
{
  StyleList *list = data;
  (void)lines;
  (void)allocation;
  StyleRow *row = g_steal_pointer (&list->awaited);
  if (row)
    scroll_to (list, row);
}

static void
scroll_when_placed (StyleList *list, StyleRow *row)
{
  list->awaited = row;
  gtk_widget_queue_resize (list->lines);
}

/* Ticked at once: that is what it is added for. */
static void
tick_file (StyleList *list, const char *file)
{
  StyleRow *row = find_row (list, -1, file);
  if (!row)
    row = add_file (list, file);
  if (!style_row_ticked (row))
    {
      StyleChoice *choice = style_choice_new ();
      style_row_set (row, choice);
      style_choice_free (choice);
    }
  scroll_when_placed (list, row);
}

static void
tick_and_free (StyleList *list, GSList *files)
{
  for (GSList *at = files; at; at = at->next)
    tick_file (list, at->data);
  if (files)
    changed (list);
  g_slist_free_full (files, g_free);
}

static void
on_add (GtkWidget *button, gpointer data)
{
  tick_and_free (data, choose_pictures (gtk_widget_get_toplevel (button)));
}

static void
on_at_hand (GtkWidget *button, gpointer data)
{
  StyleList *list = data;
  tick_and_free (list, pick_styles (gtk_widget_get_toplevel (button),
                                    list->shared.thumbnails));
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
  StyleList *list = data;
  GSList    *files = list->shared.fixed ? NULL : dropped_files (dropped);
  gtk_drag_finish (context, files != NULL, FALSE, time);
  tick_and_free (list, files);
}

static GtkWidget *
empty_new (void)
{
  GtkWidget *label = gtk_label_new (
      _ ("No other layer is open. Open a painting in GIMP, as a layer or as an "
         "image of its own, add a picture from disk, or choose one of the "
         "styles at hand."));
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_set_size_request (label, 280, -1);
  gtk_misc_set_padding (GTK_MISC (label), 12, 24);
  gtk_widget_set_no_show_all (label, TRUE);
  return label;
}

static void
on_destroy (GtkWidget *box, gpointer data)
{
  StyleList *list = data;
  (void)box;
  g_clear_object (&list->shared.masks);
  g_clear_object (&list->shared.style_masks);
  g_ptr_array_unref (list->rows);
  g_free (list);
}

static void
on_try_all (GtkWidget *button, gpointer data)
{
  StyleList *list = data;
  (void)button;
  list->try_all (list->shared.data);
}

/* The heading, and at its end the button that tries what is listed. */
static GtkWidget *
head_new (StyleList *list)
{
  GtkWidget *head = gtk_hbox_new (FALSE, 6);
  list->try = gtk_button_new_with_label (_ ("Try all..."));
  gtk_widget_set_tooltip_text (
      list->try, _ ("Shows a small draft in each of these styles alone"));
  g_signal_connect (list->try, "clicked", G_CALLBACK (on_try_all), list);
  gtk_box_pack_start (GTK_BOX (head), heading_new (_ ("Paint like")), TRUE,
                      TRUE, 0);
  gtk_box_pack_start (GTK_BOX (head), list->try, FALSE, FALSE, 0);
  return head;
}

StyleList *
style_list_new (gint        image,
                Thumbnails *thumbnails,
                void (*on_changed) (gpointer data),
                void (*on_try_wanted) (gpointer data),
                gpointer data)
{
  StyleList *list = g_new0 (StyleList, 1);
  list->try_all = on_try_wanted;
  list->shared = (StyleRows){ .image = image,
                              .scale = 1,
                              .thumbnails = thumbnails,
                              .changed = on_changed,
                              .data = data };
  list->rows = g_ptr_array_new ();
  list->box = gtk_vbox_new (FALSE, 6);
  list->lines = gtk_vbox_new (FALSE, 3);
  list->empty = empty_new ();
  list->scrolled = scrolled_new (list->lines, _ ("Paint like"), LEAST_HEIGHT);
  gtk_container_set_border_width (GTK_CONTAINER (list->lines), 3);
  gtk_box_pack_start (GTK_BOX (list->lines), list->empty, TRUE, TRUE, 0);

  list->add = gtk_button_new_with_mnemonic (_ ("Add picture from _disk..."));
  list->at_hand = gtk_button_new_with_mnemonic (_ ("Styl_es..."));
  gtk_widget_set_tooltip_text (
      list->at_hand,
      _ ("Those used last, those in your folder, and Maniera's samples"));
  GtkWidget *line = gtk_hbox_new (FALSE, 6);
  g_signal_connect (list->add, "clicked", G_CALLBACK (on_add), list);
  g_signal_connect (list->at_hand, "clicked", G_CALLBACK (on_at_hand), list);
  gtk_box_pack_start (GTK_BOX (line), list->add, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (line), list->at_hand, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (list->box), head_new (list), FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (list->box), list->scrolled, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (list->box), line, FALSE, FALSE, 0);

  gtk_drag_dest_set (list->scrolled, GTK_DEST_DEFAULT_ALL, NULL, 0,
                     GDK_ACTION_COPY);
  gtk_drag_dest_add_uri_targets (list->scrolled);
  g_signal_connect (list->scrolled, "drag-data-received", G_CALLBACK (on_drop),
                    list);
  g_signal_connect (list->lines, "size-allocate", G_CALLBACK (on_placed), list);
  g_signal_connect (list->box, "destroy", G_CALLBACK (on_destroy), list);
  return list;
}

void
style_list_fill (StyleList *list, gint content)
{
  g_autoptr (GPtrArray) layers = host_list (1u << HOST_LAYER);
  if (!list->others)
    add_layers (list, layers, content, TRUE);
  add_layers (list, layers, content, FALSE);
  style_rows_fill_masks (&list->shared);
  show_whether_empty (list);
}

void
style_list_allow_trying (StyleList *list, gboolean allowed)
{
  list->usable = allowed;
  show_whether_empty (list);
}

void
style_list_leave_out_own (StyleList *list)
{
  list->others = TRUE;
}

GtkWidget *
style_list_widget (StyleList *list)
{
  return list->box;
}

void
style_list_set (StyleList *list, const GPtrArray *styles)
{
  StyleRow *first = NULL;
  for (guint i = 0; i < list->rows->len; ++i)
    style_row_set (g_ptr_array_index (list->rows, i), NULL);
  for (guint i = 0; i < styles->len; ++i)
    {
      const StyleChoice *choice = g_ptr_array_index (styles, i);
      StyleRow          *row = find_row (list, choice->drawable, choice->file);
      if (!row && choice->file)
        row = add_file (list, choice->file);
      if (row)
        style_row_set (row, choice);
      first = first ? first : row;
    }
  if (first)
    scroll_when_placed (list, first);
}

void
style_list_get (const StyleList *list, GPtrArray *styles)
{
  g_ptr_array_set_size (styles, 0);
  for (guint i = 0; i < list->rows->len; ++i)
    {
      const StyleRow *row = g_ptr_array_index (list->rows, i);
      if (style_row_ticked (row))
        g_ptr_array_add (styles, style_row_get (row));
    }
}

guint
style_list_count (const StyleList *list)
{
  return list->rows->len;
}

const char *
style_list_title (const StyleList *list, guint index)
{
  return style_row_title (g_ptr_array_index (list->rows, index));
}

StyleChoice *
style_list_choice (const StyleList *list, guint index)
{
  return style_row_get (g_ptr_array_index (list->rows, index));
}

void
style_list_tick_alone (StyleList *list, guint index)
{
  g_autoptr (GPtrArray) alone
      = g_ptr_array_new_with_free_func ((GDestroyNotify)style_choice_free);
  g_ptr_array_add (alone, style_list_choice (list, index));
  style_list_set (list, alone);
  changed (list);
}

void
style_list_grab_focus (StyleList *list)
{
  StyleRow *first = NULL;
  for (guint i = list->rows->len; i-- > 0;)
    {
      StyleRow *row = g_ptr_array_index (list->rows, i);
      if (!first || style_row_ticked (row) || !style_row_ticked (first))
        first = row;
    }
  if (first)
    style_row_grab_focus (first);
  else
    gtk_widget_grab_focus (list->at_hand);
}

void
style_list_reset (StyleList *list)
{
  for (guint i = 0; i < list->rows->len; ++i)
    style_row_reset (g_ptr_array_index (list->rows, i));
  changed (list);
}

static void
refresh_rows (StyleList *list)
{
  for (guint i = 0; i < list->rows->len; ++i)
    style_row_refresh (g_ptr_array_index (list->rows, i));
}

void
style_list_set_scale (StyleList *list, double scale)
{
  list->shared.scale = scale;
  refresh_rows (list);
}

void
style_list_fix (StyleList *list, gboolean fixed)
{
  list->shared.fixed = fixed;
  refresh_rows (list);
  show_whether_empty (list);
  gtk_widget_set_sensitive (list->add, !fixed);
  gtk_widget_set_sensitive (list->at_hand, !fixed);
}
