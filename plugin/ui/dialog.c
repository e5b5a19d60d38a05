/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the widgets of the dialog do: they change the request, ask for
 * estimates, and start and end what runs. */

#include "plugin/ui/dialog.h"

#include "plugin/client/errors.h"
#include "plugin/client/helper_start.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/run.h"
#include "plugin/run/settings.h"
#include "plugin/run/style_packs.h"
#include "plugin/run/styles_at_hand.h"
#include "plugin/ui/dialog_view.h"
#include "plugin/ui/forecast.h"
#include "plugin/ui/frames_view.h"
#include "plugin/ui/help.h"
#include "plugin/ui/last_try.h"
#include "plugin/ui/try_all.h"

typedef struct
{
  Request      *request;
  gint          layer; /* the newest result; -1 = none */
  gboolean      stays; /* the window, after what is painted now */
  GMainLoop    *loop;
  DialogView    view;
  Forecast     *forecast;
  guint         fill;    /* the source that fills the list; 0 = done */
  Run          *run;     /* NULL = nothing is painted */
  gboolean      changed; /* the settings, since the run began */
  gboolean      kept;    /* the run was told to finish */
  GCancellable *fetch;   /* of the model; NULL = none */
  gboolean      leaving; /* when what runs has ended */
} Dialog;

static gboolean
is_busy (const Dialog *dialog)
{
  return forecast_is_finishing (dialog->forecast) || dialog->run
         || dialog->fetch;
}

static gboolean
can_paint (const Dialog *dialog)
{
  return dialog->request->styles->len > 0
         && !option_rows_complaint (dialog->view.options);
}

static gboolean
can_go_on (const Dialog *dialog)
{
  return !dialog->request->frames
         && last_try_fits (dialog->layer, dialog->request->content);
}

/* The look of what Apply paints can be changed meanwhile. */
static gboolean
can_change (const Dialog *dialog)
{
  return dialog->run && dialog->stays && !dialog->kept
         && !dialog->request->frames;
}

static void
show_state (Dialog *dialog)
{
  const Request    *request = dialog->request;
  const DialogState state = {
    .busy = is_busy (dialog),
    .painting = dialog->run != NULL,
    .kept = dialog->kept,
    .changes = can_change (dialog),
    .can_paint = can_paint (dialog),
    .can_try = !option_rows_complaint (dialog->view.options),
    /* A second try would paint over the first. */
    .can_apply = request->output.placement != PLACEMENT_REPLACE,
    .frames = request->frames,
    .tried = dialog->layer >= 0,
    .can_go_on = can_go_on (dialog),
  };
  dialog_view_show_state (&dialog->view, &state);
}

static void
read_settings (Dialog *dialog)
{
  ManieraOptions resolved;
  dialog->request->options = *option_rows_get (dialog->view.options);
  maniera_options_resolve (&dialog->request->options, &resolved);
  style_list_set_scale (dialog->view.styles, resolved.style_scale);
  style_list_get (dialog->view.styles, dialog->request->styles);
  option_rows_set_one_painting (dialog->view.options,
                                is_of_one_painting (dialog->request));
}

/* After any change: updates the request at once, and asks for an estimate a
 * little later. */
static void
take_over (Dialog *dialog)
{
  read_settings (dialog);
  dialog->request->painting
      = tries_row_goes_on (dialog->view.tries) && can_go_on (dialog)
            ? dialog->layer
            : -1;
  parts_view_follow (dialog->view.parts, dialog->request);
  dialog->request->pairs = parts_view_pairs (dialog->view.parts);
  forecast_forget (dialog->forecast);
  const char *lack = option_rows_complaint (dialog->view.options);
  if (!lack && !can_paint (dialog))
    lack = _ ("Tick one or more pictures whose style you want.");
  status_area_say (dialog->view.status, lack ? lack : _ ("Estimating..."));
  if (!lack)
    forecast_ask (dialog->forecast, dialog->request);
  show_state (dialog);
}

/* What is painted goes on with it. */
static void
change_painting (Dialog *dialog)
{
  const char *lack = option_rows_complaint (dialog->view.options);
  status_area_note (dialog->view.status, lack);
  if (lack)
    return;
  read_settings (dialog);
  dialog->changed = TRUE;
  run_change (dialog->run, dialog->request);
}

/* After a change by the user, who wants to see what it does. A look after a
 * painting would hide that. */
static void
follow_user (gpointer data)
{
  Dialog *dialog = data;
  if (can_change (dialog))
    {
      change_painting (dialog);
      return;
    }
  take_over (dialog);
  quick_look_wish (dialog->view.look);
}

static void
on_options (gpointer data)
{
  Dialog *dialog = data;
  preset_row_forget (dialog->view.presets);
  follow_user (dialog);
}

/* Where there is no style yet they come with the estimate. */
static void
on_parts_wanted (gpointer data)
{
  Dialog *dialog = data;
  if (!is_busy (dialog) && can_paint (dialog))
    parts_view_find (dialog->view.parts, forecast_estimator (dialog->forecast),
                     dialog->request);
}

