/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests to JSON and back. */

#include "plugin/run/recipe.h"

#include "plugin/client/errors.h"
#include "plugin/client/job_writer.h"
#include "plugin/client/wire.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/pixels.h"
#include "plugin/run/style_values.h"

#include <string.h>

/* By HostKind. */
static const char *const kinds[]
    = { "layer",     "layer-mask", "channel",
        "selection", "group",      "floating-selection" };

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == HOST_FLOATING_SELECTION + 1);

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
  if (drawable->kind != HOST_SELECTION) /* it is another one every time */
    {
      g_autofree char *hash = pixels_hash (drawable);
      json_object_set_string_member (place, "sha256", hash);
    }
  json_object_set_object_member (object, member, place);
  host_drawable_free (drawable);
}

/* What a recipe is applied to, and what is open there. */
typedef struct
{
  gint       image;
  gint       content;
  gboolean   same_session; /* ids mean something */
  gboolean   own;          /* the user's own file, not a layer's recipe */
  GString   *missing;      /* sentences; NULL = what is missing is an error */
  GPtrArray *open;         /* of HostDrawable */
} Search;

static gboolean
is_kind (const HostDrawable *drawable, JsonObject *place)
{
  return g_strcmp0 (kinds[drawable->kind], wire_text (place, "kind")) == 0;
}

/* By pixels; one with the name and image of old counts more than others. */
static gint
find_by_hash (const Search *search, JsonObject *place, const char *hash)
{
  gint found = -1, most = -1;
  for (guint i = 0; i < search->open->len; ++i)
    {
      const HostDrawable *drawable = g_ptr_array_index (search->open, i);
      if (!is_kind (drawable, place) || drawable->id == search->content)
        continue;
      const gint marks
          = (g_strcmp0 (drawable->name, wire_text (place, "name")) == 0)
            + (g_strcmp0 (drawable->image_name, wire_text (place, "image"))
               == 0);
      g_autofree char *own = marks > most ? pixels_hash (drawable) : NULL;
      if (!own || strcmp (own, hash) != 0)
        continue;
      found = drawable->id;
      most = marks;
    }
  return found;
}

static gint
find_by_name (const Search *search, JsonObject *place, gboolean any_image)
{
  const char *name = wire_text (place, "name");
  const char *image = wire_text (place, "image");
  gint        by_name = -1, in_this_image = -1;
  for (guint i = 0; name && i < search->open->len; ++i)
    {
      const HostDrawable *drawable = g_ptr_array_index (search->open, i);
      if (!is_kind (drawable, place) || strcmp (drawable->name, name) != 0)
        continue;
      if (by_name < 0 && any_image && image
          && strcmp (drawable->image_name, image) == 0)
        by_name = drawable->id;
      if (in_this_image < 0 && drawable->image == search->image)
        in_this_image = drawable->id;
    }
  return by_name >= 0 ? by_name : in_this_image;
}

/* -1 where the drawable is not open. */
static gint
find_drawable (const Search *search, JsonObject *place, gboolean mask)
{
  const char *hash = wire_text (place, "sha256");
  const gint  id = (gint)wire_number (place, "id", 0, G_MAXINT32, -1);
  for (guint i = 0; search->same_session && i < search->open->len; ++i)
    {
      const HostDrawable *drawable = g_ptr_array_index (search->open, i);
      if (drawable->id == id && is_kind (drawable, place))
        return id;
    }
  const gint found = hash ? find_by_hash (search, place, hash) : -1;
  if (found >= 0)
    return found;
  return mask || !hash ? find_by_name (search, place, !hash) : -1;
}

static gboolean
refuse (GError **error, PaintErrorCode code, const char *why)
{
  g_propagate_error (error, paint_error_new (code, why));
  return FALSE;
}

/* Names it in what is missing, or refuses it. */
static gboolean
lack (const Search *search, const char *why, GError **error)
{
  if (!search->missing)
    return refuse (error, PAINT_ERROR_INVALID_REQUEST, why);
  if (search->missing->len)
    g_string_append_c (search->missing, '\n');
  g_string_append (search->missing, why);
  return FALSE;
}

static gboolean
lack_drawable (const Search *search, JsonObject *place, GError **error)
{
  const char      *name = wire_text (place, "name");
  const char      *image = wire_text (place, "image");
  g_autofree char *why = g_strdup_printf (
      /* Translators: a layer's, channel's or mask's name, then its image's. */
      _ ("\"%s\" from the image \"%s\" is not open, or has changed. Open it, "
         "or "
         "choose another."),
      name && *name ? name : _ ("Selection"), image ? image : "");
  return lack (search, why, error);
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
  *id = find_drawable (search, place, old_member != NULL);
  return *id >= 0 || lack_drawable (search, place, error);
}

static gboolean
take_style (const Search *search,
            JsonObject   *object,
            StyleChoice  *style,
            GError      **error)
{
  if (!take_drawable (search, object, "drawable", NULL, &style->drawable,
                      error))
    return FALSE;
  if (style->drawable < 0)
    return lack (search, _ ("The recipe has a style without a picture."),
                 error);
  return style->drawable != search->content
         || lack (search,
                  _ ("The layer to paint cannot be its own style. Choose "
                     "another layer or picture as the style."),
                  error);
}

