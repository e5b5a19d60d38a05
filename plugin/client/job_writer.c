/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures, styles and options to JSON, and options back. */

#include "plugin/client/job_writer.h"

#include "plugin/client/errors.h"

#include <math.h>
#include <string.h>

/* JSON is UTF-8. A file name that is not becomes one that the helper does not
 * find, and it says so. */
static void
set_text (JsonObject *object, const char *name, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  json_object_set_string_member (object, name, valid);
}

static JsonObject *
picture_to_json (const MemoryPicture *picture)
{
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "offset", picture->offset);
  json_object_set_int_member (object, "width", picture->width);
  json_object_set_int_member (object, "height", picture->height);
  json_object_set_int_member (object, "channels", picture->channels);
  if (picture->name)
    set_text (object, "name", picture->name);
  return object;
}

static JsonObject *
style_to_json (const JobStyle *style)
{
  JsonObject *object = json_object_new ();
  if (style->file)
    set_text (object, "file", style->file);
  else
    json_object_set_object_member (object, "file",
                                   picture_to_json (&style->picture));
  if (!isnan (style->weight))
    json_object_set_double_member (object, "weight", style->weight);
  if (style->scale > 0)
    json_object_set_double_member (object, "style-scale", style->scale);
  if (style->mask.width > 0)
    json_object_set_object_member (object, "mask",
                                   picture_to_json (&style->mask));
  if (style->style_mask.width > 0)
    json_object_set_object_member (object, "style-mask",
                                   picture_to_json (&style->style_mask));
  return object;
}

/* Content and styles. */
static JsonObject *
pictures_to_json (const JobPlan *plan)
{
  JsonArray *styles = json_array_new ();
  for (gsize i = 0; i < plan->style_count; ++i)
    json_array_add_object_element (styles, style_to_json (&plan->styles[i]));
  JsonObject *pictures = json_object_new ();
  json_object_set_object_member (pictures, "content",
                                 picture_to_json (&plan->content));
  json_object_set_array_member (pictures, "styles", styles);
  return pictures;
}

static JsonObject *
inputs_to_json (const JobPlan *plan)
{
  JsonObject *inputs = pictures_to_json (plan);
  if (plan->painting.width > 0)
    json_object_set_object_member (inputs, "painting",
                                   picture_to_json (&plan->painting));
  if (plan->painting.width > 0 && plan->lacking_scales > 0)
    {
      JsonObject *lacks = json_object_new ();
      json_object_set_int_member (lacks, "scales", plan->lacking_scales);
      json_object_set_int_member (lacks, "steps", plan->lacking_steps);
      json_object_set_object_member (inputs, "unfinished", lacks);
    }
  if (plan->copies)
    {
      JsonObject *parts = pictures_to_json (plan->copies);
      json_object_set_array_member (parts, "counterparts",
                                    part_pairs_to_json (&plan->pairs));
      json_object_set_object_member (inputs, "parts", parts);
    }
  return inputs;
}

JsonObject *
job_params (const JobPlan *plan)
{
  JsonObject *job = json_object_new ();
  json_object_set_object_member (job, "inputs", inputs_to_json (plan));
  json_object_set_object_member (job, "options",
                                 options_to_json (plan->options));
  if (plan->preview_side > 0)
    {
      JsonObject *preview = json_object_new ();
      json_object_set_int_member (preview, "offset", plan->preview_offset);
      json_object_set_int_member (preview, "side", plan->preview_side);
      json_object_set_object_member (job, "preview", preview);
    }
  json_object_set_object_member (job, "output",
                                 picture_to_json (&plan->output));
  JsonObject *params = json_object_new ();
  json_object_set_object_member (params, "job", job);
  return params;
}

JsonObject *
options_to_json (const ManieraOptions *options)
{
  JsonObject          *object = json_object_new ();
  gsize                count;
  const ManieraOption *rows = maniera_option_table (&count);
  for (gsize i = 0; i < count; ++i)
    {
      if (!maniera_option_is_set (options, rows[i].name))
        continue;
      const gsize length
          = maniera_option_get (options, rows[i].name, NULL, 0) + 1;
      g_autofree char *text = g_malloc (length);
      maniera_option_get (options, rows[i].name, text, length);
      if (rows[i].kind == MANIERA_KIND_INT)
        json_object_set_int_member (object, rows[i].name,
                                    g_ascii_strtoll (text, NULL, 10));
      else if (rows[i].kind == MANIERA_KIND_REAL)
        json_object_set_double_member (object, rows[i].name,
                                       g_ascii_strtod (text, NULL));
      else
        set_text (object, rows[i].name, text);
    }
  return object;
}

/* NULL for what is neither a number nor a text. */
static char *
value_text (JsonNode *node)
{
  char        number[G_ASCII_DTOSTR_BUF_SIZE];
  const GType type = JSON_NODE_HOLDS_VALUE (node)
                         ? json_node_get_value_type (node)
                         : G_TYPE_INVALID;
  if (type == G_TYPE_STRING)
    return json_node_dup_string (node);
  if (type == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  if (type == G_TYPE_DOUBLE)
    return g_strdup (
        g_ascii_dtostr (number, sizeof number, json_node_get_double (node)));
  return NULL;
}

gboolean
options_from_json (JsonObject *object, ManieraOptions *options, GError **error)
{
  g_autoptr (GList) names = json_object_get_members (object);
  for (GList *name = names; name; name = name->next)
    {
      char             message[MANIERA_MESSAGE_MAX];
      g_autofree char *text
          = value_text (json_object_get_member (object, name->data));
      if (!text)
        g_snprintf (message, sizeof message,
                    "%s must be a number or a text, and is neither.",
                    (const char *)name->data);
      if (!text || !maniera_option_set (options, name->data, text, message))
        {
          g_propagate_error (
              error, paint_error_new (PAINT_ERROR_INVALID_OPTION, message));
          return FALSE;
        }
    }
  return TRUE;
}