/* It paints the layer that the preview shows, of an animation the lowest. */
static void
on_try_wanted (gpointer data)
{
  Dialog *dialog = data;
  try_all (dialog->view.window, dialog->view.work,
           forecast_estimator (dialog->forecast), dialog->request,
           dialog->view.styles);
}

/* What it changes takes no time, and is no setting of a preset. */
static void
on_output (gpointer data)
{
  Dialog *dialog = data;
  dialog->request->output = output_row_get (dialog->view.output);
  show_state (dialog);
}

/* Presets */

static Request *
request_of (gpointer data)
{
  Dialog *dialog = data;
  return dialog->request;
}

static void
on_preset (const char *missing, gpointer data)
{
  Dialog *dialog = data;
  option_rows_set (dialog->view.options, &dialog->request->options);
  style_list_set (dialog->view.styles, dialog->request->styles);
  status_area_note (dialog->view.status, missing);
  follow_user (dialog);
}

static void
on_preset_failure (const GError *error, gpointer data)
{
  Dialog *dialog = data;
  status_area_show_error (dialog->view.status, error);
}

static void
reset (Dialog *dialog)
{
  ManieraOptions none;
  maniera_options_init (&none);
  option_rows_set (dialog->view.options, &none);
  dialog->request->output = (Output){ 0 };
  output_row_set (dialog->view.output, &dialog->request->output);
  preset_row_forget (dialog->view.presets);
  style_list_reset (dialog->view.styles); /* calls follow_user() */
}

/* What runs */

/* Shows the inputs again, or leaves the dialog. */
static void
end_of_work (Dialog *dialog, const GError *error)
{
  const gboolean stopped
      = g_error_matches (error, PAINT_ERROR, PAINT_ERROR_STOPPED);
  if (dialog->leaving)
    {
      g_main_loop_quit (dialog->loop);
      return;
    }
  status_area_hide_bar (dialog->view.status);
  if (error || dialog->layer < 0) /* else it is looked at */
    preview_view_set_painting (dialog->view.preview, NULL);
  take_over (dialog);
  if (!error || stopped)
    {
      status_area_note (dialog->view.status, NULL);
    }
  else
    {
      forecast_forget (dialog->forecast); /* it would hide the error */
      status_area_say (dialog->view.status, "");
      status_area_show_error (dialog->view.status, error);
    }
  if (can_paint (dialog))
    gtk_widget_grab_focus (dialog_view_button (&dialog->view, GTK_RESPONSE_OK));
}

static void
on_progress (const RunProgress *progress, gpointer data)
{
  Dialog *dialog = data;
  status_area_say_progress (dialog->view.status, progress);
  if (progress->preview)
    preview_view_set_painting (dialog->view.preview, progress->preview);
}

static void
on_warned (const char *text, gpointer data)
{
  Dialog *dialog = data;
  status_area_note (dialog->view.status, text);
}

/* A quick run has sent no preview, and the last one is not the painting. */
static void
show_painting (Dialog *dialog)
{
  g_autoptr (GdkPixbuf) painting
      = dialog->leaving ? NULL : host_thumbnail (dialog->layer, PREVIEW_SIDE);
  if (painting)
    preview_view_set_painting (dialog->view.preview, painting);
}

static void
on_finished (gint layer, gboolean complete, const GError *error, gpointer data)
{
  Dialog *dialog = data;
  (void)complete;
  run_free (g_steal_pointer (&dialog->run));
  if (layer >= 0)
    {
      last_try_yield (dialog->layer, layer, dialog->request->content,
                      tries_row_newest_stays (dialog->view.tries));
      dialog->layer = layer;
      dialog->leaving = dialog->leaving || !dialog->stays;
      if (dialog->changed)
        last_values_save (dialog->request);
    }
  end_of_work (dialog, error);
  if (layer >= 0)
    show_painting (dialog);
  if (layer >= 0 && error)
    status_area_note (dialog->view.status,
                      _ ("The new settings could not be painted. The new layer "
                         "is the painting as it was before the change."));
}

static void
start_run (gpointer data)
{
  static const RunListener listener = { on_progress, on_warned, on_finished };
  Dialog                  *dialog = data;
  const Request           *request = dialog->request;
  GError                  *error = NULL;
  dialog->run = run_start (request, PREVIEW_SIDE, &listener, dialog, &error);
  if (dialog->run)
    {
      show_state (dialog);
      gtk_widget_grab_focus (dialog_view_button (&dialog->view, RESPONSE_KEEP));
    }
  else
    {
      end_of_work (dialog, error);
      g_error_free (error);
    }
}

static void
paint (Dialog *dialog, gboolean stays)
{
  if (is_busy (dialog) || !can_paint (dialog))
    return;
  dialog->stays = stays;
  dialog->changed = dialog->kept = FALSE;
  parts_view_hide (dialog->view.parts);
  dialog->request->pairs = parts_view_pairs (dialog->view.parts);
  last_values_save (dialog->request);
  styles_at_hand_used (dialog->request->styles);
  status_area_show_error (dialog->view.status, NULL);
  status_area_note (dialog->view.status, NULL);
  status_area_say (dialog->view.status, _ ("Starting..."));
  status_area_pulse (dialog->view.status);
  forecast_finish (dialog->forecast, start_run, dialog);
  show_state (dialog);
}