/* Styles */

static JsonObject *
style_to_json (const StyleChoice *style)
{
  JsonObject *object = style_values_to_json (style);
  if (!style->file)
    put_drawable (object, "drawable", style->drawable);
  put_drawable (object, "mask", style->mask);
  put_drawable (object, "style-mask", style->style_mask);
  return object;
}

/* NULL where the style was not found; a strict search also fails for a mask. */
static StyleChoice *
style_from_json (const Search *search, JsonObject *object, GError **error)
{
  StyleChoice   *style = style_values_from_json (object);
  const gboolean lenient = search->missing != NULL;
  if ((style->file || take_style (search, object, style, error))
      && (take_drawable (search, object, "mask", "region", &style->mask, error)
          || lenient)
      && (take_drawable (search, object, "style-mask", "part",
                         &style->style_mask, error)
          || lenient))
    return style;
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
      else if (!search->missing)
        return FALSE;
    }
  return TRUE;
}

void
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

/* What a recipe in somebody else's file may not decide: what is written, and
 * what this computer does. */
static void
drop_what_is_not_look (ManieraOptions *options)
{
  gsize                count;
  const ManieraOption *row = maniera_option_table (&count);
  for (; count > 0; --count, ++row)
    if ((strcmp (row->group, "machine") == 0
         || strcmp (row->group, "command-line") == 0)
        && strcmp (row->name, "model") != 0)
      maniera_option_unset (options, row->name);
}

static gboolean
check_model (const ManieraOptions *options, GError **error)
{
  const char *name = options->model;
  if (!maniera_option_is_set (options, "model")
      || strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_")
             == strlen (name))
    return TRUE;
  return refuse (error, PAINT_ERROR_INVALID_REQUEST,
                 _ ("The recipe names a file as its model. Choose the model in "
                    "the dialog's settings."));
}

static gboolean
options_of (const Search   *search,
            JsonObject     *recipe,
            ManieraOptions *options,
            GError        **error)
{
  JsonObject *set = wire_object (recipe, "options");
  maniera_options_init (options);
  if (set && search->missing)
    options_leniently (set, options);
  else if (set && !options_from_json (set, options, error))
    return FALSE;
  if (search->own)
    return TRUE;
  drop_what_is_not_look (options);
  return check_model (options, error);
}

/* Recipes */

char *
request_to_text (const Request *request, const ManieraOptions *options)
{
  JsonObject *object = json_object_new ();
  JsonArray  *styles = json_array_new ();
  for (guint i = 0; i < request->styles->len; ++i)
    json_array_add_object_element (
        styles, style_to_json (g_ptr_array_index (request->styles, i)));
  json_object_set_string_member (object, "maniera", MANIERA_VERSION);
  json_object_set_string_member (object, "session", host_session ());
  put_drawable (object, "content", request->content);
  json_object_set_object_member (object, "options", options_to_json (options));
  json_object_set_array_member (object, "styles", styles);
  if (request->pairs.count > 0)
    json_object_set_array_member (object, "counterparts",
                                  part_pairs_to_json (&request->pairs));
  JsonObject *output = output_to_json (&request->output);
  if (output)
    json_object_set_object_member (object, "output", output);
  char *text = wire_to_text (object, TRUE);
  json_object_unref (object);
  return text;
}

static ManieraOptions
options_with_seed (const Request *request)
{
  ManieraOptions options = request->options;
  ManieraOptions resolved;
  char           seed[16], message[MANIERA_MESSAGE_MAX];
  maniera_options_resolve (&options, &resolved);
  g_snprintf (seed, sizeof seed, "%d", resolved.seed);
  maniera_option_set (&options, "seed", seed, message);
  return options;
}

char *
recipe_text (const Request *request)
{
  const ManieraOptions options = options_with_seed (request);
  return request_to_text (request, &options);
}

char *
recipe_with_settings (const char *text, const Request *request)
{
  g_autoptr (JsonObject) recipe = wire_parse (text, strlen (text));
  const ManieraOptions options = options_with_seed (request);
  JsonArray           *styles = json_object_get_array_member (recipe, "styles");
  json_object_set_object_member (recipe, "options", options_to_json (&options));
  for (guint i = 0; i < request->styles->len; ++i)
    {
      JsonObject *style = json_array_get_object_element (styles, i);
      g_autoptr (JsonObject) values
          = style_values_to_json (g_ptr_array_index (request->styles, i));
      static const char *const names[] = { "weight", "style-scale" };
      for (gsize name = 0; name < G_N_ELEMENTS (names); ++name)
        if (json_object_has_member (values, names[name]))
          json_object_set_member (style, names[name],
                                  json_object_dup_member (values, names[name]));
        else
          json_object_remove_member (style, names[name]);
    }
  return wire_to_text (recipe, TRUE);
}

