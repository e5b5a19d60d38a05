/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which settings may change, and where a painting was when they did. */

#include "plugin/run/change.h"

#include "plugin/run/style_packs.h"

#include <string.h>

void
version_clear (Version *version)
{
  g_free (version->name);
  g_free (version->recipe);
  g_clear_pointer (&version->result, json_object_unref);
  *version = (Version){ 0 };
}

void
change_clear (Change *change)
{
  change_forget (change);
  version_clear (&change->kept);
}

void
change_forget (Change *change)
{
  g_clear_pointer (&change->wish, request_free);
}

/* Options, weights and stroke sizes; all else stays. Whether any differs. */
static gboolean
take_settings (Request *to, const Request *from)
{
  gboolean same = memcmp (&to->options, &from->options, sizeof to->options)
                  == 0; /* equal options are equal bytes */
  to->options = from->options;
  for (guint i = 0; i < to->styles->len; ++i)
    {
      StyleChoice       *mine = g_ptr_array_index (to->styles, i);
      const StyleChoice *wished = g_ptr_array_index (from->styles, i);
      same = same && mine->weight == wished->weight
             && mine->scale == wished->scale;
      mine->weight = wished->weight;
      mine->scale = wished->scale;
    }
  return !same;
}

gboolean
change_wish (Change *change, const Request *running, const Request *wish)
{
  g_return_val_if_fail (wish->styles->len == running->styles->len, FALSE);
  change_forget (change);
  change->wish = request_copy (running);
  return take_settings (change->wish, wish);
}

void
change_hear (Change *change, RunProgress *progress)
{
  change->scale = progress->scale;
  change->scales = progress->scales;
  change->step = progress->step;
  change->steps = progress->steps;
  if (!change->made)
    change->all_scales = progress->scales;
  const gint left_out = MAX (0, change->all_scales - progress->scales);
  progress->scale += left_out;
  progress->scales += left_out;
  progress->fraction
      = change->before + (1 - change->before) * progress->fraction;
  progress->changed = change->made;
  change->fraction = progress->fraction;
}

gboolean
change_has_begun (const Change *change)
{
  return change->scales > 0;
}

gboolean
change_prepare (Change          *change,
                RunPlan         *plan,
                SharedMemory    *memory,
                const LayerCopy *content,
                GError         **error)
{
  MemoryPicture elsewhere = plan->job.content;
  if (!style_packs_check (change->wish, error))
    return FALSE;
  if (change->content_is_safe)
    return TRUE;
  if (!pixels_export_copy (memory, content, &elsewhere, error))
    return FALSE;
  plan->job.content = elsewhere;
  change->content_is_safe = TRUE;
  return TRUE;
}

void
change_apply (Change *change, RunPlan *plan, Request *running)
{
  JobPlan *job = &plan->job;
  take_settings (running, change->wish);
  change_forget (change);
  for (gsize i = 0; i < job->style_count; ++i)
    {
      const StyleChoice *choice = g_ptr_array_index (running->styles, i);
      plan->styles[i].weight = choice->weight;
      plan->styles[i].scale = choice->scale;
    }
  if (change_has_begun (change))
    {
      job->painting = job->output;
      job->lacking_scales = change->scales - change->scale + 1;
      job->lacking_steps = MAX (0, change->steps - change->step);
    }
  change->made = TRUE;
  change->before = change->fraction;
  change->scales = 0;
}