static void
on_fetched (const GError *error, gpointer data)
{
  Dialog *dialog = data;
  g_clear_object (&dialog->fetch);
  if (!error)
    status_area_show_error (dialog->view.status, NULL);
  end_of_work (dialog, error);
}

static void
fetch_model (gpointer data)
{
  Dialog *dialog = data;
  if (is_busy (dialog))
    return;
  forecast_forget (dialog->forecast);
  status_area_show_error (dialog->view.status, NULL);
  status_area_say (dialog->view.status, _ ("Fetching the model..."));
  status_area_pulse (dialog->view.status);
  dialog->fetch = helper_fetch_model (on_fetched, dialog);
  show_state (dialog);
}

static void
cancel (Dialog *dialog)
{
  if (forecast_is_finishing (dialog->forecast))
    {
      forecast_go_on (dialog->forecast);
      end_of_work (dialog, NULL);
    }
  else if (dialog->run)
    run_cancel (dialog->run); /* which leads to on_finished() */
  else if (dialog->fetch)
    g_cancellable_cancel (dialog->fetch); /* which leads to on_fetched() */
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
  dialog->kept = TRUE;
  show_state (dialog);
  status_area_say (dialog->view.status, _ ("Finishing this step..."));
}

/* The window */

/* What was opened meanwhile can be a style too. */
static void
on_focused (gpointer data)
{
  Dialog *dialog = data;
  if (!dialog->fill)
    style_list_fill (dialog->view.styles, dialog->request->content);
}

static void
on_response (GtkDialog *window, gint response, gpointer data)
{
  Dialog *dialog = data;
  (void)window;
  switch (response)
    {
    case GTK_RESPONSE_OK:
      paint (dialog, FALSE);
      break;
    case RESPONSE_APPLY:
      paint (dialog, TRUE);
      break;
    case RESPONSE_KEEP:
      stop_and_keep (dialog);
      break;
    case RESPONSE_RESET:
      reset (dialog);
      break;
    case GTK_RESPONSE_HELP:
      help_show (dialog->view.window);
      break;
    case GTK_RESPONSE_CANCEL:
      if (is_busy (dialog))
        cancel (dialog);
      else
        leave (dialog);
      break;
    default: /* the window was closed */
      leave (dialog);
      break;
    }
}

/* Fills the list of styles and ticks those of the request. With many layers
 * this takes a moment, so the window is shown first. */
static gboolean
fill_in (gpointer data)
{
  Dialog *dialog = data;
  dialog->fill = 0;
  forecast_prepare (dialog->forecast);
  style_list_fill (dialog->view.styles, dialog->request->content);
  style_list_set (dialog->view.styles, dialog->request->styles);
  style_list_grab_focus (dialog->view.styles);
  if (dialog->layer < 0)
    follow_user (dialog);
  else
    take_over (dialog); /* the painting is looked at */
  return G_SOURCE_REMOVE;
}

static void
clear (Dialog *dialog)
{
  if (dialog->fill)
    g_source_remove (dialog->fill);
  forecast_free (dialog->forecast);
  run_free (dialog->run);
  dialog_view_clear (&dialog->view);
  g_main_loop_unref (dialog->loop);
}

gint
dialog_run (Request *request, const char *note, gint painted)
{
  static const DialogEvents events
      = { .styles_changed = follow_user,
          .try_wanted = on_try_wanted,
          .options_changed = on_options,
          .output_changed = on_output,
          .look_wanted = follow_user,
          .parts_wanted = on_parts_wanted,
          .parts_paired = follow_user,
          .presets = { request_of, on_preset, on_preset_failure },
          .fetch_model = fetch_model,
          .focused = on_focused,
          .responded = on_response };
  Dialog        dialog = { .request = request, .layer = painted };
  HostDrawable *content = host_describe (request->content);
  if (!content)
    return -1;
  dialog.loop = g_main_loop_new (NULL, FALSE);
  dialog_view_make (&dialog.view, content, &events, &dialog);
  dialog.forecast
      = forecast_new (dialog.view.status, dialog.view.look, dialog.view.parts);
  if (request->frames)
    frames_view_fit (&dialog.view, content);
  option_rows_set (dialog.view.options, &request->options);
  output_row_set (dialog.view.output, &request->output);
  parts_view_set_pairs (dialog.view.parts, &request->pairs);
  status_area_note (dialog.view.status, note);
  show_state (&dialog);
  if (painted >= 0)
    show_painting (&dialog);
  host_window_attach (dialog.view.window);
  gtk_widget_show (dialog.view.window);
  dialog.fill = g_idle_add (fill_in, &dialog);
  g_main_loop_run (dialog.loop);
  clear (&dialog);
  host_drawable_free (content);
  return dialog.layer == painted ? -1 : dialog.layer;
}
