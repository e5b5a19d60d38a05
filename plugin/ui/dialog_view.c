/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Preview on the left, styles and settings on the right, the status area and
 * the buttons below. */

#include "plugin/ui/dialog_view.h"

#include "plugin/i18n.h"
#include "plugin/ui/help.h"
#include "plugin/ui/widgets.h"

enum
{
  WIDTH = 940, /* px of the window at first */
  HEIGHT = 680,
  SETTINGS_WIDTH = 390, /* px, of the right half */
  ADVANCED_HEIGHT = 115 /* px; more would pass 768 px */
};

/* Keeps GTK from destroying the window, which is still needed. */
static gboolean
on_delete (GtkWidget *window, GdkEvent *event, gpointer data)
{
  (void)window;
  (void)event;
  (void)data;
  return TRUE;
}

/* Escape is Cancel; it does not close the window. */
static void
on_escape (GtkDialog *window, gpointer data)
{
  (void)data;
  g_signal_stop_emission_by_name (window, "close");
  gtk_dialog_response (window, GTK_RESPONSE_CANCEL);
}

static gboolean
on_focus (GtkWidget *window, GdkEvent *event, gpointer data)
{
  DialogView *view = data;
  (void)window;
  (void)event;
  view->focused (view->data);
  return FALSE;
}

static void
set_layer_picture (gint id, GdkPixbuf *picture, gpointer object)
{
  (void)id;
  DialogView *view = g_object_get_data (object, "maniera-view");
  preview_view_set_layer (view->preview, picture);
}

static GtkWidget *
basic_table_new (DialogView *view, const DialogEvents *events, gpointer data)
{
  GtkWidget *table = option_table_new ();
  view->presets = preset_row_new (&events->presets, data);
  view->fixed[0]
      = mnemonic_label_new (_ ("Prese_ts"), preset_row_list (view->presets));
  view->fixed[1] = view->presets;
  table_put (table, view->fixed[0], 0, 0, FALSE);
  gtk_table_attach (GTK_TABLE (table), view->presets, 1, 3, 0, 1,
                    GTK_EXPAND | GTK_FILL, GTK_FILL, 0, 0);
  option_rows_put (view->options, table, 1, "size", _ ("Si_ze"));
  option_rows_put (view->options, table, 2, "quality", _ ("_Quality"));
  option_rows_put (view->options, table, 3, "strength", _ ("_Strength"));
  option_rows_put (view->options, table, 4, "colors", _ ("Co_lors"));
  view->output = output_row_new (events->output_changed, data);
  view->fixed[2]
      = mnemonic_label_new (_ ("O_utput"), output_row_list (view->output));
  view->fixed[3] = view->output;
  table_put (table, view->fixed[2], 0, 5, FALSE);
  gtk_table_attach (GTK_TABLE (table), view->output, 1, 3, 5, 6,
                    GTK_EXPAND | GTK_FILL, GTK_FILL, 0, 0);
  return table;
}

/* Most users never see these two dozen rows: they are made when they are opened
 * for the first time. */
static void
on_advanced (GtkExpander *advanced, gpointer data)
{
  DialogView *view = data;
  if (gtk_bin_get_child (GTK_BIN (advanced)))
    return;
  GtkWidget *others = option_rows_all_others (view->options);
  GtkWidget *label = gtk_expander_get_label_widget (advanced);
  GtkWidget *scrolled = scrolled_new (
      others, gtk_label_get_text (GTK_LABEL (label)), ADVANCED_HEIGHT);
  gtk_container_set_border_width (GTK_CONTAINER (others), 6);
  gtk_widget_show_all (scrolled);
  gtk_container_add (GTK_CONTAINER (advanced), scrolled);
}

