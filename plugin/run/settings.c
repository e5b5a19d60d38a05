/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests to JSON and back, and the two files in GIMP's folder. */

#include "plugin/run/settings.h"

#include "plugin/client/errors.h"
#include "plugin/client/job_writer.h"
#include "plugin/client/wire.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* By HostKind. */
static const char *const kinds[]
    = { "layer",     "layer-mask", "channel",
        "selection", "group",      "floating-selection" };

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == HOST_FLOATING_SELECTION + 1);

static char *
to_text (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  json_node_init_object (node, object);
  return json_to_string (node, TRUE);
}

/* Drawables, with what a later session can find them by */

static void
put_drawable (JsonObject *object, const char *member, gint id)
{
  HostDrawable *drawable = id < 0 ? NULL : host_describe (id);
  if (!drawable)
    return;
  JsonObject *place = json_object_new ();
  json_object_set_string_member (place, "kind", kinds[drawable->kind]);
  json_object_set_string_member (place, "name", drawable->name);
  json_object_set_string_member (place, "image", drawable->image_name);
  json_object_set_int_member (place, "id", id);
  json_object_set_object_member (object, member, place);
  host_drawable_free (drawable);
}

/* What a recipe is applied to, and what is open there. */
typedef struct
{
  gint       image;
  gboolean   same_session; /* ids mean something */
  gboolean   lenient;
  GPtrArray *open; /* of HostDrawable */
} Search;

static gboolean
fits (const HostDrawable *drawable, JsonObject *place)
{
  const char *kind = wire_text (place, "kind");
  const char *name = wire_text (place, "name");
  return kind && name && strcmp (kinds[drawable->kind], kind) == 0
         && strcmp (drawable->name, name) == 0;
}

/* -1 where the drawable is not open. */
static gint
find_drawable (const Search *search, JsonObject *place)
{
  const char *image = wire_text (place, "image");
  const gint  id = (gint)wire_number (place, "id", 0, G_MAXINT32, -1);
  gint        by_name = -1, in_this_image = -1;
  for (guint i = 0; i < search->open->len; ++i)
    {
      const HostDrawable *drawable = g_ptr_array_index (search->open, i);
      const char         *kind = wire_text (place, "kind");
      if (search->same_session && drawable->id == id && kind
          && strcmp (kinds[drawable->kind], kind) == 0)
        return id;
      if (!fits (drawable, place))
        continue;
      if (by_name < 0 && image && strcmp (drawable->image_name, image) == 0)
        by_name = drawable->id;
      if (in_this_image < 0 && drawable->image == search->image)
        in_this_image = drawable->id;
    }
  return by_name >= 0 ? by_name : in_this_image;
}

static gboolean
refuse (GError **error, PaintErrorCode code, const char *why)
{
  g_propagate_error (error, paint_error_new (code, why));
  return FALSE;
}

static gboolean
refuse_missing (GError **error, JsonObject *place)
{
  const char      *name = wire_text (place, "name");
  const char      *image = wire_text (place, "image");
  g_autofree char *why = g_strdup_printf (
      /* Translators: a layer's, channel's or mask's name, then its image's. */
      _ ("The recipe needs \"%s\" from the image \"%s\". Open that image, or "
         "give a layer of this image that name."),
      name ? name : "", image ? image : "");
  return refuse (error, PAINT_ERROR_INVALID_REQUEST, why);
}

/* The drawable of a member; it may have the name that it had in version 0.1.0.
 * FALSE when the member is there and its drawable is not open. */
static gboolean
take_drawable (const Search *search,
               JsonObject   *object,
               const char   *member,
               const char   *old_member,
               gint         *id,
               GError      **error)
{
  JsonObject *place = wire_object (object, member);
  if (!place && old_member)
    place = wire_object (object, old_member);
  if (!place)
    return TRUE;
  *id = find_drawable (search, place);
  return *id >= 0 || refuse_missing (error, place);
}

/* File names are bytes. Those that are not UTF-8 are kept as URIs. */

