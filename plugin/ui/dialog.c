/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window: its parts, what they do to each other, and the run. */

#include "plugin/ui/dialog.h"

#include "plugin/client/errors.h"
#include "plugin/client/helper_start.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/estimator.h"
#include "plugin/run/run.h"
#include "plugin/run/settings.h"
#include "plugin/ui/option_rows.h"
#include "plugin/ui/preset_row.h"
#include "plugin/ui/preview_view.h"
#include "plugin/ui/status_area.h"
#include "plugin/ui/style_list.h"
#include "plugin/ui/thumbnails.h"
#include "plugin/ui/widgets.h"

#include <gdk/gdkkeysyms.h>
#include <gtk/gtk.h>

enum
{
  PREVIEW_SIDE = 1024, /* px; the most that GIMP makes thumbnails of */
  WIDTH = 940,         /* px of the window at first */
  HEIGHT = 680,
  SETTINGS_WIDTH = 390, /* px, of the right half */
  ADVANCED_HEIGHT = 160,
  ASK_DELAY
  = 400,     /* ms after the last change until the estimate is asked for */
  PULSE = 80 /* ms */
};

enum
{
  RESPONSE_RESET = 1,
  RESPONSE_KEEP
};

typedef struct
{
  Request      *request;
  gint          layer; /* the result; -1 = none */
  GMainLoop    *loop;
  GtkWidget    *window;
  PreviewView  *preview;
  GtkWidget    *inputs; /* what cannot be changed while something runs */
  GtkWidget    *presets;
  StyleList    *styles;
  OptionRows   *options;
  StatusArea   *status;
  Thumbnails   *thumbnails;
  Estimator    *estimator; /* NULL = none was needed yet */
  guint         fill;      /* the source that fills the list; 0 = done */
  gboolean      lacks;     /* the line says what is still missing or wrong */
  guint         ask;       /* the source that asks for an estimate; 0 = none */
  guint         start;     /* the source that starts the run; 0 = none */
  Run          *run;       /* NULL = nothing is painted */
  GCancellable *fetch;     /* of the model; NULL = none */
  guint         pulse;     /* the source that moves the bar; 0 = none */
  gboolean      leaving;   /* as soon as what runs has ended */
} Dialog;

static gboolean
is_busy (const Dialog *dialog)
{
  return dialog->start || dialog->run || dialog->fetch;
}

static gboolean
can_paint (const Dialog *dialog)
{
  return dialog->request->styles->len > 0
         && !option_rows_complaint (dialog->options);
}

static GtkWidget *
button_of (const Dialog *dialog, gint response)
{
  return gtk_dialog_get_widget_for_response (GTK_DIALOG (dialog->window),
                                             response);
}

static void
show_state (Dialog *dialog)
{
  const gboolean busy = is_busy (dialog);
  gtk_widget_set_sensitive (dialog->inputs, !busy);
  gtk_widget_set_sensitive (button_of (dialog, RESPONSE_RESET), !busy);
  gtk_widget_set_sensitive (button_of (dialog, GTK_RESPONSE_OK),
                            can_paint (dialog));
  gtk_widget_set_visible (button_of (dialog, GTK_RESPONSE_OK), !busy);
  gtk_widget_set_visible (button_of (dialog, RESPONSE_KEEP),
                          dialog->run != NULL);
}

/* The estimate */

static void
on_estimate (const RunEstimate *estimate, const GError *error, gpointer data)
{
  Dialog *dialog = data;
  if (is_busy (dialog))
    return;
  status_area_show_error (dialog->status, error);
  if (estimate)
    status_area_say_estimate (dialog->status, estimate);
  else
    status_area_say (dialog->status, "");
}

static gboolean
ask_now (gpointer data)
{
  Dialog *dialog = data;
  dialog->ask = 0;
  if (!dialog->estimator)
    dialog->estimator = estimator_new ();
  estimator_ask (dialog->estimator, dialog->request, on_estimate, dialog);
  return G_SOURCE_REMOVE;
}

static void
forget_question (Dialog *dialog)
{
  if (dialog->ask)
    g_source_remove (dialog->ask);
  dialog->ask = 0;
}

