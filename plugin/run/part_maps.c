/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of `parts` with small copies. */

#include "plugin/run/part_maps.h"

#include "helper/messages/protocol.h"
#include "plugin/client/errors.h"
#include "plugin/client/wire.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/part_copies.h"

#include <string.h>

enum
{
  SIDE = 320, /* px, of the maps: the helper looks for no finer parts */
  SLOT = SIDE * SIDE
};

typedef struct
{
  Request      *request;
  PartMapsReady ready;
  gpointer      data;
  gint64        slots; /* offset in the memory */
} Search;

static void
search_free (gpointer task)
{
  Search *search = task;
  request_free (search->request);
  g_free (search);
}

static guint
picture_count (const Search *search)
{
  return 1 + search->request->styles->len;
}

static gboolean
place (Search *search, RunPlan *plan, SharedMemory *memory, GError **error)
{
  if (!part_copies_make (plan, memory, search->request, error))
    return FALSE;
  search->slots = shared_memory_reserve (
      memory, (gint64)SLOT * picture_count (search), error);
  return search->slots >= 0;
}

static JsonObject *
prepare (gpointer task, SharedMemory *memory, GError **error)
{
  Search     *search = task;
  RunPlan     plan = { 0 };
  JsonObject *params = NULL;
  if (place (search, &plan, memory, error))
    {
      JsonObject *maps = json_object_new ();
      json_object_set_int_member (maps, "offset", search->slots);
      json_object_set_int_member (maps, "side", SIDE);
      params = job_params (&plan.job);
      json_object_set_object_member (params, "maps", maps);
    }
  run_plan_clear (&plan);
  return params;
}

static JsonArray *
array_of (JsonObject *reply, const char *name)
{
  JsonNode *node = json_object_get_member (reply, name);
  return node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node)
                                              : NULL;
}

/* FALSE where the place is not within the slots. */
static gboolean
read_map (const Search *search,
          const guint8 *slots,
          JsonNode     *node,
          guint         parts,
          PartMap      *map)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  JsonObject  *object = json_node_get_object (node);
  const gint64 most = (gint64)SLOT * picture_count (search);
  const gint64 offset
      = (gint64)wire_number (object, "offset", 0, 1e15, -1) - search->slots;
  map->width = (gint)wire_number (object, "width", 1, SIDE, 0);
  map->height = (gint)wire_number (object, "height", 1, SIDE, 0);
  const gsize count = (gsize)map->width * (gsize)map->height;
  if (count == 0 || offset < 0 || offset > most - (gint64)count)
    return FALSE;
  map->labels = g_memdup2 (slots + offset, count);
  for (gsize i = 0; i < count; ++i)
    if (map->labels[i] > parts)
      map->labels[i] = 0;
  return TRUE;
}

/* NULL where the reply is not what the protocol says. */
static PartMaps *
read_reply (const Search *search, const guint8 *slots, JsonObject *reply)
{
  JsonArray *parts = array_of (reply, "parts");
  JsonArray *places = array_of (reply, "maps");
  if (!parts || !places
      || json_array_get_length (places) != picture_count (search))
    return NULL;
  PartMaps *maps = g_new0 (PartMaps, 1);
  maps->parts = MIN (json_array_get_length (parts), G_MAXUINT8);
  maps->pictures = picture_count (search);
  maps->maps = g_new0 (PartMap, maps->pictures);
  for (guint i = 0; i < maps->pictures; ++i)
    if (!read_map (search, slots, json_array_get_element (places, i),
                   maps->parts, &maps->maps[i]))
      {
        part_maps_free (maps);
        return NULL;
      }
  return maps;
}

static void
found (gpointer            task,
       const SharedMemory *memory,
       JsonObject         *reply,
       const GError       *failure)
{
  Search      *search = task;
  const gint64 bytes = (gint64)SLOT * picture_count (search);
  g_autoptr (GError) error = NULL;
  PartMaps *maps = NULL;
  guint8   *slots
      = reply ? shared_memory_map (memory, search->slots, bytes, &error) : NULL;
  if (slots)
    {
      maps = read_reply (search, slots, reply);
      if (!maps)
        error = paint_error_new (PAINT_ERROR_PROTOCOL_ERROR, NULL);
    }
  shared_memory_unmap (slots, bytes);
  search->ready (maps, failure ? failure : error, search->data);
}

void
part_maps_find (SmallWork     *work,
                Estimator     *estimator,
                const Request *request,
                PartMapsReady  ready,
                gpointer       data)
{
  static const SmallWorkKind kind
      = { MANIERA_METHOD_PARTS, prepare, found, search_free };
  Search *search = g_new0 (Search, 1);
  search->request = request_copy (request);
  search->ready = ready;
  search->data = data;
  small_work_add (work, estimator, &kind, search, data);
}

void
part_maps_free (PartMaps *maps)
{
  if (!maps)
    return;
  for (guint i = 0; i < maps->pictures; ++i)
    g_free (maps->maps[i].labels);
  g_free (maps->maps);
  g_free (maps);
}

char *
part_name (guint part)
{
  /* Translators: one of the parts of a picture, by its number. */
  return g_strdup_printf (_ ("Part %u"), part);
}

guint
part_map_at (const PartMap *map, double x, double y)
{
  if (x < 0 || x >= 1 || y < 0 || y >= 1)
    return 0;
  const gsize row = (gsize)(y * map->height);
  return map->labels[row * (gsize)map->width + (gsize)(x * map->width)];
}

/* A style with a mask acts by itself, the others together. */
static gboolean
acts_with (const Request *request, guint style, guint other)
{
  const StyleChoice *one = g_ptr_array_index (request->styles, style);
  const StyleChoice *two = g_ptr_array_index (request->styles, other);
  return style == other || (one->mask < 0 && two->mask < 0);
}

gboolean
part_maps_share_place (const PartMaps *maps,
                       const Request  *request,
                       guint           part,
                       guint           other)
{
  for (guint i = 0; i < request->styles->len; ++i)
    for (guint j = 0; j < request->styles->len; ++j)
      if (acts_with (request, i, j)
          && part_map_share (&maps->maps[i + 1], part) > 0
          && part_map_share (&maps->maps[j + 1], other) > 0)
        return TRUE;
  return FALSE;
}

double
part_map_share (const PartMap *map, guint part)
{
  const gsize count = (gsize)map->width * (gsize)map->height;
  gsize       own = 0;
  for (gsize i = 0; i < count; ++i)
    own += map->labels[i] == part;
  return count ? (double)own / (double)count : 0;
}
