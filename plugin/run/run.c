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
#include "plugin/run/recipe.h"
#include "plugin/run/run_plan.h"

#include <math.h>
#include <string.h>

struct _Run
{
  Request      *request; /* ours */
  char         *name;    /* the new layer's, and its recipe, of what is open */
  char         *recipe;  /* when the run begins */
  Arrival       arrival;
  Animation    *animation; /* NULL = one picture is painted */
  RunListener   listener;
  gpointer      data;
  SharedMemory  memory;
  MemoryPicture painting;
  MemoryPicture limit; /* of width 0: none */
  gint64        preview_offset;
  gint          preview_side;
  HelperClient *client;
  gint64        id;   /* of the call of `stylize` */
  gboolean      open; /* it has no answer yet */
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
      const StyleChoice *style = g_ptr_array_index (request->styles, i);
      HostDrawable      *layer
          = style->file ? NULL : host_describe (style->drawable);
      char *name
          = layer
                ? g_strdup (layer->name)
                : g_filename_display_basename (style->file ? style->file : "");
      g_string_append_printf (names, "%s%s", i ? " + " : "", name);
      g_free (name);
      host_drawable_free (layer);
    }
  return g_string_free (names, FALSE);
}

static char *
layer_name (const Request *request)
{
  ManieraOptions resolved;
  char           strength[16];
  maniera_options_resolve (&request->options, &resolved);
  maniera_option_get (&resolved, "strength", strength, sizeof strength);
  g_autofree char *styles = style_names (request);
  /* Translators: the new layer's name: the styles' names and the strength, 0 to
   * 100. */
  return g_strdup_printf (_ ("%s, strength %s"), styles, strength);
}

typedef struct
{
  const Run  *run;
  JsonObject *result;
} Painted;

static gboolean
fill (gint layer, gpointer data, GError **error)
{
  const Painted *painted = data;
  const Run     *run = painted->run;
  JsonObject    *model = wire_object (painted->result, "model");
  if (!pixels_import (&run->memory, &run->painting, &run->arrival.copy,
                      run->limit.width ? &run->limit : NULL, layer, error))
    return FALSE;
  g_autofree char *recipe = recipe_with_model (
      run->recipe, model ? wire_text (model, "sha256") : NULL);
  host_attach (layer, RECIPE_NAME, recipe);
  return TRUE;
}

static gint
import_painting (Run *run, JsonObject *result, GError **error)
{
  Painted     painted = { run, result };
  const char *note = NULL;
  const gint  layer
      = arrival_layer (&run->arrival, run->name, fill, &painted, &note, error);
  if (layer >= 0 && note)
    host_message (note); /* the dialog is about to leave */
  return layer;
}

static void
painted (GObject *source, GAsyncResult *answer, gpointer data)
{
  (void)source;
  Run        *run = data;
  GError     *error = NULL;
  JsonObject *result = helper_client_call_finish (run->client, answer, &error);
  run->open = FALSE;
  if (run->orphan)
    {
      g_clear_error (&error);
      g_clear_pointer (&result, json_object_unref);
      run_free (run);
      return;
    }
  if (run->cancelled)
    { /* the reply came in the meantime */
      g_clear_error (&error);
      g_clear_pointer (&result, json_object_unref);
      error = paint_error_new (PAINT_ERROR_STOPPED, NULL);
    }
  gint     layer = -1;
  gboolean complete = FALSE;
  if (result)
    {
      complete = wire_true (result, "complete");
      layer = run->animation ? animation_end (run->animation, &error)
                             : import_painting (run, result, &error);
      json_object_unref (result);
    }
  run->listener.finished (layer, complete, error,
                          run->data); /* which may free the run */
  g_clear_error (&error);
}

static gint64
slot_bytes (const Run *run)
{
  return (gint64)run->preview_side * run->preview_side * 3;
}

/* A copy of the newest preview, which the helper will overwrite; NULL when
 * there is none. */
