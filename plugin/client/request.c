/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests, made, copied and freed. */

#include "plugin/client/request.h"

StyleChoice *
style_choice_new (void)
{
  StyleChoice *choice = g_new (StyleChoice, 1);
  *choice = (StyleChoice){
    .drawable = -1, .weight = 1, .mask = -1, .style_mask = -1
  };
  return choice;
}

void
style_choice_free (StyleChoice *choice)
{
  if (!choice)
    return;
  g_free (choice->file);
  g_free (choice);
}

Request *
request_new (gint image, gint content)
{
  Request *request = g_new (Request, 1);
  request->image = image;
  request->content = content;
  request->painting = -1;
  request->frames = FALSE;
  request->styles
      = g_ptr_array_new_with_free_func ((GDestroyNotify)style_choice_free);
  maniera_options_init (&request->options);
  request->pairs = (PartPairs){ 0 };
  request->output = (Output){ 0 };
  return request;
}

Request *
request_copy (const Request *request)
{
  Request *copy = request_new (request->image, request->content);
  copy->painting = request->painting;
  copy->frames = request->frames;
  copy->options = request->options;
  copy->pairs = request->pairs;
  copy->output = request->output;
  for (guint i = 0; i < request->styles->len; ++i)
    {
      const StyleChoice *from = g_ptr_array_index (request->styles, i);
      StyleChoice       *to = style_choice_new ();
      *to = *from;
      to->file = g_strdup (from->file);
      g_ptr_array_add (copy->styles, to);
    }
  return copy;
}

void
request_free (Request *request)
{
  if (!request)
    return;
  g_ptr_array_unref (request->styles);
  g_free (request);
}

gboolean
request_has_masks (const Request *request)
{
  for (guint i = 0; i < request->styles->len; ++i)
    {
      const StyleChoice *style = g_ptr_array_index (request->styles, i);
      if (style->mask >= 0)
        return TRUE;
    }
  return FALSE;
}
