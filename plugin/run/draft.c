/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of `stylize` with small copies, one at a time: the next may only write
 * to the memory when the helper has answered the last. */

#include "plugin/run/draft.h"

#include "helper/messages/protocol.h"
#include "plugin/gimp/host.h"
#include "plugin/run/run_plan.h"
#include "plugin/run/small_pixels.h"

enum
{
  SIDE = 256 /* px */
};

typedef struct
{
  Estimator *estimator; /* borrowed */
  Request   *request;
  gint       seconds; /* at most */
  DraftReady ready;
  gpointer   data;
} Wish;

struct _Draft
{
  GQueue        wishes;  /* of Wish, to be painted after this one: */
  Wish         *painted; /* NULL = none, or it was dropped */
  GError       *failure; /* why `painted` cannot begin */
  guint         tell;    /* the source that tells this; 0 = none */
  HelperClient *client;  /* of the open call */
  SharedMemory *memory;
  gint64        id;
  gboolean      open, freed;
  MemoryPicture content, painting, limit; /* of width 0: none */
};

static void
wish_free (gpointer data)
{
  Wish *wish = data;
  request_free (wish->request);
  g_free (wish);
}

Draft *
draft_new (void)
{
  Draft *draft = g_new0 (Draft, 1);
  g_queue_init (&draft->wishes);
  return draft;
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
  char                     message[MANIERA_MESSAGE_MAX];
  maniera_options_resolve (options, &resolved);
  const gint full = maniera_option_is_set (options, "size")
                        ? options->size
                        : MAX (content->width, content->height);
  if (resolved.objective != MANIERA_OBJECTIVE_GATYS) /* it has no scales */
    keep_scales (request, resolved.style_scale, full);
  for (gsize i = 0; i < G_N_ELEMENTS (by_size); ++i)
    maniera_option_unset (options, by_size[i]);
  maniera_option_set (options, "quality", "draft", message);
  set_number (options, "size", MIN (full, side));
  set_number (options, "time-limit", seconds);
  request->painting = -1; /* it shows what is set now */
}

static void answered (GObject *source, GAsyncResult *result, gpointer data);

static gboolean
prepare (Draft *draft, RunPlan *plan, const Wish *wish, GError **error)
{
  Request      *request = wish->request;
  HostDrawable *content = host_describe (request->content);
  const gint    side = content ? small_side (content, SIDE) : SIDE;
  if (content)
    make_small (request, content, side, wish->seconds);
  host_drawable_free (content);
  shared_memory_reuse (draft->memory);
  if (!run_plan_make (plan, draft->memory, request, side, error))
    return FALSE;
  MemoryPicture *painting = &plan->job.output;
  /* Beside the content, which the picture needs too. */
  painting->offset = shared_memory_reserve (
      draft->memory,
      (gint64)painting->width * painting->height * 3 * (gint64)sizeof (float),
      error);
  draft->content = plan->job.content;
  draft->painting = *painting;
  draft->limit = plan->limit;
  return painting->offset >= 0;
}

static gboolean
ask (Draft *draft, const Wish *wish, GError **error)
{
  RunPlan plan = { 0 };
  draft->client = estimator_helper (wish->estimator, &draft->memory, error);
  draft->open = draft->client && prepare (draft, &plan, wish, error);
  if (draft->open)
    draft->id = helper_client_call (draft->client, MANIERA_METHOD_STYLIZE,
                                    job_params (&plan.job), answered, draft);
  run_plan_clear (&plan);
  return draft->open;
}

static void
end (Draft *draft, GdkPixbuf *picture, const GError *error)
{
  Wish *wish = g_steal_pointer (&draft->painted);
  wish->ready (picture, error, wish->data);
  wish_free (wish);
}

static void paint_next (Draft *draft);

static gboolean
tell_failure (gpointer data)
{
  Draft *draft = data;
  g_autoptr (GError) failure = g_steal_pointer (&draft->failure);
  draft->tell = 0;
  end (draft, NULL, failure);
  paint_next (draft);
  return G_SOURCE_REMOVE;
}

/* A failure is told later, so that `ready` is never called by draft_paint(). */
static void
paint_next (Draft *draft)
{
  if (draft->open || draft->painted)
    return;
  draft->painted = g_queue_pop_head (&draft->wishes);
  if (draft->painted && !ask (draft, draft->painted, &draft->failure))
    draft->tell = g_idle_add (tell_failure, draft);
}

static void
answered (GObject *source, GAsyncResult *result, gpointer data)
{
  (void)source;
  Draft *draft = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) reply
      = helper_client_call_finish (draft->client, result, &error);
  draft->open = FALSE;
  if (draft->freed)
    {
      g_free (draft);
      return;
    }
  g_autoptr (GdkPixbuf) picture
      = reply && draft->painted
            ? small_picture (draft->memory, &draft->content, &draft->painting,
                             draft->limit.width ? &draft->limit : NULL, &error)
            : NULL;
  if (draft->painted)
    end (draft, picture, error);
  paint_next (draft);
}

void
draft_paint (Draft         *draft,
             Estimator     *estimator,
             const Request *request,
             gint           seconds,
             DraftReady     ready,
             gpointer       data)
{
  draft_stop (draft, data);
  Wish *wish = g_new (Wish, 1);
  *wish = (Wish){ estimator, request_copy (request), seconds, ready, data };
  g_queue_push_tail (&draft->wishes, wish);
  paint_next (draft);
}

static void
drop_painted (Draft *draft)
{
  if (draft->open)
    helper_client_stop (draft->client, draft->id, FALSE);
  if (draft->tell)
    g_source_remove (draft->tell);
  draft->tell = 0;
  g_clear_error (&draft->failure);
  g_clear_pointer (&draft->painted, wish_free);
}

void
draft_stop (Draft *draft, gconstpointer data)
{
  for (GList *at = draft->wishes.head, *next; at; at = next)
    {
      Wish *wish = at->data;
      next = at->next;
      if (wish->data == data)
        {
          g_queue_delete_link (&draft->wishes, at);
          wish_free (wish);
        }
    }
  if (draft->painted && draft->painted->data == data)
    drop_painted (draft);
  paint_next (draft);
}

void
draft_free (Draft *draft)
{
  if (!draft)
    return;
  g_queue_clear_full (&draft->wishes, wish_free);
  if (draft->painted)
    drop_painted (draft);
  draft->freed = draft->open;
  if (!draft->open)
    g_free (draft); /* else the answer does */
}