/* After any change: what is asked for is known at once, what it would take a
 * little later. */
static void
take_over (Dialog *dialog)
{
  ManieraOptions resolved;
  dialog->request->options = *option_rows_get (dialog->options);
  maniera_options_resolve (&dialog->request->options, &resolved);
  style_list_set_scale (dialog->styles, resolved.style_scale);
  style_list_get (dialog->styles, dialog->request->styles);
  forget_question (dialog);
  const char *lack = option_rows_complaint (dialog->options);
  if (!lack && !can_paint (dialog))
    lack = _ ("Tick one or more pictures whose style is wanted.");
  if (lack || dialog->lacks)
    status_area_say (dialog->status, lack ? lack : "");
  dialog->lacks = lack != NULL;
  if (!lack)
    dialog->ask = g_timeout_add (ASK_DELAY, ask_now, dialog);
  show_state (dialog);
}

static void
on_styles (gpointer data)
{
  take_over (data);
}

static void
on_options (gpointer data)
{
  Dialog *dialog = data;
  preset_row_forget (dialog->presets);
  take_over (dialog);
}

/* Presets */

static const ManieraOptions *
options_to_save (gpointer data)
{
  Dialog *dialog = data;
  return option_rows_get (dialog->options);
}

static void
on_preset (const ManieraOptions *options, gpointer data)
{
  Dialog *dialog = data;
  option_rows_set (dialog->options, options);
  take_over (dialog);
}

static void
on_preset_failure (const GError *error, gpointer data)
{
  Dialog *dialog = data;
  status_area_show_error (dialog->status, error);
}

static void
reset (Dialog *dialog)
{
  ManieraOptions none;
  maniera_options_init (&none);
  option_rows_set (dialog->options, &none);
  preset_row_forget (dialog->presets);
  style_list_reset (dialog->styles); /* which tells of the change */
}

/* What runs */

static gboolean
on_pulse (gpointer data)
{
  Dialog *dialog = data;
  status_area_bar (dialog->status, -1);
  return G_SOURCE_CONTINUE;
}

static void
pulse (Dialog *dialog, gboolean goes)
{
  if (dialog->pulse)
    g_source_remove (dialog->pulse);
  dialog->pulse = goes ? g_timeout_add (PULSE, on_pulse, dialog) : 0;
}

/* Back to what it was before; or out of the dialog. */
static void
end_of_work (Dialog *dialog, const GError *error)
{
  const gboolean stopped
      = g_error_matches (error, PAINT_ERROR, PAINT_ERROR_STOPPED);
  pulse (dialog, FALSE);
  if (dialog->leaving)
    {
      g_main_loop_quit (dialog->loop);
      return;
    }
  status_area_hide_bar (dialog->status);
  preview_view_set_painting (dialog->preview, NULL);
  take_over (dialog);
  if (!error || stopped)
    {
      status_area_note (dialog->status, NULL);
    }
  else
    {
      forget_question (dialog); /* its answer would hide the error */
      status_area_say (dialog->status, "");
      status_area_show_error (dialog->status, error);
    }
  if (can_paint (dialog))
    gtk_widget_grab_focus (button_of (dialog, GTK_RESPONSE_OK));
}

static void
on_progress (const RunProgress *progress, gpointer data)
{
  Dialog *dialog = data;
  pulse (dialog, FALSE);
  status_area_say_progress (dialog->status, progress);
  if (progress->preview)
    preview_view_set_painting (dialog->preview, progress->preview);
}

static void
on_warned (const char *text, gpointer data)
{
  Dialog *dialog = data;
  status_area_note (dialog->status, text);
}

static void
on_finished (gint layer, gboolean complete, const GError *error, gpointer data)
{
  Dialog *dialog = data;
  (void)complete;
  run_free (g_steal_pointer (&dialog->run));
  dialog->layer = layer;
  dialog->leaving = dialog->leaving || layer >= 0;
  end_of_work (dialog, error);
}

