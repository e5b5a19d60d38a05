/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks up and checks what a request names, and exports it. */

#include "plugin/run/run_plan.h"

#include "plugin/client/errors.h"
#include "plugin/i18n.h"
#include "plugin/run/small_pixels.h"
#include "plugin/run/style_packs.h"

static gboolean
refuse (GError **error, const char *why)
{
  g_propagate_error (error, paint_error_new (PAINT_ERROR_INVALID_REQUEST, why));
  return FALSE;
}

static HostDrawable *
look_up (RunPlan *plan, gint id)
{
  HostDrawable *drawable = host_describe (id);
  if (drawable)
    g_ptr_array_add (plan->drawables, drawable);
  return drawable;
}

static gboolean
check_content (const HostDrawable *content, GError **error)
{
  if (!content)
    return refuse (error, _ ("The layer to paint is no longer open."));
  if (content->kind == HOST_GROUP)
    return refuse (
        error,
        _ ("A layer group cannot be painted. Choose one of its layers, or "
           "merge the group."));
  if (content->kind == HOST_FLOATING_SELECTION)
    return refuse (
        error,
        _ ("A floating selection cannot be painted. First anchor it or make it "
           "a layer."));
  if (content->kind != HOST_LAYER)
    return refuse (
        error,
        _ ("A layer mask or channel cannot be painted. Choose a layer."));
  return TRUE;
}

gboolean
run_plan_check_content (gint drawable, GError **error)
{
  HostDrawable  *content = host_describe (drawable);
  const gboolean good = check_content (content, error);
  host_drawable_free (content);
  return good;
}

/* The helper would refuse it too, in words of the command line. */
static gboolean
check_sides (const HostDrawable *layer, GError **error)
{
  const gint least = (gint)maniera_option_find ("size")->min;
  if (MIN (layer->width, layer->height) >= least)
    return TRUE;
  g_autofree char *why = g_strdup_printf (
      /* Translators: a layer's name, its width and height, 32. */
      _ ("The layer \"%s\" has %d × %d pixels, and its short side must have at "
         "least %d. Choose a larger layer, or scale this one."),
      layer->name, layer->width, layer->height, least);
  return refuse (error, why);
}

static gboolean
check_size (const HostDrawable   *content,
            const ManieraOptions *options,
            GError              **error)
{
  const gint   least = (gint)maniera_option_find ("size")->min;
  const gint   longer = MAX (content->width, content->height);
  const gint   shorter = MIN (content->width, content->height);
  const double side = (double)shorter * options->size / longer;
  if (!maniera_option_is_set (options, "size") || (gint)(side + 0.5) >= least)
    return TRUE;
  g_autofree char *why = g_strdup_printf (
      /* Translators: the chosen size in px, px, 32. */
      _ ("At the size %d the short side has %d pixels, and it must have at "
         "least %d. Choose a larger size."),
      options->size, (gint)(side + 0.5), least);
  return refuse (error, why);
}

static gboolean
place_layer (SharedMemory       *memory,
             const HostDrawable *layer,
             gint                side,
             MemoryPicture      *picture,
             LayerCopy          *copy,
             GError            **error)
{
  if (memory && side)
    return small_export (memory, layer, side, picture, error);
  if (memory)
    return pixels_export (memory, layer, picture, copy, error);
  *picture = (MemoryPicture){ 0, layer->width, layer->height, 4, layer->name };
  return TRUE;
}

static gboolean
place_gray (RunPlan            *plan,
            SharedMemory       *memory,
            gint                id,
            const HostDrawable *frame,
            gint                side,
            MemoryPicture      *picture,
            GError            **error)
{
  if (id < 0)
    return TRUE;
  const HostDrawable *gray = look_up (plan, id);
  if (!gray)
    return refuse (
        error, _ ("A mask that was chosen is no longer open. Choose another."));
  if (memory && side)
    return small_export_gray (memory, gray, frame, side, picture, error);
  if (memory)
    return pixels_export_gray (memory, gray, frame, picture, error);
  const HostDrawable *size
      = frame && frame->image == gray->image ? frame : gray;
  *picture = (MemoryPicture){ 0, size->width, size->height, 1, gray->name };
  return TRUE;
}

/* A frame of an animation is as large as the image, of which the lowest layer
 * may cover a part. */
static HostDrawable *
describe_content (const Request *request, gint side)
{
  HostDrawable *content = host_describe (request->content);
  if (content && request->frames && !side
      && host_image_size (request->image, &content->width, &content->height))
    content->offset_x = content->offset_y = 0;
  return content;
}