static GdkPixbuf *
read_preview (const Run *run, JsonObject *progress)
{
  JsonObject *preview = wire_object (progress, "preview");
  if (!run->preview_side || !preview)
    return NULL;
  const gint   side = run->preview_side;
  const gint   width = (gint)wire_number (preview, "width", 1, side, 0);
  const gint   height = (gint)wire_number (preview, "height", 1, side, 0);
  const gint64 all = slot_bytes (run) * MANIERA_PREVIEW_SLOTS,
               bytes = (gint64)width * height * 3;
  const double at
      = wire_number (preview, "offset", (double)run->preview_offset,
                     (double)(run->preview_offset + all - bytes), -1);
  if (bytes == 0 || at < 0)
    return NULL;
  guint8 *memory
      = shared_memory_map (&run->memory, run->preview_offset, all, NULL);
  if (!memory)
    return NULL;
  GBytes *pixels
      = g_bytes_new (memory + ((gint64)at - run->preview_offset), (gsize)bytes);
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
  GdkPixbuf        *preview = read_preview (run, params);
  const RunProgress progress = {
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
  run->listener.progress (&progress, run->data);
  g_clear_object (&preview);
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
call (Run *run, RunPlan *plan)
{
  JsonObject *params = job_params (&plan->job);
  if (run->animation)
    animation_tell (run->animation, params);
  else
    {
      run->name = layer_name (run->request);
      run->recipe = recipe_text (run->request);
      arrival_prepare (&run->arrival, g_steal_pointer (&plan->content),
                       &plan->copy, &run->request->output);
    }
  run->id = helper_client_call (run->client,
                                run->animation ? MANIERA_METHOD_FRAMES
                                               : MANIERA_METHOD_STYLIZE,
                                params, painted, run);
  run->open = TRUE;
}

static gboolean
hand_over (Run *run, RunPlan *plan, GError **error)
{
  if (!shared_memory_open (&run->memory, error)
      || !run_plan_make (plan, &run->memory, run->request, 0, error))
    return FALSE;
  run->painting = plan->job.output;
  run->limit = plan->limit;
  plan->job.preview_side = run->preview_side;
  if (run->preview_side)
    {
      run->preview_offset = shared_memory_reserve (
          &run->memory, slot_bytes (run) * MANIERA_PREVIEW_SLOTS, error);
      plan->job.preview_offset = run->preview_offset;
      if (run->preview_offset < 0)
        return FALSE;
    }
  if (run->request->frames)
    run->animation = animation_new (run->request->image, error);
  if (run->request->frames && !run->animation)
    return FALSE;
  static const HelperListener listener = { notified };
  run->client = helper_start (run->memory.fd, &listener, run, error);
  if (!run->client)
    return FALSE;
  call (run, plan);
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
  run->preview_side = preview_side;
  RunPlan        plan = { 0 };
  const gboolean started = hand_over (run, &plan, error);
  run_plan_clear (&plan);
  if (started)
    return run;
  run_free (run);
  return NULL;
}

void
run_stop_and_keep (Run *run)
{
  if (run->open && run->client)
    helper_client_stop (run->client, run->id, TRUE);
}

/* A step may take minutes, so the helper is ended at once. That also answers
 * the open call. */
void
run_cancel (Run *run)
{
  run->cancelled = TRUE;
  g_clear_pointer (&run->client, helper_client_free);
}

void
run_free (Run *run)
{
  if (!run)
    return;
  HelperClient *client = g_steal_pointer (&run->client);
  run->orphan = run->open;
  if (run->orphan)
    {
      helper_client_free (client); /* the run may be gone after this */
      return;
    }
  helper_client_free (client);
  shared_memory_close (&run->memory);
  arrival_clear (&run->arrival);
  animation_free (run->animation);
  request_free (run->request);
  g_free (run->warning);
  g_free (run->name);
  g_free (run->recipe);
  g_free (run);
}

/* Runs without a dialog. */

typedef struct
{
  GMainLoop *loop;
  gint       layer;
  GError    *error;
} Wait;

static void
show_progress (const RunProgress *progress, gpointer data)
{
  (void)data;
  host_progress_set (progress->fraction);
}

static void
show_warning (const char *text, gpointer data)
{
  (void)data;
  host_message (text);
}

static void
end_wait (gint layer, gboolean complete, const GError *error, gpointer data)
{
  (void)complete;
  Wait *wait = data;
  wait->layer = layer;
  wait->error = error ? g_error_copy (error) : NULL;
  g_main_loop_quit (wait->loop);
}

gint
run_to_end (const Request *request, GError **error)
{
  static const RunListener listener = { show_progress, show_warning, end_wait };
  Wait                     wait = { g_main_loop_new (NULL, FALSE), -1, NULL };
  host_progress_start (_ ("Painting"));
  Run *run = run_start (request, 0, &listener, &wait, error);
  if (run)
    {
      g_main_loop_run (wait.loop);
      run_free (run);
      if (wait.error)
        g_propagate_error (error, wait.error);
    }
  host_progress_end ();
  g_main_loop_unref (wait.loop);
  return wait.layer;
}
