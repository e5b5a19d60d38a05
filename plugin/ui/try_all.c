/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of buttons, which grows by one with each draft. */

#include "plugin/ui/try_all.h"

#include "plugin/i18n.h"
#include "plugin/ui/thumbnails.h"
#include "plugin/ui/widgets.h"

#include <string.h>

enum
{
  SECONDS = 10, /* for a draft: what is compared should be finished */
  COLUMNS = 3,
  CELL_WIDTH = 256,   /* px, of a draft */
  REASON_CHARS = 34,  /* to a line, where there is no draft */
  WIDTH = 860,        /* px, of the window at first */
  LEAST_HEIGHT = 500, /* px, of the table's window */
  BAR_WIDTH = 160,    /* px */
  RESPONSE_STOP = 1
};

typedef struct
{
  GtkWidget *window;
  GtkWidget *cells; /* the table */
  GtkWidget *bar, *progress;
  GtkWidget *chosen; /* the button that is down; NULL = none */
  gboolean   quiet;  /* we press buttons, the user does not */
  SmallWork *work;
  Estimator *estimator;
  Request   *request; /* its style is the one that is tried */
  StyleList *styles;
  guint      count, done;
} Gallery;

static GtkWidget *
stop_button (const Gallery *gallery)
{
  return gtk_dialog_get_widget_for_response (GTK_DIALOG (gallery->window),
                                             RESPONSE_STOP);
}

/* Choosing */

static void
press (Gallery *gallery, GtkWidget *cell, gboolean down)
{
  gallery->quiet = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (cell), down);
  gallery->quiet = FALSE;
}

static void
on_chosen (GtkWidget *cell, gpointer data)
{
  Gallery *gallery = data;
  if (gallery->quiet)
    return;
  if (gallery->chosen)
    press (gallery, gallery->chosen, FALSE);
  gallery->chosen = cell;
  press (gallery, cell, TRUE);
  style_list_tick_alone (gallery->styles, GPOINTER_TO_UINT (g_object_get_data (
                                              G_OBJECT (cell), "style")));
}

/* The cells */

/* A sentence, and the first line of its details. */
static char *
reason_of (const GError *error)
{
  const char *text = error->message;
  const char *details = strchr (text, '\n');
  const char *more = details ? strchr (details + 1, '\n') : NULL;
  return more ? g_strndup (text, (gsize)(more - text)) : g_strdup (text);
}

static GtkWidget *
reason_new (const char *text)
{
  GtkWidget *reason = gtk_label_new (text);
  gtk_label_set_line_wrap (GTK_LABEL (reason), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (reason), REASON_CHARS);
  gtk_widget_set_size_request (reason, CELL_WIDTH, -1);
  keep_bright (reason);
  return reason;
}

static GtkWidget *
name_new (const char *text)
{
  GtkWidget *name = gtk_label_new (text);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  /* GTK 3 would give it the whole text's width. */
  gtk_label_set_max_width_chars (GTK_LABEL (name), 1);
  gtk_widget_set_size_request (name, CELL_WIDTH, -1);
  keep_bright (name);
  return name;
}

static GtkWidget *
cell_new (Gallery *gallery, GdkPixbuf *picture, const GError *error)
{
  const char      *title = style_list_title (gallery->styles, gallery->done);
  g_autofree char *reason = error ? reason_of (error) : NULL;
  g_autofree char *spoken
      = error ? g_strdup_printf ("%s: %s", title, reason) : g_strdup (title);
  g_autoptr (GdkPixbuf) opaque
      = picture ? thumbnail_over_checks (picture) : NULL;
  GtkWidget *cell = gtk_toggle_button_new ();
  GtkWidget *inside = gtk_vbox_new (FALSE, 6);
  gtk_box_pack_start (GTK_BOX (inside),
                      opaque ? picture_new (opaque) : reason_new (reason), TRUE,
                      TRUE, 0);
  gtk_box_pack_start (GTK_BOX (inside), name_new (title), FALSE, FALSE, 0);
  gtk_container_add (GTK_CONTAINER (cell), inside);
  gtk_button_set_relief (GTK_BUTTON (cell), GTK_RELIEF_NONE);
  widget_name (cell, spoken);
  gtk_widget_set_tooltip_text (cell, title);
  g_object_set_data (G_OBJECT (cell), "style",
                     GUINT_TO_POINTER (gallery->done));
  g_signal_connect (cell, "toggled", G_CALLBACK (on_chosen), gallery);
  gtk_widget_show_all (cell);
  return cell;
}

