/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan of a request without sizes. */

#include "plugin/run/part_copies.h"

#include "plugin/run/small_pixels.h"
#include "plugin/run/style_packs.h"

enum
{
  COPY_SIDE = 1024 /* px: with less, other parts are found than in the run */
};

/* The run's size and the strokes' do not count: pictures are looked at as they
 * are. Here a style's scale says how large its copy is, beside the content's of
 * `side` px. */
static void
forget_sizes (Request *request, gint side)
{
  const double most = maniera_option_find ("style-scale")->max;
  maniera_option_unset (&request->options, "size");
  maniera_option_unset (&request->options, "style-scale");
  request->painting = -1;
  for (guint i = 0; i < request->styles->len; ++i)
    {
      StyleChoice *style = g_ptr_array_index (request->styles, i);
      style->scale = MIN (most, (double)COPY_SIDE / side);
    }
}

gboolean
part_copies_make (RunPlan      *plan,
                  SharedMemory *memory,
                  Request      *request,
                  GError      **error)
{
  HostDrawable *content = host_describe (request->content);
  const gint    side = content ? small_side (content, COPY_SIDE) : COPY_SIDE;
  host_drawable_free (content);
  forget_sizes (request, side);
  return run_plan_make (plan, memory, request, side, error);
}

gboolean
part_copies_add (RunPlan       *plan,
                 SharedMemory  *memory,
                 const Request *request,
                 GError       **error)
{
  ManieraOptions resolved;
  resolve_request (request, &resolved);
  if (request->pairs.count == 0 || request->frames
      || resolved.parts == MANIERA_PARTS_OFF)
    return TRUE;
  g_autoptr (Request) small = request_copy (request);
  plan->copies = g_new0 (RunPlan, 1);
  plan->job.pairs = request->pairs;
  plan->job.copies = &plan->copies->job;
  return part_copies_make (plan->copies, memory, small, error);
}