static char *
file_to_text (const char *file)
{
  if (g_utf8_validate (file, -1, NULL))
    return g_strdup (file);
  char *uri = g_filename_to_uri (file, NULL, NULL);
  return uri ? uri : g_filename_display_name (file);
}

static char *
file_from_text (const char *text)
{
  char *file = g_str_has_prefix (text, "file://")
                   ? g_filename_from_uri (text, NULL, NULL)
                   : NULL;
  return file ? file : g_strdup (text);
}

/* Styles */

static JsonObject *
style_to_json (const StyleChoice *style)
{
  JsonObject *object = json_object_new ();
  if (style->file)
    {
      g_autofree char *file = file_to_text (style->file);
      json_object_set_string_member (object, "file", file);
    }
  else
    {
      put_drawable (object, "drawable", style->drawable);
    }
  if (!isnan (style->weight))
    json_object_set_double_member (object, "weight", style->weight);
  if (style->scale > 0)
    json_object_set_double_member (object, "style-scale", style->scale);
  put_drawable (object, "mask", style->mask);
  put_drawable (object, "style-mask", style->style_mask);
  return object;
}

/* NULL with an error. A lenient search leaves out masks that are not open, and
 * gives NULL without an error for a style that is not open. */
static StyleChoice *
style_from_json (const Search *search, JsonObject *object, GError **error)
{
  StyleChoice *style = style_choice_new ();
  const char  *file = wire_text (object, "file");
  GError     **told = search->lenient ? NULL : error;
  style->weight = wire_number (object, "weight", 0, 1e9, NAN);
  style->scale = wire_number (object, "style-scale", 0, 1e9, 0);
  style->file = file ? file_from_text (file) : NULL;
  const gboolean good
      = (file
         || take_drawable (search, object, "drawable", NULL, &style->drawable,
                           told))
        && (take_drawable (search, object, "mask", "region", &style->mask, told)
            || search->lenient)
        && (take_drawable (search, object, "style-mask", "part",
                           &style->style_mask, told)
            || search->lenient);
  if (good && (file || style->drawable >= 0))
    return style;
  if (good)
    refuse (told, PAINT_ERROR_INVALID_REQUEST,
            _ ("The recipe has a style without a picture."));
  style_choice_free (style);
  return NULL;
}

/* FALSE with an error; a lenient search never fails. */
static gboolean
styles_from_json (const Search *search,
                  JsonObject   *recipe,
                  GPtrArray    *styles,
                  GError      **error)
{
  JsonNode  *node = json_object_get_member (recipe, "styles");
  JsonArray *list = node && JSON_NODE_HOLDS_ARRAY (node)
                        ? json_node_get_array (node)
                        : NULL;
  for (guint i = 0; list && i < json_array_get_length (list); ++i)
    {
      JsonNode    *item = json_array_get_element (list, i);
      JsonObject  *object = JSON_NODE_HOLDS_OBJECT (item)
                                ? json_object_ref (json_node_get_object (item))
                                : json_object_new ();
      StyleChoice *style = style_from_json (search, object, error);
      json_object_unref (object);
      if (style)
        g_ptr_array_add (styles, style);
      else if (!search->lenient)
        return FALSE;
    }
  return TRUE;
}

/* Another version may have written options or values that this one does not
 * know. The others are taken. */
static void
options_leniently (JsonObject *object, ManieraOptions *options)
{
  g_autoptr (GList) names = json_object_get_members (object);
  for (GList *name = names; name; name = name->next)
    {
      g_autoptr (JsonObject) one = json_object_new ();
      json_object_set_member (one, name->data,
                              json_object_dup_member (object, name->data));
      options_from_json (one, options, NULL);
    }
}

/* Recipes */

