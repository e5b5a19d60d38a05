/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of `stylize` with small copies. */

#include "plugin/run/draft.h"

#include "helper/messages/protocol.h"
#include "plugin/gimp/host.h"
#include "plugin/run/part_copies.h"
#include "plugin/run/run_plan.h"
#include "plugin/run/small_pixels.h"
#include "plugin/run/style_packs.h"

enum
{
  SIDE = 256 /* px */
};

typedef struct
{
  Request      *request;
  gint          seconds; /* at most */
  DraftReady    ready;
  gpointer      data;
  MemoryPicture content, painting, limit; /* of width 0: none */
} Draft;

static void
draft_free (gpointer task)
{
  Draft *draft = task;
  request_free (draft->request);
  g_free (draft);
}

static void
set_number (ManieraOptions *options, const char *name, gint number)
{
  char text[16], message[MANIERA_MESSAGE_MAX];
  g_snprintf (text, sizeof text, "%d", number);
  maniera_option_set (options, name, text, message);
}

/* Px of a style's long side; 0 = not known. */
static gint
own_side (const StyleChoice *style)
{
  gint width = 0, height = 0;
  if (style->file)
    {
      gdk_pixbuf_get_file_info (style->file, &width, &height);
      return MAX (width, height);
    }
  HostDrawable *layer = host_describe (style->drawable);
  const gint    side = layer ? MAX (layer->width, layer->height) : 0;
  host_drawable_free (layer);
  return side;
}

/* The run has a style in no more than the style's own pixels. Here it has the
 * same share of a smaller painting. */
static void
keep_scales (Request *request, double style_scale, double full)
{
  const double least = maniera_option_find ("style-scale")->min;
  for (guint i = 0; i < request->styles->len; ++i)
    {
      StyleChoice *style = g_ptr_array_index (request->styles, i);
      const gint   own = own_side (style);
      if (style->scale <= 0)
        style->scale = style_scale;
      if (own > 0)
        style->scale = MAX (least, MIN (style->scale, own / full));
    }
}

/* Turns a request into that for its draft; `side` is the long side of the
 * content's copy. Numbers of steps and tiles that suit the run's size do not
 * suit a smaller one. */
static void
make_small (Request            *request,
            const HostDrawable *content,
            gint                side,
            gint                seconds)
{
  static const char *const by_size[] = { "iterations", "scales", "tile" };
  ManieraOptions          *options = &request->options;
  ManieraOptions           resolved;
  char                     message[MANIERA_MESSAGE_MAX], parts[16];
  resolve_request (request, &resolved);
  const gint full = maniera_option_is_set (options, "size")
                        ? options->size
                        : MAX (content->width, content->height);
  if (resolved.objective != MANIERA_OBJECTIVE_GATYS) /* it has no scales */
    keep_scales (request, resolved.style_scale, full);
  for (gsize i = 0; i < G_N_ELEMENTS (by_size); ++i)
    maniera_option_unset (options, by_size[i]);
  /* A draft by itself would be painted without. */
  maniera_option_get (&resolved, "parts", parts, sizeof parts);
  maniera_option_set (options, "parts", parts, message);
  maniera_option_set (options, "quality", "draft", message);
  set_number (options, "size", MIN (full, side));
  set_number (options, "time-limit", seconds);
  request->painting = -1; /* it shows what is set now */
}

static gboolean
place (Draft *draft, RunPlan *plan, SharedMemory *memory, GError **error)
{
  Request      *request = draft->request;
  HostDrawable *content = host_describe (request->content);
  const gint    side = content ? small_side (content, SIDE) : SIDE;
  if (content)
    make_small (request, content, side, draft->seconds);
  host_drawable_free (content);
  if (!run_plan_make (plan, memory, request, side, error)
      || !part_copies_add (plan, memory, request, error))
    return FALSE;
  MemoryPicture *painting = &plan->job.output;
  /* Beside the content, which the picture needs too. */
  painting->offset = shared_memory_reserve (
      memory,
      (gint64)painting->width * painting->height * 3 * (gint64)sizeof (float),
      error);
  draft->content = plan->job.content;
  draft->painting = *painting;
  draft->limit = plan->limit;
  return painting->offset >= 0;
}

static JsonObject *
prepare (gpointer task, SharedMemory *memory, GError **error)
{
  RunPlan     plan = { 0 };
  JsonObject *params
      = place (task, &plan, memory, error) ? job_params (&plan.job) : NULL;
  run_plan_clear (&plan);
  return params;
}

static void
painted (gpointer            task,
         const SharedMemory *memory,
         JsonObject         *reply,
         const GError       *failure)
{
  Draft *draft = task;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) picture
      = reply
            ? small_picture (memory, &draft->content, &draft->painting,
                             draft->limit.width ? &draft->limit : NULL, &error)
            : NULL;
  draft->ready (picture, failure ? failure : error, draft->data);
}

void
draft_paint (SmallWork     *work,
             Estimator     *estimator,
             const Request *request,
             gint           seconds,
             DraftReady     ready,
             gpointer       data)
{
  static const SmallWorkKind kind
      = { MANIERA_METHOD_STYLIZE, prepare, painted, draft_free };
  Draft *draft = g_new0 (Draft, 1);
  draft->request = request_copy (request);
  draft->seconds = seconds;
  draft->ready = ready;
  draft->data = data;
  small_work_add (work, estimator, &kind, draft, data);
}
