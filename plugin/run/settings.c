/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files in GIMP's folder. */

#include "plugin/run/settings.h"

#include "plugin/client/errors.h"
#include "plugin/client/job_writer.h"
#include "plugin/client/wire.h"
#include "plugin/i18n.h"
#include "plugin/run/kept_files.h"
#include "plugin/run/recipe.h"
#include "plugin/run/style_values.h"

#include <string.h>

static gboolean
refuse (GError **error, PaintErrorCode code, const char *why)
{
  g_propagate_error (error, paint_error_new (code, why));
  return FALSE;
}

static const char last_values[] = "last-values.json";
static const char presets[] = "presets.json";
static const char dialog[] = "dialog.json";
static const char preset_styles[] = "styles"; /* beside the options */

void
last_values_save (const Request *request)
{
  g_autofree char *text = request_to_text (request, &request->options);
  kept_file_write (last_values, text, NULL);
}

gboolean
last_values_load (Request *request, char **missing)
{
  *missing = NULL;
  g_autofree char *path = kept_file_name (last_values);
  g_autofree char *text = NULL;
  return g_file_get_contents (path, &text, NULL, NULL)
         && request_from_text (text, request, TRUE, missing, NULL);
}

void
quick_look_save (gboolean wanted)
{
  kept_file_write (
      dialog, wanted ? "{\"quick-look\": true}\n" : "{\"quick-look\": false}\n",
      NULL);
}

gboolean
quick_look_load (void)
{
  g_autofree char *path = kept_file_name (dialog);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    return TRUE;
  g_autoptr (JsonObject) kept = wire_parse (text, strlen (text));
  return !kept || wire_true (kept, "quick-look");
}

/* All presets, {NAME: options and styles}. NULL with an error where the file is
 * damaged, so that nothing overwrites what the user may want to repair. */
static JsonObject *
read_presets (GError **error)
{
  g_autofree char *path = kept_file_name (presets);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (path, &text, NULL, NULL))
    {
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return json_object_new ();
      refuse (error, PAINT_ERROR_HOST, path);
      return NULL;
    }
  JsonObject *all = wire_parse (text, strlen (text));
  if (!all)
    {
      g_autofree char *why = g_strdup_printf (
          _ ("The file %s is damaged. Repair it, or remove it."), path);
      refuse (error, PAINT_ERROR_HOST, why);
    }
  return all;
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
preset_names (void)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonObject) all = read_presets (NULL);
  if (!all)
    return names;
  g_autoptr (GList) members = json_object_get_members (all);
  for (GList *member = members; member; member = member->next)
    if (wire_object (all, member->data))
      g_ptr_array_add (names, g_strdup (member->data));
  g_ptr_array_sort (names, by_name);
  return names;
}

static gboolean
write_presets (JsonObject *all, GError **error)
{
  g_autofree char *text = wire_to_text (all, TRUE);
  return kept_file_write (presets, text, error);
}

static JsonObject *
preset_to_json (const Request *request)
{
  JsonObject *preset = options_to_json (&request->options);
  JsonArray  *files = json_array_new ();
  for (guint i = 0; i < request->styles->len; ++i)
    {
      const StyleChoice *style = g_ptr_array_index (request->styles, i);
      if (style->file)
        json_array_add_object_element (files, style_values_to_json (style));
    }
  if (json_array_get_length (files) > 0)
    json_object_set_array_member (preset, preset_styles, files);
  else
    json_array_unref (files);
  return preset;
}

gboolean
preset_save (const char *name, const Request *request, GError **error)
{
  g_autoptr (JsonObject) all = read_presets (error);
  if (!all)
    return FALSE;
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  json_object_set_object_member (all, valid, preset_to_json (request));
  return write_presets (all, error);
}

static gboolean
refuse_unknown (const char *name, GError **error)
{
  g_autofree char *why
      = g_strdup_printf (_ ("There is no preset \"%s\"."), name);
  return refuse (error, PAINT_ERROR_INVALID_REQUEST, why);
}

/* Sentences, one a line, about files that are gone; NULL = all are there. */
static char *
take_files (JsonArray *files, GPtrArray *styles)
{
  GString *missing = g_string_new (NULL);
  g_ptr_array_set_size (styles, 0);
  for (guint i = 0; i < json_array_get_length (files); ++i)
    {
      JsonNode *item = json_array_get_element (files, i);
      if (!JSON_NODE_HOLDS_OBJECT (item))
        continue;
      StyleChoice *style = style_values_from_json (json_node_get_object (item));
      if (style->file && g_file_test (style->file, G_FILE_TEST_IS_REGULAR))
        {
          g_ptr_array_add (styles, style);
          continue;
        }
      g_autofree char *why = style->file ? style_vanished (style->file) : NULL;
      if (why)
        g_string_append_printf (missing, "%s%s", missing->len ? "\n" : "", why);
      style_choice_free (style);
    }
  return g_string_free (missing, missing->len == 0);
}

gboolean
preset_load (const char *name, Request *request, char **missing, GError **error)
{
  *missing = NULL;
  g_autoptr (JsonObject) all = read_presets (error);
  if (!all)
    return FALSE;
  JsonObject *preset = wire_object (all, name);
  if (!preset)
    return refuse_unknown (name, error);
  maniera_options_init (&request->options);
  options_leniently (preset, &request->options);
  JsonNode *files = json_object_get_member (preset, preset_styles);
  if (files && JSON_NODE_HOLDS_ARRAY (files))
    *missing = take_files (json_node_get_array (files), request->styles);
  return TRUE;
}

gboolean
preset_delete (const char *name, GError **error)
{
  g_autoptr (JsonObject) all = read_presets (error);
  if (!all)
    return FALSE;
  if (!json_object_has_member (all, name))
    return refuse_unknown (name, error);
  json_object_remove_member (all, name);
  return write_presets (all, error);
}
