/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One painting from request to layer. */

#include "plugin/run/run.h"

#include "helper/messages/protocol.h"
#include "plugin/client/errors.h"
#include "plugin/client/helper_start.h"
#include "plugin/client/shared_memory.h"
#include "plugin/client/wire.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/animation.h"
#include "plugin/run/arrival.h"
#include "plugin/run/change.h"
#include "plugin/run/part_copies.h"
#include "plugin/run/recipe.h"
#include "plugin/run/run_plan.h"
#include "plugin/run/style_values.h"

#include <math.h>
#include <string.h>

enum
{
  DELAY = 400 /* ms from the last change of settings to the new request */
};

struct _Run
{
  Request      *request; /* ours */
  RunPlan       plan;    /* of it */
  char         *styles;  /* their names, of what is open when the run begins */
  Version       now;     /* what is being painted */
  Change        change;
  guint         delay;    /* the source that begins the change; 0 = none */
  gboolean      changing; /* the request is stopped for it */
  Arrival       arrival;
  Animation    *animation; /* NULL = one picture is painted */
  RunListener   listener;
  gpointer      data;
  SharedMemory  memory;
  HelperClient *client;
  gint64        id;      /* of the call of `stylize` */
  gboolean      open;    /* it has no answer yet */
  gboolean      stopped; /* and is to be kept as it is */
  gboolean      cancelled;
  gboolean      orphan;  /* nobody waits for the answer: it frees the run */
  char         *warning; /* the last one */
};

static char *
style_names (const Request *request)
{
  GString *names = g_string_new (NULL);
  for (guint i = 0; i < request->styles->len; ++i)
    {
      g_autofree char *name
          = style_name (g_ptr_array_index (request->styles, i));
      g_string_append_printf (names, "%s%s", i ? " + " : "", name);
    }
  return g_string_free (names, FALSE);
}

static char *
layer_name (const char *styles, const ManieraOptions *options)
{
  ManieraOptions resolved;
  char           strength[16];
  maniera_options_resolve (options, &resolved);
  maniera_option_get (&resolved, "strength", strength, sizeof strength);
  /* Translators: the new layer's name: the styles' names and the strength, 0 to
   * 100. */
  return g_strdup_printf (_ ("%s, strength %s"), styles, strength);
}

/* The SHA-256 of the model that painted a result; NULL = it does not say. */
static const char *
model_of (JsonObject *result)
{
  JsonObject *model = wire_object (result, "model");
  return model ? wire_text (model, "sha256") : NULL;
}

typedef struct
{
  const Run     *run;
  const Version *version;
} Painted;

static gboolean
fill (gint layer, gpointer data, GError **error)
{
  const Painted *painted = data;
  const Run     *run = painted->run;
  const RunPlan *plan = &run->plan;
  if (!pixels_import (&run->memory, &plan->job.output, &run->arrival.copy,
                      plan->limit.width ? &plan->limit : NULL, layer, error))
    return FALSE;
  g_autofree char *recipe = recipe_with_model (
      painted->version->recipe, model_of (painted->version->result));
  host_attach (layer, RECIPE_NAME, recipe);
  return TRUE;
}

static gint
import_painting (Run *run, const Version *version, GError **error)
{
  Painted     painted = { run, version };
  const char *note = NULL;
  const gint  layer = arrival_layer (&run->arrival, version->name, fill,
                                     &painted, &note, error);
  if (layer >= 0 && note)
    host_message (note); /* the dialog is about to leave */
  return layer;
}

/* Changes of settings */

static void ask (Run *run);

static void
forget_change (Run *run)
{
  if (run->delay)
    g_source_remove (run->delay);
  run->delay = 0;
  change_forget (&run->change);
}

static gboolean
prepare_change (Run *run, GError **error)
{
  return change_prepare (&run->change, &run->plan, &run->memory,
                         &run->arrival.copy, error);
}

/* Stops the request, which leads to painted(). One that has painted nothing yet
 * is waited for, as there would be nothing to go on from. */
static void
begin_change (Run *run)
{
  g_autoptr (GError) error = NULL;
  if (!run->change.wish || run->delay || run->changing
      || !change_has_begun (&run->change))
    return;
  if (prepare_change (run, &error))
    {
      run->changing = TRUE;
      helper_client_stop (run->client, run->id, TRUE);
      return;
    }
  run->listener.warned (error->message, run->data);
  forget_change (run);
}

static gboolean
on_delay (gpointer data)
{
  Run *run = data;
  run->delay = 0;
  begin_change (run);
  return G_SOURCE_REMOVE;
}

/* Goes on from what was painted, with the settings that are wished for. FALSE
 * with an error where that is impossible; the painting is then the result. */
static gboolean
go_on (Run *run, JsonObject *result, GError **error)
{
  Version before = run->now;
  before.result = json_object_ref (result);
  run->now = (Version){ 0 };
  version_clear (&run->change.kept);
  run->change.kept = before;
  if (!prepare_change (run, error))
    return FALSE;
  change_apply (&run->change, &run->plan, run->request);
  forget_change (run);
  run->now.name = layer_name (run->styles, &run->request->options);
  run->now.recipe = recipe_with_settings (before.recipe, run->request);
  ask (run);
  return TRUE;
}

