/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recipes on the paintings of an animation's frames. A frame is painted with
 * all the others, so to edit its recipe is to paint the animation. For another
 * layer it is a recipe like any.
 *
 *     g_autofree char *recipe = frame_recipe (recipe_of_the_request, image,
 *                                             layer);
 *     if (frame_recipe_is (recipe)) ...
 */

#ifndef MANIERA_PLUGIN_FRAME_RECIPE_H
#define MANIERA_PLUGIN_FRAME_RECIPE_H

#include <glib.h>

/* The recipe of a request for an animation as that of the painting of one of
 * its layers. It says nothing of what counts for lone pictures alone: where
 * the painting goes, counterparts of parts. */
char *frame_recipe (const char *recipe, gint image, gint layer);

gboolean frame_recipe_is (const char *recipe);

/* Whether two are of frames, and of the same look. */
gboolean frame_recipes_are_alike (const char *one, const char *other);

#endif