static GtkWidget *
settings_new (DialogView *view, const DialogEvents *events, gpointer data)
{
  GtkWidget *settings = gtk_vbox_new (FALSE, 6);
  GtkWidget *basic = basic_table_new (view, events, data);
  GtkWidget *advanced = gtk_expander_new_with_mnemonic (_ ("_Advanced"));
  g_signal_connect (advanced, "activate", G_CALLBACK (on_advanced), view);
  gtk_box_pack_start (GTK_BOX (settings), basic, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (settings), advanced, FALSE, FALSE, 0);
  return settings;
}

static GtkWidget *
inputs_new (DialogView         *view,
            gint                image,
            const DialogEvents *events,
            gpointer            data)
{
  GtkWidget *inputs = gtk_vbox_new (FALSE, 12);
  view->styles
      = style_list_new (image, view->thumbnails, events->styles_changed,
                        events->try_wanted, data);
  gtk_widget_set_size_request (inputs, SETTINGS_WIDTH, -1);
  gtk_box_pack_start (GTK_BOX (inputs), style_list_widget (view->styles), TRUE,
                      TRUE, 0);
  gtk_box_pack_start (GTK_BOX (inputs), parts_view_tick (view->parts), FALSE,
                      FALSE, 0);
  gtk_box_pack_start (GTK_BOX (inputs), settings_new (view, events, data),
                      FALSE, FALSE, 0);
  return inputs;
}

static GtkWidget *
halves_new (DialogView *view)
{
  GtkWidget *halves = gtk_hbox_new (FALSE, 12);
  gtk_box_pack_start (GTK_BOX (halves), preview_view_widget (view->preview),
                      TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (halves), view->inputs, FALSE, FALSE, 0);
  return halves;
}

static void
add_buttons (DialogView *view)
{
  GtkDialog *window = GTK_DIALOG (view->window);
  GtkWidget *help
      = gtk_dialog_add_button (window, _ ("_Help"), GTK_RESPONSE_HELP);
  GtkWidget *first
      = gtk_dialog_add_button (window, _ ("_Reset"), RESPONSE_RESET);
  GtkButtonBox *buttons = GTK_BUTTON_BOX (gtk_dialog_get_action_area (window));
  gtk_dialog_add_button (window, _ ("_Cancel"), GTK_RESPONSE_CANCEL);
  GtkWidget *keep
      = gtk_dialog_add_button (window, _ ("Stop and _Keep"), RESPONSE_KEEP);
  GtkWidget *apply
      = gtk_dialog_add_button (window, _ ("Appl_y"), RESPONSE_APPLY);
  gtk_dialog_add_button (window, _ ("_Paint"), GTK_RESPONSE_OK);
  gtk_button_box_set_child_secondary (buttons, help, TRUE);
  gtk_button_box_set_child_secondary (buttons, first, TRUE);
  gtk_widget_set_tooltip_text (
      keep, _ ("Stops here and makes what is painted so far the new layer"));
  gtk_widget_set_tooltip_text (
      apply,
      _ ("Paints a new layer and leaves this window open, to try again"));
  gtk_dialog_set_default_response (window, GTK_RESPONSE_OK);
}

static void
window_new (DialogView *view, const HostDrawable *content)
{
  /* Translators: the dialog's title: the layer's and its image's name. */
  g_autofree char *title
      = g_strdup_printf (_ ("Neural Style (Maniera): %s (%s)"), content->name,
                         content->image_name);
  view->window = gtk_dialog_new ();
  gtk_window_set_title (GTK_WINDOW (view->window), title);
  gtk_window_set_role (GTK_WINDOW (view->window), "maniera");
  gtk_window_set_default_size (GTK_WINDOW (view->window), WIDTH, HEIGHT);
  g_object_set_data (G_OBJECT (view->window), "maniera-view", view);
}

