/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small copies of content and styles in which parts are looked for: the
 * same ones where they are shown and where they are painted, so that the parts
 * are the same.
 */

#ifndef MANIERA_PLUGIN_PART_COPIES_H
#define MANIERA_PLUGIN_PART_COPIES_H

#include "plugin/run/run_plan.h"

/* As run_plan_make(), with copies that do not depend on the run's size.
 * `request` is changed to that for them. */
gboolean part_copies_make (RunPlan      *plan,
                           SharedMemory *memory,
                           Request      *request,
                           GError      **error);

/* Gives a plan of `request` its pairs of parts, where there are any. FALSE with
 * an error. */
gboolean part_copies_add (RunPlan       *plan,
                          SharedMemory  *memory,
                          const Request *request,
                          GError       **error);

#endif
