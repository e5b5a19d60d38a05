/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The procedures, whichever GIMP they are called from. */

#include "plugin/procedures.h"

#include "plugin/client/errors.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/frame_recipe.h"
#include "plugin/run/frames.h"
#include "plugin/run/recipe.h"
#include "plugin/run/run.h"
#include "plugin/run/run_plan.h"
#include "plugin/run/settings.h"
#include "plugin/ui/dialog.h"
#include "plugin/ui/repeat_dialog.h"

#include <unistd.h>

/* In the menus a layer's mask may be active: then the layer is meant. */

gint
paint_with_dialog (gint image, gint active, GError **error)
{
  const gint drawable = host_layer_of (active);
  if (!run_plan_check_content (drawable, error) || !host_ui_start (error))
    return -1;
  g_autoptr (Request) request = request_new (image, drawable);
  g_autofree char *missing = NULL;
  last_values_load (request, &missing);
  return dialog_run (request, missing, -1);
}

/* After a painting its layer is active: what is painted again is its
 * photograph, which may be in another image. */
static gboolean
photograph_of (gint *image, gint *drawable, GError **error)
{
  g_autofree char *recipe = host_attached (*drawable, RECIPE_NAME);
  gint             content = -1;
  if (recipe && !recipe_content (recipe, *image, &content, error))
    return FALSE;
  HostDrawable *photograph = content < 0 ? NULL : host_describe (content);
  if (photograph)
    {
      *image = photograph->image;
      *drawable = content;
    }
  host_drawable_free (photograph);
  return TRUE;
}

/* What was asked for cannot be painted whole: the dialog has what there is, and
 * names what is missing. Without a display that is an error. */
static gint
ask_for (Request *request, const char *missing, GError **error)
{
  if (!run_plan_check_content (request->content, error))
    return -1;
  if (host_ui_start (NULL))
    return dialog_run (request, missing, -1);
  g_propagate_error (error,
                     paint_error_new (PAINT_ERROR_INVALID_REQUEST, missing));
  return -1;
}

/* With the values of the last run. */
static gint
run_again (Request *request, GError **error)
{
  g_autofree char *missing = NULL;
  const gboolean   known = last_values_load (request, &missing);
  if (known && missing)
    return ask_for (request, missing, error);
  if (!known || request->styles->len == 0)
    {
      g_propagate_error (
          error,
          paint_error_new (PAINT_ERROR_INVALID_REQUEST,
                           _ ("There is nothing to repeat: no layer or picture "
                              "of the last run is available. First run "
                              "Filters > Artistic > Neural Style "
                              "(Maniera).")));
      return -1;
    }
  return run_to_end (request, error);
}

gint
paint_again (gint image, gint active, GError **error)
{
  gint drawable = host_layer_of (active);
  if (!photograph_of (&image, &drawable, error))
    return -1;
  g_autoptr (Request) request = request_new (image, drawable);
  return run_again (request, error);
}

/* A request for the frames of an image. NULL with an error. */
static Request *
frames_request (gint image, GError **error)
{
  g_autoptr (GPtrArray) frames = frames_of (image, error);
  if (!frames)
    return NULL;
  const HostDrawable *lowest = g_ptr_array_index (frames, 0);
  Request            *request = request_new (image, lowest->id);
  request->frames = TRUE;
  return request;
}

gint
paint_frames_with_dialog (gint image, GError **error)
{
  g_autoptr (Request) request = frames_request (image, error);
  if (!request || !host_ui_start (error))
    return -1;
  g_autofree char *missing = NULL;
  last_values_load (request, &missing);
  return dialog_run (request, missing, -1);
}

/* After an animation was painted its paintings are the active image: what is
 * painted again is the animation, not they. */
static gboolean
animation_of (gint *image, GError **error)
{
  g_autoptr (GPtrArray) frames = frames_of (*image, error);
  if (!frames)
    return FALSE;
  gint             layer = ((HostDrawable *)g_ptr_array_index (frames, 0))->id;
  g_autofree char *recipe = host_attached (layer, RECIPE_NAME);
  return !frame_recipe_is (recipe) || photograph_of (image, &layer, error);
}

gint
paint_frames_again (gint image, GError **error)
{
  if (!animation_of (&image, error))
    return -1;
  g_autoptr (Request) request = frames_request (image, error);
  return request ? run_again (request, error) : -1;
}

gint
image_of_layer (gint layer)
{
  HostDrawable *drawable = host_describe (layer);
  const gint    image = drawable ? drawable->image : -1;
  host_drawable_free (drawable);
  return image;
}

gint
repeat_recipe (gint image, gint drawable, gint from, GError **error)
{
  g_autofree char *recipe = from < 0 ? NULL : host_attached (from, RECIPE_NAME);
  if (!recipe)
    {
      g_propagate_error (
          error, paint_error_new (
                     PAINT_ERROR_INVALID_REQUEST,
                     _ ("recipe-layer: this layer has no recipe. Give a layer "
                        "that Maniera has painted.")));
      return -1;
    }
  g_autoptr (Request) request = request_new (image, drawable);
  if (!recipe_apply (recipe, request, NULL, error))
    return -1;
  return run_to_end (request, error);
}

/* Layers that have a recipe, from the top of the first image; of an animation
 * one, for the others' are the same. */
