/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "plugin/run/frame_recipe.h"

#include "plugin/client/wire.h"
#include "plugin/run/recipe.h"

#include <string.h>

static const char content[] = "content";

static JsonObject *
parsed (const char *recipe)
{
  return recipe ? wire_parse (recipe, strlen (recipe)) : NULL;
}

char *
frame_recipe (const char *recipe, gint image, gint layer)
{
  g_autoptr (JsonObject) object = parsed (recipe);
  g_autoptr (Request) one = request_new (image, layer);
  g_autofree char *text = recipe_text (one);
  g_autoptr (JsonObject) of_layer = parsed (text);
  if (wire_object (of_layer, content))
    json_object_set_member (object, content,
                            json_object_dup_member (of_layer, content));
  json_object_set_boolean_member (object, RECIPE_FRAMES, TRUE);
  json_object_remove_member (object, "output");
  json_object_remove_member (object, "counterparts");
  return wire_to_text (object, TRUE);
}

gboolean
frame_recipe_is (const char *recipe)
{
  g_autoptr (JsonObject) object = parsed (recipe);
  return object && wire_true (object, RECIPE_FRAMES)
         && wire_object (object, content) != NULL;
}

/* Without what it was painted from; NULL where it is of no frame. */
static char *
look_of (const char *recipe)
{
  g_autoptr (JsonObject) object = parsed (recipe);
  if (!object || !wire_true (object, RECIPE_FRAMES))
    return NULL;
  json_object_remove_member (object, content);
  return wire_to_text (object, FALSE);
}

gboolean
frame_recipes_are_alike (const char *one, const char *other)
{
  g_autofree char *look = look_of (one);
  g_autofree char *other_look = look_of (other);
  return look && g_strcmp0 (look, other_look) == 0;
}