static gboolean
start_run (gpointer data)
{
  static const RunListener listener = { on_progress, on_warned, on_finished };
  Dialog                  *dialog = data;
  const Request           *request = dialog->request;
  GError                  *error = NULL;
  dialog->run = run_start (request, PREVIEW_SIDE, &listener, dialog, &error);
  dialog->start = 0;
  if (dialog->run)
    {
      show_state (dialog);
      gtk_widget_grab_focus (button_of (dialog, RESPONSE_KEEP));
    }
  else
    {
      end_of_work (dialog, error);
      g_error_free (error);
    }
  return G_SOURCE_REMOVE;
}

static void
paint (Dialog *dialog)
{
  if (is_busy (dialog) || !can_paint (dialog))
    return;
  forget_question (dialog);
  g_clear_pointer (&dialog->estimator,
                   estimator_free); /* one helper is enough */
  last_values_save (dialog->request);
  status_area_show_error (dialog->status, NULL);
  status_area_note (dialog->status, NULL);
  status_area_say (dialog->status, _ ("Starting..."));
  pulse (dialog, TRUE);
  /* A large layer takes a moment: the dialog shows first what it does. */
  dialog->start = g_idle_add_full (G_PRIORITY_LOW, start_run, dialog, NULL);
  show_state (dialog);
}

static void
on_fetched (const GError *error, gpointer data)
{
  Dialog *dialog = data;
  g_clear_object (&dialog->fetch);
  if (!error)
    status_area_show_error (dialog->status, NULL);
  end_of_work (dialog, error);
}

static void
fetch_model (gpointer data)
{
  Dialog *dialog = data;
  if (is_busy (dialog))
    return;
  forget_question (dialog);
  status_area_show_error (dialog->status, NULL);
  status_area_say (dialog->status, _ ("Fetching the model..."));
  pulse (dialog, TRUE);
  dialog->fetch = helper_fetch_model (on_fetched, dialog);
  show_state (dialog);
}

static void
cancel (Dialog *dialog)
{
  if (dialog->start)
    {
      g_source_remove (dialog->start);
      dialog->start = 0;
      end_of_work (dialog, NULL);
    }
  else if (dialog->run)
    run_cancel (dialog->run); /* then comes on_finished() */
  else if (dialog->fetch)
    g_cancellable_cancel (dialog->fetch); /* then comes on_fetched() */
}

static void
leave (Dialog *dialog)
{
  dialog->leaving = TRUE;
  if (is_busy (dialog))
    cancel (dialog);
  else
    g_main_loop_quit (dialog->loop);
}

static void
stop_and_keep (Dialog *dialog)
{
  if (!dialog->run)
    return;
  run_stop_and_keep (dialog->run);
  gtk_widget_set_sensitive (button_of (dialog, RESPONSE_KEEP), FALSE);
  status_area_say (dialog->status, _ ("Finishing this step..."));
}

/* The window */

static void
on_response (GtkDialog *window, gint response, gpointer data)
{
  Dialog *dialog = data;
  (void)window;
  switch (response)
    {
    case GTK_RESPONSE_OK:
      paint (dialog);
      break;
    case RESPONSE_KEEP:
      stop_and_keep (dialog);
      break;
    case RESPONSE_RESET:
      reset (dialog);
      break;
    case GTK_RESPONSE_HELP:
      host_help ();
      break;
    case GTK_RESPONSE_CANCEL:
      if (is_busy (dialog))
        cancel (dialog);
      else
        leave (dialog);
      break;
    default: /* its window was closed */
      leave (dialog);
      break;
    }
}

/* Else the window would be destroyed while it is still needed. */
static gboolean
on_delete (GtkWidget *window, GdkEvent *event, gpointer data)
{
  (void)window;
  (void)event;
  (void)data;
  return TRUE;
}

/* Escape is Cancel, not the closing of the window. */
static void
on_escape (GtkDialog *window, gpointer data)
{
  (void)data;
  g_signal_stop_emission_by_name (window, "close");
  gtk_dialog_response (window, GTK_RESPONSE_CANCEL);
}

