/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts that a request's content and styles have in common, and where they
 * lie in each: what the run would find, within seconds.
 *
 *     part_maps_find (work, estimator, request, ready, data);
 *     small_work_stop (work, data);
 */

#ifndef MANIERA_PLUGIN_PART_MAPS_H
#define MANIERA_PLUGIN_PART_MAPS_H

#include "plugin/run/small_work.h"

typedef struct
{
  gint    width, height; /* px, in the picture's shape */
  guint8 *labels;        /* row after row: 0 = no part, 1 = the first */
} PartMap;

typedef struct
{
  guint    parts;    /* 0 = the pictures have nothing in common */
  guint    pictures; /* the content, then the styles */
  PartMap *maps;     /* of each picture */
} PartMaps;

/* `maps` is the callee's; NULL where there is an error, which is borrowed. */
typedef void (*PartMapsReady) (PartMaps     *maps,
                               const GError *error,
                               gpointer      data);

/* As small_work_add(), where `data` is the asker. `ready` is called once,
 * later. */
void part_maps_find (SmallWork     *work,
                     Estimator     *estimator,
                     const Request *request,
                     PartMapsReady  ready,
                     gpointer       data);
void part_maps_free (PartMaps *maps);

/* What a part is called. Parts count from 1. Free with g_free(). */
char *part_name (guint part);

/* The part at a place, from 0 to 1 in both directions; 0 = none. */
guint part_map_at (const PartMap *map, double x, double y);

/* Whether a part may be painted like another: styles with masks have parts of
 * their own, and a part never crosses a mask. */
gboolean part_maps_share_place (const PartMaps *maps,
                                const Request  *request,
                                guint           part,
                                guint           other);

/* How much of a map a part has; from 0 to 1. */
double part_map_share (const PartMap *map, guint part);

#endif
