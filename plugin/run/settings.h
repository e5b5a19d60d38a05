/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests as JSON: the recipe kept with a layer, the last values, saved
 * presets. */

#ifndef MANIERA_PLUGIN_SETTINGS_H
#define MANIERA_PLUGIN_SETTINGS_H

#include "plugin/client/request.h"

#define RECIPE_NAME "maniera-recipe" /* the parasite's */

/* The request as a recipe: options that are set, seed, styles by layer and
 * image name or by file, with weights, scales, regions and parts; `model` (its
 * SHA-256, may be NULL) and our version. Styles also have their ids, valid only
 * in this session of this GIMP. */
char *recipe_text (const Request *request, const char *model_sha256);

/* Brings a recipe to `request`, whose image and content stay. Layers are found
 * by id in the same session, else by layer and image name, else by the layer's
 * name alone in the request's image. FALSE with an error that names what was
 * not found (`request` is then as it was), unless `lenient`: then such styles,
 * regions and options are left out. */
gboolean recipe_apply (const char *text,
                       Request    *request,
                       gboolean    lenient,
                       GError    **error);

/* Last values, remembered between runs and between GIMPs' starts. A missing or
 * torn file is no error: `request` stays. */
void     last_values_save (const Request *request);
gboolean last_values_load (Request *request);

/* Presets by name: the options and the numbers of the styles' rows, without the
 * styles. Names are any text. */
GPtrArray *preset_names (void); /* sorted, owned strings */
gboolean
preset_save (const char *name, const ManieraOptions *options, GError **error);
gboolean
preset_load (const char *name, ManieraOptions *options, GError **error);
gboolean preset_delete (const char *name, GError **error);

#endif