static gboolean
place_painting (RunPlan       *plan,
                SharedMemory  *memory,
                const Request *request,
                gint           side,
                GError       **error)
{
  if (request->painting < 0)
    return TRUE;
  const HostDrawable *painting = look_up (plan, request->painting);
  if (!painting)
    return refuse (error, _ ("The last try is no longer open. Untick that the "
                             "next one goes on from it."));
  return place_layer (memory, painting, side, &plan->job.painting, NULL, error);
}

static gboolean
place_style (RunPlan       *plan,
             SharedMemory  *memory,
             const Request *request,
             gsize          number,
             gint           side,
             GError       **error)
{
  const StyleChoice  *choice = g_ptr_array_index (request->styles, number);
  JobStyle           *style = &plan->styles[number];
  const HostDrawable *layer = NULL;
  const double        scale = choice->scale > 0 ? choice->scale : 1;
  *style = (JobStyle){ .file = choice->file,
                       .weight = choice->weight,
                       .scale = choice->scale };
  if (!choice->file)
    {
      layer = look_up (plan, choice->drawable);
      if (!layer)
        return refuse (
            error, _ ("A style's layer is no longer open. Choose another."));
      if (request->frames && layer->image == request->image)
        return refuse (
            error, _ ("A frame of the animation cannot be a style. Choose a "
                      "layer of another image, or a picture."));
      if (layer->kind == HOST_GROUP)
        return refuse (
            error,
            _ ("A layer group cannot be a style. Choose one of its layers."));
      if (!check_sides (layer, error))
        return FALSE;
      if (choice->drawable == plan->content->id)
        return refuse (error,
                       _ ("The layer to paint cannot be its own style. Choose "
                          "another layer or picture as the style."));
      if (!place_layer (memory, layer,
                        side ? small_side (layer, side * scale) : 0,
                        &style->picture, NULL, error))
        return FALSE;
    }
  return place_gray (plan, memory, choice->mask, plan->content, side,
                     &style->mask, error)
         && place_gray (plan, memory, choice->style_mask, layer, side,
                        &style->style_mask, error);
}

/* With no mask, the selection at this moment limits where the painting applies.
 * Where every style has a mask, the painting applies only where one of them is
 * above 0: a painting of another size is enlarged, which would blur the rest.
 */
static gboolean
place_limit (RunPlan       *plan,
             SharedMemory  *memory,
             const Request *request,
             gint           side,
             GError       **error)
{
  if (!request_has_masks (request))
    return host_selection_is_empty (request->image)
           || place_gray (plan, memory, host_selection (request->image),
                          plan->content, side, &plan->limit, error);
  const gsize                      count = plan->job.style_count;
  g_autofree const MemoryPicture **masks = g_new (const MemoryPicture *, count);
  for (gsize i = 0; i < count; ++i)
    {
      masks[i] = &plan->styles[i].mask;
      if (masks[i]->width != plan->job.content.width
          || masks[i]->height != plan->job.content.height)
        return TRUE; /* none, or of another image and fitted by the helper */
    }
  return pixels_reach (memory, masks, count, &plan->limit, error);
}

gboolean
run_plan_make (RunPlan       *plan,
               SharedMemory  *memory,
               const Request *request,
               gint           side,
               GError       **error)
{
  const gsize    count = request->styles->len;
  const gboolean files = request->frames && !side; /* the frames are */
  *plan = (RunPlan){ .content = describe_content (request, side),
                     .styles = g_new0 (JobStyle, count),
                     .drawables = host_drawables_new () };
  plan->job = (JobPlan){ .styles = plan->styles,
                         .style_count = count,
                         .options = &request->options };
  if (!check_content (plan->content, error))
    return FALSE;
  if (plan->content->image != request->image)
    return refuse (
        error, _ ("The layer to paint is of another image than the one that "
                  "was given. Give the image that the layer is in."));
  if (count == 0)
    return refuse (
        error,
        _ ("There is no style. Choose at least one layer or picture as a "
           "style."));
  if (!check_sides (plan->content, error)
      || !check_size (plan->content, &request->options, error)
      || !style_packs_check (request, error)
      || !place_layer (files ? NULL : memory, plan->content, side,
                       &plan->job.content, &plan->copy, error)
      || !place_painting (plan, memory, request, side, error))
    return FALSE;
  for (gsize i = 0; i < count; ++i)
    if (!place_style (plan, memory, request, i, side, error))
      return FALSE;
  if (memory && !files && !place_limit (plan, memory, request, side, error))
    return FALSE;
  plan->job.output = plan->job.content;
  plan->job.output.channels = 3;
  return TRUE;
}

void
run_plan_clear (RunPlan *plan)
{
  g_free (plan->styles);
  g_clear_pointer (&plan->drawables, g_ptr_array_unref);
  host_drawable_free (plan->content);
  g_clear_object (&plan->copy.pixels);
  if (plan->copies)
    run_plan_clear (plan->copies);
  g_free (plan->copies);
  *plan = (RunPlan){ 0 };
}