/* The end of a request */

/* Makes the layer of the result, or of what was painted before the settings
 * changed where the new request failed: then there is an error too. */
static gint
make_layer (Run *run, JsonObject *result, GError **error)
{
  Version *version = result ? &run->now : &run->change.kept;
  GError  *failure = NULL;
  if (result && version->result != result)
    version->result = json_object_ref (result);
  if (run->cancelled || !version->result)
    return -1;
  const gint layer = run->animation ? animation_end (
                         run->animation, model_of (version->result), &failure)
                                    : import_painting (run, version, &failure);
  /* Who keeps what was there before the change wants nothing else. */
  if (run->stopped
      && g_error_matches (*error, PAINT_ERROR, PAINT_ERROR_STOPPED))
    g_clear_error (error);
  if (failure)
    {
      g_clear_error (error);
      *error = failure;
    }
  return layer;
}

static void
painted (GObject *source, GAsyncResult *answer, gpointer data)
{
  (void)source;
  Run    *run = data;
  GError *error = NULL;
  g_autoptr (JsonObject) result
      = helper_client_call_finish (run->client, answer, &error);
  run->open = FALSE;
  if (run->orphan)
    {
      g_clear_error (&error);
      run_free (run);
      return;
    }
  if (run->cancelled)
    { /* the reply came in the meantime */
      g_clear_error (&error);
      g_clear_pointer (&result, json_object_unref);
      error = paint_error_new (PAINT_ERROR_STOPPED, NULL);
    }
  if (result && run->change.wish)
    {
      if (go_on (run, result, &error))
        return;
      g_clear_pointer (&result, json_object_unref);
    }
  forget_change (run);
  const gint     layer = make_layer (run, result, &error);
  const gboolean complete = result && wire_true (result, "complete");
  run->listener.finished (layer, complete, error,
                          run->data); /* which may free the run */
  g_clear_error (&error);
}

static gint64
slot_bytes (const Run *run)
{
  const gint64 side = run->plan.job.preview_side;
  return side * side * 3;
}

/* A copy of the newest preview, which the helper will overwrite; NULL when
 * there is none. */
static GdkPixbuf *
read_preview (const Run *run, JsonObject *progress)
{
  JsonObject *preview = wire_object (progress, "preview");
  const gint  side = run->plan.job.preview_side;
  if (!side || !preview)
    return NULL;
  const gint64 start = run->plan.job.preview_offset;
  const gint   width = (gint)wire_number (preview, "width", 1, side, 0);
  const gint   height = (gint)wire_number (preview, "height", 1, side, 0);
  const gint64 all = slot_bytes (run) * MANIERA_PREVIEW_SLOTS,
               bytes = (gint64)width * height * 3;
  const double at = wire_number (preview, "offset", (double)start,
                                 (double)(start + all - bytes), -1);
  if (bytes == 0 || at < 0)
    return NULL;
  guint8 *memory = shared_memory_map (&run->memory, start, all, NULL);
  if (!memory)
    return NULL;
  GBytes *pixels = g_bytes_new (memory + ((gint64)at - start), (gsize)bytes);
  shared_memory_unmap (memory, all);
  GdkPixbuf *picture = gdk_pixbuf_new_from_bytes (
      pixels, GDK_COLORSPACE_RGB, FALSE, 8, width, height, width * 3);
  g_bytes_unref (pixels);
  return picture;
}

/* A warning that repeats is reported once: a helper that swaps may send one at
 * every step. */
static void
tell_warning (Run *run, JsonObject *log)
{
  const char *text = wire_text (log, "text");
  if (g_strcmp0 (wire_text (log, "level"), "warning") != 0 || !text)
    return;
  const char *sentence = paint_warning (wire_text (log, "about"), text);
  if (g_strcmp0 (sentence, run->warning) == 0)
    return;
  g_free (run->warning);
  run->warning = g_strdup (sentence);
  run->listener.warned (run->warning, run->data);
}

static void
tell_progress (Run *run, JsonObject *params)
{
  if (wire_number (params, "id", 0, G_MAXINT32, -1) != (double)run->id)
    return;
  GdkPixbuf  *preview = read_preview (run, params);
  RunProgress progress = {
    .fraction = wire_number (params, "fraction", 0, 1, 0),
    .frame = (gint)wire_number (params, "frame", 1, 1e9, 0),
    .frames = (gint)wire_number (params, "frames", 1, 1e9, 0),
    .scale = (gint)wire_number (params, "scale", 1, 1000, 1),
    .scales = (gint)wire_number (params, "scales", 1, 1000, 1),
    .step = (gint)wire_number (params, "step", 0, 1e9, 0),
    .steps = (gint)wire_number (params, "steps", 0, 1e9, 0),
    .loss = wire_number (params, "loss", 0, G_MAXDOUBLE, NAN),
    .seconds_left = wire_number (params, "seconds-left", 0, 1e9, NAN),
    .preview = preview,
  };
  change_hear (&run->change, &progress);
  run->listener.progress (&progress, run->data);
  g_clear_object (&preview);
  begin_change (run); /* where that waited for this */
}