static void
add_cell (Gallery *gallery, GtkWidget *cell)
{
  const gboolean waiting = gtk_window_get_focus (GTK_WINDOW (gallery->window))
                           == stop_button (gallery);
  table_put (gallery->cells, cell, gallery->done % COLUMNS,
             gallery->done / COLUMNS, FALSE);
  if (gallery->done == 0 && waiting)
    gtk_widget_grab_focus (cell); /* for the arrow keys */
}

/* The work */

static void
show_progress (Gallery *gallery)
{
  g_autofree char *text
      /* Translators: so many styles of so many are tried. */
      = g_strdup_printf (_ ("%u of %u"), gallery->done, gallery->count);
  gtk_label_set_text (GTK_LABEL (gallery->progress), text);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (gallery->bar),
                                 (double)gallery->done / gallery->count);
}

static void
stop (Gallery *gallery)
{
  small_work_stop (gallery->work, gallery);
  gtk_widget_set_sensitive (stop_button (gallery), FALSE);
}

static void try_next (Gallery *gallery);

static void
on_tried (GdkPixbuf *picture, const GError *error, gpointer data)
{
  Gallery *gallery = data;
  add_cell (gallery, cell_new (gallery, picture, error));
  ++gallery->done;
  show_progress (gallery);
  try_next (gallery);
}

static void
try_next (Gallery *gallery)
{
  GPtrArray *styles = gallery->request->styles;
  if (gallery->done == gallery->count)
    {
      stop (gallery);
      return;
    }
  g_ptr_array_set_size (styles, 0);
  g_ptr_array_add (styles, style_list_choice (gallery->styles, gallery->done));
  draft_paint (gallery->work, gallery->estimator, gallery->request, SECONDS,
               on_tried, gallery);
}

/* The window */

static GtkWidget *
progress_new (Gallery *gallery)
{
  GtkWidget *line = gtk_hbox_new (FALSE, 12);
  gallery->bar = gtk_progress_bar_new ();
  gallery->progress = text_label_new ("");
  GtkWidget *middle = gtk_alignment_new (0, 0.5, 0, 0);
  gtk_widget_set_size_request (gallery->bar, BAR_WIDTH, -1);
  widget_name (gallery->bar, _ ("Progress"));
  gtk_container_add (GTK_CONTAINER (middle), gallery->bar);
  gtk_box_pack_start (GTK_BOX (line), middle, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (line), gallery->progress, TRUE, TRUE, 0);
  return line;
}

static void
window_new (Gallery *gallery, GtkWidget *parent)
{
  gallery->window = gtk_dialog_new_with_buttons (
      _ ("All Styles Tried"), GTK_WINDOW (parent), GTK_DIALOG_MODAL,
      _ ("_Stop"), RESPONSE_STOP, _ ("_Close"), GTK_RESPONSE_CLOSE, NULL);
  GtkDialog *dialog = GTK_DIALOG (gallery->window);
  GtkWidget *inside = gtk_vbox_new (FALSE, 6);
  GtkWidget *note = note_new (
      _ ("Small drafts with the settings as they are. The one that you click "
         "is ticked in the list, and no other."));
  gallery->cells = gtk_table_new (1, COLUMNS, FALSE);
  gtk_table_set_row_spacings (GTK_TABLE (gallery->cells), 6);
  gtk_table_set_col_spacings (GTK_TABLE (gallery->cells), 6);
  gtk_container_set_border_width (GTK_CONTAINER (inside), 12);
  gtk_box_pack_start (
      GTK_BOX (inside),
      scrolled_new (gallery->cells, _ ("All Styles Tried"), LEAST_HEIGHT), TRUE,
      TRUE, 0);
  gtk_box_pack_start (GTK_BOX (inside), note, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (inside), progress_new (gallery), FALSE, FALSE,
                      0);
  gtk_box_pack_start (GTK_BOX (gtk_dialog_get_content_area (dialog)), inside,
                      TRUE, TRUE, 0);
  gtk_window_set_default_size (GTK_WINDOW (dialog), WIDTH, -1);
  gtk_widget_show_all (inside);
  gtk_widget_grab_focus (stop_button (gallery));
}

void
try_all (GtkWidget     *parent,
         SmallWork     *work,
         Estimator     *estimator,
         const Request *request,
         StyleList     *styles)
{
  Gallery gallery = { .work = work,
                      .estimator = estimator,
                      .request = request_copy (request),
                      .styles = styles,
                      .count = style_list_count (styles) };
  gallery.request->pairs = (PartPairs){ 0 }; /* other styles, other parts */
  window_new (&gallery, parent);
  show_progress (&gallery);
  try_next (&gallery);
  while (gtk_dialog_run (GTK_DIALOG (gallery.window)) == RESPONSE_STOP)
    stop (&gallery);
  stop (&gallery);
  gtk_widget_destroy (gallery.window);
  request_free (gallery.request);
}