static GPtrArray *
painted_layers (void)
{
  g_autoptr (GPtrArray) layers = host_list (1u << HOST_LAYER);
  g_autofree char *last = NULL;
  GPtrArray       *painted = host_drawables_new ();
  for (guint i = 0; i < layers->len; ++i)
    {
      const HostDrawable *layer = g_ptr_array_index (layers, i);
      g_autofree char    *recipe = host_attached (layer->id, RECIPE_NAME);
      if (!recipe || frame_recipes_are_alike (recipe, last))
        continue;
      g_ptr_array_add (painted, host_describe (layer->id));
      g_free (last);
      last = g_steal_pointer (&recipe);
    }
  return painted;
}

gint
repeat_with_dialog (gint image, gint active, GError **error)
{
  const gint drawable = host_layer_of (active);
  if (!run_plan_check_content (drawable, error))
    return -1;
  g_autoptr (GPtrArray) painted = painted_layers ();
  if (painted->len == 0)
    {
      g_propagate_error (
          error,
          paint_error_new (PAINT_ERROR_INVALID_REQUEST,
                           _ ("No open layer has a recipe. Open an image "
                              "with a layer that Maniera has painted.")));
      return -1;
    }
  if (!host_ui_start (error))
    return -1;
  const gint from = repeat_dialog_run (painted);
  if (from < 0)
    return -1;
  g_autofree char *recipe = host_attached (from, RECIPE_NAME);
  g_autoptr (Request) request = request_new (image, drawable);
  g_autofree char *missing = NULL;
  if (!recipe_apply (recipe, request, &missing, error))
    return -1;
  return missing ? dialog_run (request, missing, -1)
                 : run_to_end (request, error);
}

/* The photograph of a painted layer, which becomes the content of a request.
 * NULL with an error. */
static char *
recipe_of_painting (gint *image, gint *drawable, GError **error)
{
  g_autofree char *recipe = host_attached (*drawable, RECIPE_NAME);
  if (recipe)
    return photograph_of (image, drawable, error) ? g_steal_pointer (&recipe)
                                                  : NULL;
  g_propagate_error (
      error,
      paint_error_new (PAINT_ERROR_INVALID_REQUEST,
                       _ ("This layer has no recipe. Choose a layer that "
                          "Maniera has painted.")));
  return NULL;
}

/* A frame is painted again with all the others. */
static Request *
request_for (const char *recipe, gint image, gint drawable, GError **error)
{
  return frame_recipe_is (recipe) ? frames_request (image, error)
                                  : request_new (image, drawable);
}

gint
repaint (gint image, gint painted, GError **error)
{
  gint             drawable = painted;
  g_autofree char *recipe = recipe_of_painting (&image, &drawable, error);
  g_autoptr (Request) request
      = recipe ? request_for (recipe, image, drawable, error) : NULL;
  if (!request || !recipe_apply (recipe, request, NULL, error))
    return -1;
  return run_to_end (request, error);
}

/* Where a lone painting goes is no matter of an animation's, and stays as it
 * was chosen last. */
static Output
last_output (const Request *request)
{
  g_autoptr (Request) last = request_copy (request);
  g_autofree char *missing = NULL;
  last_values_load (last, &missing);
  return last->output;
}

static gint
edit_frames (gint image, const char *recipe, GError **error)
{
  g_autoptr (Request) request = frames_request (image, error);
  g_autofree char *missing = NULL;
  if (!request || !host_ui_start (error)
      || !recipe_apply (recipe, request, &missing, error))
    return -1;
  request->output = last_output (request);
  return dialog_run (request, missing, -1);
}

gint
edit_with_dialog (gint image, gint active, GError **error)
{
  const gint       painted = host_layer_of (active);
  gint             drawable = painted;
  g_autofree char *recipe = recipe_of_painting (&image, &drawable, error);
  if (!recipe)
    return -1;
  if (frame_recipe_is (recipe))
    return edit_frames (image, recipe, error);
  if (!run_plan_check_content (drawable, error) || !host_ui_start (error))
    return -1;
  g_autoptr (Request) request = request_new (image, drawable);
  g_autofree char *missing = NULL;
  if (!recipe_apply (recipe, request, &missing, error))
    return -1;
  if (drawable != painted)
    return dialog_run (request, missing, painted);
  g_autofree char *note = g_strjoin (
      missing ? "\n" : NULL,
      _ ("The painting took the place of its photograph: it is painted itself. "
         "Undo brings the photograph back."),
      missing, NULL);
  return dialog_run (request, note, -1);
}

void
procedures_set_up (void)
{
  /* GIMP's Cancel kills the process group of a plug-in that leads one. The
   * helper is in that group. */
  setpgid (0, 0);
  g_autofree char *locale = locale_folder ();
  bindtextdomain (MANIERA_TEXT_DOMAIN, locale);
  bind_textdomain_codeset (MANIERA_TEXT_DOMAIN, "UTF-8");
}

char *
locale_folder (void)
{
  char *beside = host_own_file ("locale");
  if (g_file_test (beside, G_FILE_TEST_IS_DIR))
    return beside;
  g_free (beside);
  return g_strdup (MANIERA_LOCALE_FOLDER);
}