static void
take_frame (Run *run, JsonObject *params)
{
  const char *file = wire_text (params, "file");
  if (run->animation && file)
    animation_add (run->animation,
                   (guint)wire_number (params, "frame", 1, 1e9, 0), file);
}

static void
notified (const char *method, JsonObject *params, gpointer data)
{
  Run *run = data;
  if (run->cancelled)
    return;
  if (strcmp (method, MANIERA_METHOD_PROGRESS) == 0)
    tell_progress (run, params);
  else if (strcmp (method, MANIERA_METHOD_FRAME) == 0)
    take_frame (run, params);
  else if (strcmp (method, MANIERA_METHOD_LOG) == 0)
    tell_warning (run, params);
}

/* Asks for the painting, or for those of all frames. */
static void
ask (Run *run)
{
  JsonObject *params = job_params (&run->plan.job);
  if (run->animation)
    animation_tell (run->animation, params);
  run->id = helper_client_call (run->client,
                                run->animation ? MANIERA_METHOD_FRAMES
                                               : MANIERA_METHOD_STYLIZE,
                                params, painted, run);
  run->open = TRUE;
  run->changing = FALSE;
}

/* Notes what is open now: by the time the painting arrives it may be closed. */
static void
note_sources (Run *run)
{
  run->styles = style_names (run->request);
  run->now.name = layer_name (run->styles, &run->request->options);
  run->now.recipe = recipe_text (run->request);
  arrival_prepare (&run->arrival, g_steal_pointer (&run->plan.content),
                   &run->plan.copy, &run->request->output);
}

static gboolean
reserve_previews (Run *run, gint side, GError **error)
{
  JobPlan *job = &run->plan.job;
  job->preview_side = side;
  if (side)
    job->preview_offset = shared_memory_reserve (
        &run->memory, slot_bytes (run) * MANIERA_PREVIEW_SLOTS, error);
  return job->preview_offset >= 0;
}

static gboolean
hand_over (Run *run, gint preview_side, GError **error)
{
  if (!shared_memory_open (&run->memory, error)
      || !run_plan_make (&run->plan, &run->memory, run->request, 0, error)
      || !part_copies_add (&run->plan, &run->memory, run->request, error)
      || !reserve_previews (run, preview_side, error))
    return FALSE;
  if (run->request->frames)
    run->animation = animation_new (run->request, error);
  if (run->request->frames && !run->animation)
    return FALSE;
  static const HelperListener listener = { notified };
  run->client = helper_start (run->memory.fd, &listener, run, error);
  if (!run->client)
    return FALSE;
  if (!run->animation)
    note_sources (run);
  ask (run);
  return TRUE;
}

Run *
run_start (const Request     *request,
           gint               preview_side,
           const RunListener *listener,
           gpointer           data,
           GError           **error)
{
  Run *run = g_new0 (Run, 1);
  run->request = request_copy (request);
  run->listener = *listener;
  run->data = data;
  run->memory.fd = -1;
  if (hand_over (run, preview_side, error))
    return run;
  run_free (run);
  return NULL;
}

void
run_change (Run *run, const Request *request)
{
  if (!run->open || run->stopped || run->cancelled || run->animation)
    return;
  forget_change (run);
  if (change_wish (&run->change, run->request, request) || run->changing)
    run->delay = g_timeout_add (DELAY, on_delay, run);
  else
    change_forget (&run->change); /* back at what is being painted */
}

/* What goes on with other settings and is at its beginning has nothing better
 * than what it began with, which is kept. */
void
run_stop_and_keep (Run *run)
{
  const gboolean has_own
      = change_has_begun (&run->change) || !run->change.kept.result;
  run->stopped = TRUE;
  forget_change (run);
  if (run->open && run->client)
    helper_client_stop (run->client, run->id, has_own);
}

/* A step may take minutes, so the helper is ended at once. That also answers
 * the open call. */
void
run_cancel (Run *run)
{
  run->cancelled = TRUE;
  forget_change (run);
  g_clear_pointer (&run->client, helper_client_free);
}

void
run_free (Run *run)
{
  if (!run)
    return;
  HelperClient *client = g_steal_pointer (&run->client);
  forget_change (run);
  run->orphan = run->open;
  if (run->orphan)
    {
      helper_client_free (client); /* the run may be gone after this */
      return;
    }
  helper_client_free (client);
  shared_memory_close (&run->memory);
  change_clear (&run->change);
  version_clear (&run->now);
  run_plan_clear (&run->plan);
  arrival_clear (&run->arrival);
  animation_free (run->animation);
  request_free (run->request);
  g_free (run->warning);
  g_free (run->styles);
  g_free (run);
}
