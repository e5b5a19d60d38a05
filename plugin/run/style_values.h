/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a style is without the drawables of GIMP, as JSON: the file, the weight,
 * the stroke size. Recipes add the drawables; presets hold files alone. */

#ifndef MANIERA_PLUGIN_STYLE_VALUES_H
#define MANIERA_PLUGIN_STYLE_VALUES_H

#include "plugin/client/request.h"

#include <json-glib/json-glib.h>

JsonObject *style_values_to_json (const StyleChoice *style);
/* A style with what of this is there; its `file` may be NULL. */
StyleChoice *style_values_from_json (JsonObject *object);

/* What it is called: its layer's name, or its file's without the folder. Free
 * with g_free(). */
char *style_name (const StyleChoice *style);

/* The sentence about a style's file that is gone. Free with g_free(). */
char *style_vanished (const char *file);

#endif