static gboolean
on_key (GtkWidget *window, GdkEventKey *event, gpointer data)
{
  (void)window;
  (void)data;
  if (event->keyval != GDK_KEY_F1)
    return FALSE;
  host_help ();
  return TRUE;
}

static void
set_layer_picture (gint id, GdkPixbuf *picture, gpointer object)
{
  (void)id;
  Dialog *dialog = g_object_get_data (object, "maniera-dialog");
  preview_view_set_layer (dialog->preview, picture);
}

static GtkWidget *
basic_table_new (Dialog *dialog)
{
  static const PresetListener listener
      = { options_to_save, on_preset, on_preset_failure };
  GtkWidget *table = option_table_new ();
  dialog->presets = preset_row_new (&listener, dialog);
  table_put (
      table,
      mnemonic_label_new (_ ("Prese_ts"), preset_row_list (dialog->presets)), 0,
      0, FALSE);
  gtk_table_attach (GTK_TABLE (table), dialog->presets, 1, 3, 0, 1,
                    GTK_EXPAND | GTK_FILL, GTK_FILL, 0, 0);
  option_rows_put (dialog->options, table, 1, "size", _ ("Si_ze"));
  option_rows_put (dialog->options, table, 2, "quality", _ ("_Quality"));
  option_rows_put (dialog->options, table, 3, "strength", _ ("_Strength"));
  option_rows_put (dialog->options, table, 4, "colors", _ ("Co_lors"));
  return table;
}

/* Two dozen rows that most users never see. */
static void
on_advanced (GtkExpander *advanced, gpointer data)
{
  Dialog *dialog = data;
  if (gtk_bin_get_child (GTK_BIN (advanced)))
    return;
  GtkWidget *others = option_rows_all_others (dialog->options);
  GtkWidget *label = gtk_expander_get_label_widget (advanced);
  GtkWidget *scrolled = scrolled_new (
      others, gtk_label_get_text (GTK_LABEL (label)), ADVANCED_HEIGHT);
  gtk_container_set_border_width (GTK_CONTAINER (others), 6);
  gtk_widget_show_all (scrolled);
  gtk_container_add (GTK_CONTAINER (advanced), scrolled);
}

static GtkWidget *
settings_new (Dialog *dialog)
{
  GtkWidget *settings = gtk_vbox_new (FALSE, 6);
  GtkWidget *basic = basic_table_new (dialog);
  GtkWidget *advanced = gtk_expander_new_with_mnemonic (_ ("_Advanced"));
  g_signal_connect (advanced, "activate", G_CALLBACK (on_advanced), dialog);
  gtk_box_pack_start (GTK_BOX (settings), basic, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (settings), advanced, FALSE, FALSE, 0);
  return settings;
}

static GtkWidget *
halves_new (Dialog *dialog, const HostDrawable *content)
{
  GtkWidget *halves = gtk_hbox_new (FALSE, 12);
  dialog->inputs = gtk_vbox_new (FALSE, 12);
  dialog->preview = preview_view_new (content->width, content->height);
  dialog->styles
      = style_list_new (content->image, dialog->thumbnails, on_styles, dialog);
  gtk_widget_set_size_request (dialog->inputs, SETTINGS_WIDTH, -1);
  gtk_box_pack_start (GTK_BOX (dialog->inputs),
                      style_list_widget (dialog->styles), TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (dialog->inputs), settings_new (dialog), FALSE,
                      FALSE, 0);
  gtk_box_pack_start (GTK_BOX (halves), preview_view_widget (dialog->preview),
                      TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (halves), dialog->inputs, FALSE, FALSE, 0);
  return halves;
}

