/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests as JSON: the recipe kept with a layer, the last values, saved
 * presets.
 *
 *     g_autofree char *recipe = recipe_text (request, model_sha256);
 *     recipe_apply (recipe, other_request, FALSE, &error);
 */

#ifndef MANIERA_PLUGIN_SETTINGS_H
#define MANIERA_PLUGIN_SETTINGS_H

#include "plugin/client/request.h"

#define RECIPE_NAME "maniera-recipe" /* the parasite's */

/* The request as a recipe: the options that are set, the seed, and each style
 * (by the names of its layer and image, or by its file) with its weight, scale,
 * mask and style mask. Also the model's SHA-256, which may be NULL, and our
 * version. Layers have their ids too, which are valid only in this session of
 * GIMP. */
char *recipe_text (const Request *request, const char *model_sha256);

/* Sets the styles and options of `request` to those of a recipe. Layers are
 * found by id in the same session, else by the names of layer and image, else
 * by the layer's name alone in the request's image. FALSE with an error that
 * names what was not found; `request` is then unchanged. `lenient` = styles,
 * masks and options that are not found are left out instead. */
gboolean recipe_apply (const char *text,
                       Request    *request,
                       gboolean    lenient,
                       GError    **error);

/* The values of the last run, also of an earlier GIMP. FALSE where the file is
 * missing or damaged; `request` is then unchanged. */
void     last_values_save (const Request *request);
gboolean last_values_load (Request *request);

/* Presets: options by a name, which may be any text. */
GPtrArray *preset_names (void); /* sorted, owned strings */
gboolean
preset_save (const char *name, const ManieraOptions *options, GError **error);
gboolean
preset_load (const char *name, ManieraOptions *options, GError **error);
gboolean preset_delete (const char *name, GError **error);

#endif