static JsonObject *
request_to_json (const Request *request, const ManieraOptions *options)
{
  JsonObject *object = json_object_new ();
  JsonArray  *styles = json_array_new ();
  for (guint i = 0; i < request->styles->len; ++i)
    json_array_add_object_element (
        styles, style_to_json (g_ptr_array_index (request->styles, i)));
  json_object_set_string_member (object, "maniera", MANIERA_VERSION);
  json_object_set_string_member (object, "session", host_session ());
  json_object_set_object_member (object, "options", options_to_json (options));
  json_object_set_array_member (object, "styles", styles);
  return object;
}

char *
recipe_text (const Request *request, const char *model_sha256)
{
  ManieraOptions options = request->options;
  ManieraOptions resolved;
  char           seed[16], message[MANIERA_MESSAGE_MAX];
  maniera_options_resolve (&options, &resolved);
  g_snprintf (seed, sizeof seed, "%d", resolved.seed);
  maniera_option_set (&options, "seed", seed, message);
  g_autoptr (JsonObject) recipe = request_to_json (request, &options);
  if (model_sha256)
    json_object_set_string_member (recipe, "model", model_sha256);
  return to_text (recipe);
}

gboolean
recipe_apply (const char *text,
              Request    *request,
              gboolean    lenient,
              GError    **error)
{
  g_autoptr (JsonObject) recipe = wire_parse (text, strlen (text));
  if (!recipe || !wire_text (recipe, "maniera"))
    return refuse (error, PAINT_ERROR_INVALID_REQUEST,
                   _ ("What is attached to the layer is not a Maniera "
                      "recipe."));
  const char    *session = wire_text (recipe, "session");
  JsonObject    *set = wire_object (recipe, "options");
  ManieraOptions options;
  maniera_options_init (&options);
  if (set && lenient)
    options_leniently (set, &options);
  else if (set && !options_from_json (set, &options, error))
    return FALSE;
  g_autoptr (GPtrArray) open
      = host_list (1u << HOST_LAYER | 1u << HOST_LAYER_MASK | 1u << HOST_CHANNEL
                   | 1u << HOST_SELECTION);
  g_autoptr (GPtrArray) styles
      = g_ptr_array_new_with_free_func ((GDestroyNotify)style_choice_free);
  const Search search
      = { request->image, session && strcmp (session, host_session ()) == 0,
          lenient, open };
  if (!styles_from_json (&search, recipe, styles, error))
    return FALSE;
  g_ptr_array_unref (request->styles);
  request->styles = g_steal_pointer (&styles);
  request->options = options;
  return TRUE;
}

/* Files in GIMP's folder */

static char *
file_name (const char *name)
{
  return g_build_filename (host_folder (), "maniera", name, NULL);
}

/* The whole file or nothing: g_file_set_contents() renames a finished file. */
static gboolean
write_file (const char *name, const char *text, GError **error)
{
  g_autofree char *path = file_name (name);
  g_autofree char *folder = g_path_get_dirname (path);
  GError          *failure = NULL;
  if (g_mkdir_with_parents (folder, 0700) == 0
      && g_file_set_contents (path, text, -1, &failure))
    return TRUE;
  const gboolean full
      = failure ? g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
                : errno == ENOSPC;
  refuse (error, full ? PAINT_ERROR_NO_SPACE : PAINT_ERROR_HOST,
          failure ? failure->message : folder);
  g_clear_error (&failure);
  return FALSE;
}

static const char last_values[] = "last-values.json";
static const char presets[] = "presets.json";

void
last_values_save (const Request *request)
{
  g_autoptr (JsonObject) values = request_to_json (request, &request->options);
  g_autofree char *text = to_text (values);
  write_file (last_values, text, NULL);
}

gboolean
last_values_load (Request *request)
{
  g_autofree char *path = file_name (last_values);
  g_autofree char *text = NULL;
  return g_file_get_contents (path, &text, NULL, NULL)
         && recipe_apply (text, request, TRUE, NULL);
}

/* All presets, {NAME: options}. NULL with an error where the file is damaged,
 * so that nothing overwrites what the user may want to repair. */
static JsonObject *
read_presets (GError **error)
{
  g_autofree char *path = file_name (presets);
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
  g_autofree char *text = to_text (all);
  return write_file (presets, text, error);
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
