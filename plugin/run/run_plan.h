/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a request to a job: what it names is looked up, checked, and put into
 * the shared memory. */

#ifndef MANIERA_PLUGIN_RUN_PLAN_H
#define MANIERA_PLUGIN_RUN_PLAN_H

#include "plugin/client/job_writer.h"
#include "plugin/client/request.h"
#include "plugin/client/shared_memory.h"
#include "plugin/gimp/host.h"

typedef struct
{
  JobPlan job; /* its output lies over the content, which the helper has read by
                  then */
  HostDrawable *content;
  MemoryPicture limit; /* the share of the painting in the new layer; of width 0
                          where it has all of it. Only with a memory. */
  JobStyle  *styles;
  GPtrArray *drawables; /* whose names the job borrows */
} RunPlan;

/* Refuses what is no layer, with a sentence that says what to do. */
gboolean run_plan_check_content (gint drawable, GError **error);

/* Without a memory nothing is exported: the job then tells sizes alone, as an
 * estimate wants. FALSE with an error that says what to do; the plan is to be
 * cleared either way. */
gboolean run_plan_make (RunPlan       *plan,
                        SharedMemory  *memory,
                        const Request *request,
                        GError       **error);
void     run_plan_clear (RunPlan *plan);

#endif
