/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files in GIMP's folder. */

#include "plugin/run/settings.h"

#include "plugin/client/errors.h"
#include "plugin/client/job_writer.h"
#include "plugin/client/wire.h"
#include "plugin/i18n.h"
#include "plugin/run/kept_files.h"
#include "plugin/run/recipe.h"

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

/* All presets, {NAME: options}. NULL with an error where the file is damaged,
 * so that nothing overwrites what the user may want to repair. */
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

gboolean
preset_save (const char *name, const ManieraOptions *options, GError **error)
{
  g_autoptr (JsonObject) all = read_presets (error);
  if (!all)
    return FALSE;
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  json_object_set_object_member (all, valid, options_to_json (options));
  return write_presets (all, error);
}

static gboolean
refuse_unknown (const char *name, GError **error)
{
  g_autofree char *why
      = g_strdup_printf (_ ("There is no preset \"%s\"."), name);
  return refuse (error, PAINT_ERROR_INVALID_REQUEST, why);
}

gboolean
preset_load (const char *name, ManieraOptions *options, GError **error)
{
  g_autoptr (JsonObject) all = read_presets (error);
  if (!all)
    return FALSE;
  JsonObject *preset = wire_object (all, name);
  if (!preset)
    return refuse_unknown (name, error);
  maniera_options_init (options);
  options_leniently (preset, options);
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