static void
add_buttons (Dialog *dialog)
{
  GtkDialog *window = GTK_DIALOG (dialog->window);
  GtkWidget *help
      = gtk_dialog_add_button (window, _ ("_Help"), GTK_RESPONSE_HELP);
  GtkWidget *first
      = gtk_dialog_add_button (window, _ ("_Reset"), RESPONSE_RESET);
  GtkButtonBox *buttons = GTK_BUTTON_BOX (gtk_dialog_get_action_area (window));
  gtk_dialog_add_button (window, _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  GtkWidget *keep
      = gtk_dialog_add_button (window, _ ("Stop and _Keep"), RESPONSE_KEEP);
  gtk_dialog_add_button (window, _ ("_Paint"), GTK_RESPONSE_OK);
  gtk_button_box_set_child_secondary (buttons, help, TRUE);
  gtk_button_box_set_child_secondary (buttons, first, TRUE);
  gtk_widget_set_tooltip_text (
      keep, _ ("Ends here, with what is painted so far as the new layer"));
  gtk_dialog_set_default_response (window, GTK_RESPONSE_OK);
}

static void
make_window (Dialog *dialog, const HostDrawable *content)
{
  dialog->window = gtk_dialog_new ();
  GtkBox *area
      = GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (dialog->window)));
  GtkWidget *inside = gtk_vbox_new (FALSE, 12);
  gtk_window_set_title (GTK_WINDOW (dialog->window),
                        _ ("Neural Style (Maniera)"));
  gtk_window_set_role (GTK_WINDOW (dialog->window), "maniera");
  gtk_window_set_default_size (GTK_WINDOW (dialog->window), WIDTH, HEIGHT);
  g_object_set_data (G_OBJECT (dialog->window), "maniera-dialog", dialog);
  /* The largest comes first: it is what the user looks at. */
  thumbnails_ask (dialog->thumbnails, content->id, NULL,
                  MIN (PREVIEW_SIDE, MAX (content->width, content->height)),
                  set_layer_picture, dialog->window);
  dialog->status = status_area_new (fetch_model, dialog);
  gtk_container_set_border_width (GTK_CONTAINER (inside), 12);
  gtk_box_pack_start (GTK_BOX (inside), halves_new (dialog, content), TRUE,
                      TRUE, 0);
  gtk_box_pack_start (GTK_BOX (inside), status_area_widget (dialog->status),
                      FALSE, FALSE, 0);
  gtk_box_pack_start (area, inside, TRUE, TRUE, 0);
  add_buttons (dialog);
  gtk_widget_show_all (inside);
  g_signal_connect (dialog->window, "response", G_CALLBACK (on_response),
                    dialog);
  g_signal_connect (dialog->window, "delete-event", G_CALLBACK (on_delete),
                    NULL);
  g_signal_connect (dialog->window, "close", G_CALLBACK (on_escape), NULL);
  g_signal_connect (dialog->window, "key-press-event", G_CALLBACK (on_key),
                    NULL);
}

/* From the request; with many layers that takes a moment, so the window is
 * there first. */
static gboolean
fill_in (gpointer data)
{
  Dialog *dialog = data;
  dialog->fill = 0;
  style_list_fill (dialog->styles, dialog->request->content);
  style_list_set (dialog->styles, dialog->request->styles);
  style_list_grab_focus (dialog->styles);
  take_over (dialog);
  return G_SOURCE_REMOVE;
}

static void
clear (Dialog *dialog)
{
  forget_question (dialog);
  if (dialog->fill)
    g_source_remove (dialog->fill);
  estimator_free (dialog->estimator);
  run_free (dialog->run);
  thumbnails_free (dialog->thumbnails);
  gtk_widget_destroy (dialog->window);
  option_rows_free (dialog->options);
  g_main_loop_unref (dialog->loop);
}

gint
dialog_run (Request *request)
{
  Dialog        dialog = { .request = request, .layer = -1 };
  HostDrawable *content = host_describe (request->content);
  if (!content)
    return -1;
  dialog.loop = g_main_loop_new (NULL, FALSE);
  dialog.thumbnails = thumbnails_new ();
  dialog.options = option_rows_new (on_options, &dialog);
  option_rows_show_as (dialog.options, "size",
                       MAX (content->width, content->height));
  make_window (&dialog, content);
  option_rows_set (dialog.options, &request->options);
  show_state (&dialog);
  host_window_attach (dialog.window);
  gtk_widget_show (dialog.window);
  dialog.fill = g_idle_add (fill_in, &dialog);
  g_main_loop_run (dialog.loop);
  clear (&dialog);
  host_drawable_free (content);
  return dialog.layer;
}
