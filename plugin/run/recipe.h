/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests as JSON: the recipe kept with a layer, and what the values of the
 * last run are made of.
 *
 *     g_autofree char *recipe = recipe_text (request);
 *     recipe_apply (recipe, other_request, NULL, &error);
 */

#ifndef MANIERA_PLUGIN_RECIPE_H
#define MANIERA_PLUGIN_RECIPE_H

#include "plugin/client/request.h"

#include <json-glib/json-glib.h>

#define RECIPE_NAME   "maniera-recipe" /* the parasite's */
#define RECIPE_FRAMES "frames"         /* true in those of frame_recipe.h */

/* The request as a recipe: the options that are set, the seed, and each style
 * (by the names of its layer and image and the hash of its pixels, or by its
 * file) with its weight, scale, mask and style mask. Also our version. Layers
 * have their ids too, which are valid only in this session of GIMP. */
char *recipe_text (const Request *request);
/* Such a recipe with the options of `request` and the weights and stroke sizes
 * of its styles, which are the recipe's; no drawable is looked at. */
char *recipe_with_settings (const char *text, const Request *request);
/* The recipe with the SHA-256 of the model that it was painted with. */
char *recipe_with_model (const char *recipe, const char *model_sha256);

/* Sets the styles and options of `request` to those of a recipe. Drawables are
 * found by id in the same session, else by their pixels. Without a hash, as in
 * version 0.1.0, they are found by the names of layer and image, else by the
 * name alone in the request's image; so are masks, which differ from photograph
 * to photograph. The content is never its own style. The recipe may come from
 * somebody else: of its options only those of size, look and method count, and
 * a model is named, not a file. FALSE with an error that names what was not
 * found; `request` is then unchanged. With `missing`, styles, masks and options
 * that are not found are left out instead, and *missing gets sentences that
 * name the styles and masks, or NULL; free it with g_free(). */
gboolean recipe_apply (const char *text,
                       Request    *request,
                       char      **missing,
                       GError    **error);

/* The layer that a recipe was painted from, where it is open, in `image` rather
 * than in another, but a frame of an animation in another alone; -1 where the
 * recipe names none, as in version 0.1.0, or the painting took its place. FALSE
 * with an error that names it where it is not open. */
gboolean
recipe_content (const char *text, gint image, gint *content, GError **error);

/* What recipes and last values are made of. `own` = all options count. */
char *request_to_text (const Request *request, const ManieraOptions *options);
gboolean request_from_text (const char *text,
                            Request    *request,
                            gboolean    own,
                            char      **missing,
                            GError    **error);

/* Another version may have written options or values that this one does not
 * know. The others are taken. */
void options_leniently (JsonObject *object, ManieraOptions *options);

#endif
