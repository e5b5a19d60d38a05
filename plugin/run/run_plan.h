/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Turns a request into a job: looks up what it names, checks it, and puts it
 * into the shared memory.
 *
 *     RunPlan plan = { 0 };
 *     if (run_plan_make (&plan, &memory, request, 0, &error))
 *       params = job_params (&plan.job);
 *     run_plan_clear (&plan);
 */

#ifndef MANIERA_PLUGIN_RUN_PLAN_H
#define MANIERA_PLUGIN_RUN_PLAN_H

#include "plugin/client/job_writer.h"
#include "plugin/client/request.h"
#include "plugin/client/shared_memory.h"
#include "plugin/run/pixels.h"

typedef struct RunPlan
{
  JobPlan job; /* the output has the content's place in the memory: the helper
                  reads the content before it writes */
  HostDrawable *content;
  LayerCopy     copy;  /* of the content, only with a memory */
  MemoryPicture limit; /* the share of the painting in the new layer, only with
                          a memory; width 0 = all of it */
  JobStyle       *styles;
  GPtrArray      *drawables; /* whose names the job borrows */
  struct RunPlan *copies;    /* those of the job; NULL = none */
} RunPlan;

/* Whether the drawable can be painted. FALSE with an error that says what to do
 * where it is not a layer. */
gboolean run_plan_check_content (gint drawable, GError **error);

/* `memory` NULL = nothing is exported, and the job has only the sizes, for an
 * estimate. `side` 0 = every pixel is; above 0 = small copies are, such that
 * the content's long side has so many px. Frames are not exported: the job's
 * content has only their size, and nothing limits the painting. FALSE with an
 * error that says what to do. Clear the plan in either case. */
gboolean run_plan_make (RunPlan       *plan,
                        SharedMemory  *memory,
                        const Request *request,
                        gint           side,
                        GError       **error);
void     run_plan_clear (RunPlan *plan);

#endif