static void
lay_out (DialogView *view)
{
  GtkBox *area
      = GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (view->window)));
  GtkWidget *inside = gtk_vbox_new (FALSE, 12);
  gtk_container_set_border_width (GTK_CONTAINER (inside), 12);
  gtk_box_pack_start (GTK_BOX (inside), halves_new (view), TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (inside), view->tries, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (inside), status_area_widget (view->status),
                      FALSE, FALSE, 0);
  gtk_box_pack_start (area, inside, TRUE, TRUE, 0);
  add_buttons (view);
  gtk_widget_show_all (inside);
}

static void
connect (DialogView *view, const DialogEvents *events, gpointer data)
{
  g_signal_connect (view->window, "response", G_CALLBACK (events->responded),
                    data);
  g_signal_connect (view->window, "delete-event", G_CALLBACK (on_delete), NULL);
  g_signal_connect (view->window, "close", G_CALLBACK (on_escape), NULL);
  view->focused = events->focused;
  view->data = data;
  g_signal_connect (view->window, "focus-in-event", G_CALLBACK (on_focus),
                    view);
  help_follow_f1 (view->window);
}

void
dialog_view_make (DialogView         *view,
                  const HostDrawable *content,
                  const DialogEvents *events,
                  gpointer            data)
{
  const gint longer = MAX (content->width, content->height);
  view->thumbnails = thumbnails_new ();
  view->options = option_rows_new (events->options_changed, data);
  option_rows_show_as (view->options, "size", longer);
  window_new (view, content);
  /* The largest comes first: it is what the user looks at. */
  thumbnails_ask (view->thumbnails, content->id, NULL,
                  MIN (PREVIEW_SIDE, longer), set_layer_picture, view->window);
  view->preview = preview_view_new (content->width, content->height);
  view->work = small_work_new ();
  view->look
      = quick_look_new (view->preview, view->work, events->look_wanted, data);
  const PartsEvents parts
      = { events->parts_wanted, events->parts_paired, events->focused };
  view->parts = parts_view_new (view->preview, view->options, view->work,
                                view->thumbnails, &parts, data);
  view->inputs = inputs_new (view, content->image, events, data);
  view->tries = tries_row_new (events->look_wanted, data);
  view->status = status_area_new (events->fetch_model, data);
  lay_out (view);
  connect (view, events, data);
}

void
dialog_view_clear (DialogView *view)
{
  thumbnails_free (view->thumbnails);
  gtk_widget_destroy (view->window);
  small_work_free (view->work);
  option_rows_free (view->options);
}

GtkWidget *
dialog_view_button (const DialogView *view, gint response)
{
  return gtk_dialog_get_widget_for_response (GTK_DIALOG (view->window),
                                             response);
}

static void
allow (const DialogView *view, gint response, gboolean allowed)
{
  gtk_widget_set_sensitive (dialog_view_button (view, response), allowed);
}

static void
show (const DialogView *view, gint response, gboolean shown)
{
  gtk_widget_set_visible (dialog_view_button (view, response), shown);
}

void
dialog_view_show_state (const DialogView *view, const DialogState *state)
{
  const gboolean busy = state->busy;
  gtk_widget_set_sensitive (view->inputs, !busy || state->changes);
  for (gsize i = 0; i < G_N_ELEMENTS (view->fixed); ++i)
    gtk_widget_set_sensitive (view->fixed[i], !busy);
  style_list_fix (view->styles, busy);
  style_list_allow_trying (view->styles, state->can_try);
  option_rows_fix (view->options, busy);
  quick_look_allow (view->look, !busy);
  parts_view_allow (view->parts, !busy);
  allow (view, RESPONSE_RESET, !busy);
  allow (view, GTK_RESPONSE_OK, state->can_paint);
  show (view, GTK_RESPONSE_OK, !busy);
  allow (view, RESPONSE_APPLY, state->can_paint && state->can_apply);
  show (view, RESPONSE_APPLY, !busy && !state->frames);
  allow (view, RESPONSE_KEEP, !state->kept);
  show (view, RESPONSE_KEEP, state->painting);
  tries_row_show (view->tries, state->tried, !busy && state->can_go_on);
}
