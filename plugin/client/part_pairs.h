/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which counterpart each part of a picture is painted like, as a person has
 * chosen it. Parts count from 1.
 *
 *     PartPairs pairs = { 0 };
 *     part_pairs_set (&pairs, maps->parts, 2, 3);
 *     part_pairs_get (&pairs, 2);  is 3
 */

#ifndef MANIERA_PLUGIN_PART_PAIRS_H
#define MANIERA_PLUGIN_PART_PAIRS_H

#include <glib.h>
#include <json-glib/json-glib.h>

enum
{
  PART_PAIRS_MOST = 64, /* of pictures with more parts none can be paired */
  PART_WHOLE = 0        /* as a counterpart: the whole picture */
};

typedef struct
{
  guint  count; /* 0 = each part has its own counterpart */
  guint8 counterparts[PART_PAIRS_MOST];
} PartPairs;

guint part_pairs_get (const PartPairs *pairs, guint part);

/* Of so many parts. */
void
part_pairs_set (PartPairs *pairs, guint parts, guint part, guint counterpart);

/* As [1, 3, 0]. Nothing is chosen by what is not such a list, by NULL, and
 * where a number is above the list's length. */
JsonArray *part_pairs_to_json (const PartPairs *pairs);
PartPairs  part_pairs_from_json (JsonNode *node);

#endif
