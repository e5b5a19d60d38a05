/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A queue of tasks, and the call that is open. */

#include "plugin/run/small_work.h"

typedef struct
{
  const SmallWorkKind *kind;
  gpointer             task;
  gconstpointer        asker;
  Estimator           *estimator; /* borrowed */
} Item;

struct _SmallWork
{
  GQueue        waiting; /* of Item, to be done after this one: */
  Item         *current; /* NULL = none, or it was stopped */
  GError       *failure; /* why `current` cannot begin */
  guint         tell;    /* the source that tells this; 0 = none */
  HelperClient *client;  /* of the open call */
  SharedMemory *memory;
  gint64        id;
  gboolean      open, freed;
};

static void
item_free (gpointer data)
{
  Item *item = data;
  item->kind->free (item->task);
  g_free (item);
}

SmallWork *
small_work_new (void)
{
  SmallWork *work = g_new0 (SmallWork, 1);
  g_queue_init (&work->waiting);
  return work;
}

static void answered (GObject *source, GAsyncResult *result, gpointer data);

static gboolean
ask (SmallWork *work, const Item *item, GError **error)
{
  work->client = estimator_helper (item->estimator, &work->memory, error);
  if (!work->client)
    return FALSE;
  shared_memory_reuse (work->memory);
  JsonObject *params = item->kind->prepare (item->task, work->memory, error);
  if (!params)
    return FALSE;
  work->open = TRUE;
  work->id = helper_client_call (work->client, item->kind->method, params,
                                 answered, work);
  return TRUE;
}

static void
end (SmallWork *work, JsonObject *reply, const GError *error)
{
  Item *item = g_steal_pointer (&work->current);
  item->kind->done (item->task, work->memory, reply, error);
  item_free (item);
}

static void begin_next (SmallWork *work);

static gboolean
tell_failure (gpointer data)
{
  SmallWork *work = data;
  g_autoptr (GError) failure = g_steal_pointer (&work->failure);
  work->tell = 0;
  end (work, NULL, failure);
  begin_next (work);
  return G_SOURCE_REMOVE;
}

/* A failure is told later, so that small_work_add() never calls `done`. */
static void
begin_next (SmallWork *work)
{
  if (work->open || work->current)
    return;
  work->current = g_queue_pop_head (&work->waiting);
  if (work->current && !ask (work, work->current, &work->failure))
    work->tell = g_idle_add (tell_failure, work);
}

static void
answered (GObject *source, GAsyncResult *result, gpointer data)
{
  (void)source;
  SmallWork *work = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) reply
      = helper_client_call_finish (work->client, result, &error);
  work->open = FALSE;
  if (work->freed)
    {
      g_free (work);
      return;
    }
  if (work->current)
    end (work, reply, error);
  begin_next (work);
}

void
small_work_add (SmallWork           *work,
                Estimator           *estimator,
                const SmallWorkKind *kind,
                gpointer             task,
                gconstpointer        asker)
{
  small_work_stop (work, asker);
  Item *item = g_new (Item, 1);
  *item = (Item){ kind, task, asker, estimator };
  g_queue_push_tail (&work->waiting, item);
  begin_next (work);
}

static void
drop_current (SmallWork *work)
{
  if (work->open)
    helper_client_stop (work->client, work->id, FALSE);
  if (work->tell)
    g_source_remove (work->tell);
  work->tell = 0;
  g_clear_error (&work->failure);
  g_clear_pointer (&work->current, item_free);
}

void
small_work_stop (SmallWork *work, gconstpointer asker)
{
  for (GList *at = work->waiting.head, *next; at; at = next)
    {
      Item *item = at->data;
      next = at->next;
      if (item->asker != asker)
        continue;
      g_queue_delete_link (&work->waiting, at);
      item_free (item);
    }
  if (work->current && work->current->asker == asker)
    drop_current (work);
  begin_next (work);
}

void
small_work_free (SmallWork *work)
{
  if (!work)
    return;
  g_queue_clear_full (&work->waiting, item_free);
  if (work->current)
    drop_current (work);
  work->freed = work->open;
  if (!work->open)
    g_free (work); /* else the answer does */
}