char *
recipe_with_model (const char *text, const char *model_sha256)
{
  g_autoptr (JsonObject) recipe = wire_parse (text, strlen (text));
  if (!recipe || !model_sha256)
    return g_strdup (text);
  json_object_set_string_member (recipe, "model", model_sha256);
  return wire_to_text (recipe, TRUE);
}

static JsonObject *
read_recipe (const char *text, GError **error)
{
  JsonObject *recipe = wire_parse (text, strlen (text));
  if (recipe && wire_text (recipe, "maniera"))
    return recipe;
  g_clear_pointer (&recipe, json_object_unref);
  refuse (error, PAINT_ERROR_INVALID_REQUEST,
          _ ("What is attached to the layer is not a Maniera recipe."));
  return NULL;
}

static void
search_open (Search *search, JsonObject *recipe)
{
  const char *session = wire_text (recipe, "session");
  search->same_session = g_strcmp0 (session, host_session ()) == 0;
  search->open = host_list (1u << HOST_LAYER | 1u << HOST_LAYER_MASK
                            | 1u << HOST_CHANNEL | 1u << HOST_SELECTION);
}

/* Parts of other pictures are other parts. */
static PartPairs
pairs_of (const Search *search, JsonObject *recipe)
{
  const PartPairs pairs
      = part_pairs_from_json (json_object_get_member (recipe, "counterparts"));
  JsonObject *place = wire_object (recipe, "content");
  if (pairs.count == 0 || !place || (search->missing && search->missing->len)
      || (search->own && !search->same_session))
    return (PartPairs){ 0 };
  HostDrawable    *content = host_describe (search->content);
  g_autofree char *hash = content ? pixels_hash (content) : NULL;
  host_drawable_free (content);
  return g_strcmp0 (hash, wire_text (place, "sha256")) == 0 ? pairs
                                                            : (PartPairs){ 0 };
}

static gboolean
apply (const Search *search,
       JsonObject   *recipe,
       Request      *request,
       GError      **error)
{
  ManieraOptions options;
  Output         output;
  g_autoptr (GPtrArray) styles
      = g_ptr_array_new_with_free_func ((GDestroyNotify)style_choice_free);
  if (!options_of (search, recipe, &options, error)
      || !output_from_json (wire_object (recipe, "output"), &output,
                            search->missing != NULL, error)
      || !styles_from_json (search, recipe, styles, error))
    return FALSE;
  g_ptr_array_unref (request->styles);
  request->styles = g_steal_pointer (&styles);
  request->options = options;
  request->output = output;
  request->pairs = pairs_of (search, recipe);
  return TRUE;
}

gboolean
request_from_text (const char *text,
                   Request    *request,
                   gboolean    own,
                   char      **missing,
                   GError    **error)
{
  g_autoptr (JsonObject) recipe = read_recipe (text, error);
  if (!recipe)
    return FALSE;
  Search search = { .image = request->image,
                    .content = request->content,
                    .own = own,
                    .missing = missing ? g_string_new (NULL) : NULL };
  search_open (&search, recipe);
  const gboolean applied = apply (&search, recipe, request, error);
  if (missing)
    *missing = g_string_free (search.missing, search.missing->len == 0);
  g_ptr_array_unref (search.open);
  return applied;
}

/* Those of a list that are in an image, or those that are not; borrowed. */
static GPtrArray *
in_image (const GPtrArray *open, gint image, gboolean in)
{
  GPtrArray *found = g_ptr_array_new ();
  for (guint i = 0; i < open->len; ++i)
    {
      HostDrawable *drawable = g_ptr_array_index (open, i);
      if ((drawable->image == image) == in)
        g_ptr_array_add (found, drawable);
    }
  return found;
}

gboolean
recipe_content (const char *text, gint image, gint *content, GError **error)
{
  g_autoptr (JsonObject) recipe = read_recipe (text, error);
  if (!recipe)
    return FALSE;
  Search search = { .image = image, .content = -1 };
  search_open (&search, recipe);
  *content = -1;
  Output output;
  output_from_json (wire_object (recipe, "output"), &output, TRUE, NULL);
  const gboolean replaced = output.placement == PLACEMENT_REPLACE;
  const gboolean frame = wire_true (recipe, RECIPE_FRAMES);
  /* A copy of the image has a photograph of its own. Frames were painted into
   * another image, where one that a mask left as it was has the same pixels. */
  GPtrArray *all = search.open;
  search.open = in_image (all, image, !frame);
  gboolean found = take_drawable (&search, recipe, "content", NULL, content,
                                  frame ? error : NULL);
  g_ptr_array_unref (search.open);
  search.open = all;
  if (!found && !frame)
    found = take_drawable (&search, recipe, "content", NULL, content,
                           replaced ? NULL : error);
  g_ptr_array_unref (all);
  return found || replaced;
}

gboolean
recipe_apply (const char *text,
              Request    *request,
              char      **missing,
              GError    **error)
{
  return request_from_text (text, request, FALSE, missing, error);
}
