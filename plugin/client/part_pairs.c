/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A number a part. */

#include "plugin/client/part_pairs.h"

guint
part_pairs_get (const PartPairs *pairs, guint part)
{
  return part >= 1 && part <= pairs->count ? pairs->counterparts[part - 1]
                                           : part;
}

static gboolean
are_own (const PartPairs *pairs)
{
  for (guint part = 1; part <= pairs->count; ++part)
    if (part_pairs_get (pairs, part) != part)
      return FALSE;
  return TRUE;
}

void
part_pairs_set (PartPairs *pairs, guint parts, guint part, guint counterpart)
{
  g_return_if_fail (parts <= PART_PAIRS_MOST && part >= 1 && part <= parts
                    && counterpart <= parts);
  for (guint i = pairs->count; i < parts; ++i)
    pairs->counterparts[i] = (guint8)(i + 1);
  pairs->count = parts;
  pairs->counterparts[part - 1] = (guint8)counterpart;
  if (are_own (pairs))
    pairs->count = 0;
}

JsonArray *
part_pairs_to_json (const PartPairs *pairs)
{
  JsonArray *list = json_array_new ();
  for (guint part = 1; part <= pairs->count; ++part)
    json_array_add_int_element (list, part_pairs_get (pairs, part));
  return list;
}

PartPairs
part_pairs_from_json (JsonNode *node)
{
  PartPairs   pairs = { 0 };
  JsonArray  *list = node && JSON_NODE_HOLDS_ARRAY (node)
                         ? json_node_get_array (node)
                         : NULL;
  const guint count = list ? json_array_get_length (list) : 0;
  for (guint i = 0; count <= PART_PAIRS_MOST && i < count; ++i)
    {
      JsonNode    *number = json_array_get_element (list, i);
      const gint64 counterpart
          = JSON_NODE_HOLDS_VALUE (number)
                    && json_node_get_value_type (number) == G_TYPE_INT64
                ? json_node_get_int (number)
                : -1;
      if (counterpart < 0 || counterpart > count)
        return (PartPairs){ 0 };
      part_pairs_set (&pairs, count, i + 1, (guint)counterpart);
    }
  return pairs;
}
