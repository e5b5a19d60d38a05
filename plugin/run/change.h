/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change of settings while a painting is made: the run has its request
 * stopped and kept, and a new one goes on from that painting at the scale that
 * it had come to.
 *
 *     change_wish (&change, running, request);
 *     ... a moment later, when the run is stopped and kept
 *     if (change_prepare (&change, &plan, &memory, &copy, &error))
 *       change_apply (&change, &plan, running);
 */

#ifndef MANIERA_PLUGIN_CHANGE_H
#define MANIERA_PLUGIN_CHANGE_H

#include "plugin/run/progress.h"
#include "plugin/run/run_plan.h"

/* What becomes a layer. */
typedef struct
{
  char       *name;
  char       *recipe;
  JsonObject *result; /* the helper's; NULL = it is not painted */
} Version;

typedef struct
{
  Request *wish; /* whose settings are to be gone on with; NULL = none */
  gboolean made; /* the request that runs has other settings than the first */
  gboolean content_is_safe; /* no painting is written over it any more */
  Version  kept;            /* what was stopped for the newest change */

  /* What was heard of the request that runs: */
  gint   scale, scales, step, steps; /* scales 0 = nothing yet */
  gint   all_scales;                 /* of the first request */
  double fraction;                   /* of the whole run, as it was told */
  double before; /* the same, when the newest request began */
} Change;

void change_clear (Change *change);
void version_clear (Version *version);

/* Replaces what was wished for before. `wish` has the styles of `running`;
 * FALSE where its settings are the same too. */
gboolean
     change_wish (Change *change, const Request *running, const Request *wish);
void change_forget (Change *change);

/* Notes where the request is, and makes it a place in the whole run: the bar
 * does not go back, and a scale keeps its number. */
void change_hear (Change *change, RunProgress *progress);
/* Whether there is something to go on from. */
gboolean change_has_begun (const Change *change);

/* Whether the wish can be painted; the content, which a painting is about to be
 * written over, is put elsewhere. FALSE with an error. */
gboolean change_prepare (Change          *change,
                         RunPlan         *plan,
                         SharedMemory    *memory,
                         const LayerCopy *content,
                         GError         **error);
/* Gives plan and request the settings that were wished for, and the painting to
 * go on from. */
void change_apply (Change *change, RunPlan *plan, Request *running);

#endif
