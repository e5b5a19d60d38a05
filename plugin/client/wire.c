/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json-glib's getters log a warning for a member of another type. */

#include "plugin/client/wire.h"

/* The most opening brackets in a text. json-glib recurses for each level, some
 * releases without a limit. Brackets in strings count too: only the parser that
 * this guards could tell them apart. */
enum
{
  MOST_BRACKETS = 1000
};

/* Some releases of json-glib turn half a surrogate pair into bytes that are not
 * UTF-8, which GTK and GError cannot hold. Any string and any member's name may
 * have one, so all of them are checked. */
static gboolean
is_unicode (JsonNode *root)
{
  g_autofree char *text = json_to_string (root, FALSE);
  return g_utf8_validate (text, -1, NULL);
}

JsonObject *
wire_parse (const char *text, gsize length)
{
  gsize brackets = 0;
  for (gsize i = 0; i < length; ++i)
    brackets += text[i] == '[' || text[i] == '{';
  if (brackets > MOST_BRACKETS || !g_utf8_validate (text, (gssize)length, NULL))
    return NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, text, (gssize)length, NULL))
    return NULL;
  JsonNode *root = json_parser_get_root (parser);
  return root && JSON_NODE_HOLDS_OBJECT (root) && is_unicode (root)
             ? json_object_ref (json_node_get_object (root))
             : NULL;
}

char *
wire_to_text (JsonObject *object, gboolean for_people)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  json_node_init_object (node, object);
  return json_to_string (node, for_people);
}

static JsonNode *
member (JsonObject *object, const char *name, JsonNodeType type)
{
  JsonNode *node = json_object_get_member (object, name);
  return node && JSON_NODE_TYPE (node) == type ? node : NULL;
}

double
wire_number (JsonObject *object,
             const char *name,
             double      least,
             double      most,
             double      otherwise)
{
  JsonNode   *node = member (object, name, JSON_NODE_VALUE);
  const GType type = node ? json_node_get_value_type (node) : G_TYPE_INVALID;
  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return otherwise;
  const double value = json_node_get_double (node);
  return value >= least && value <= most ? value
                                         : otherwise; /* NaN is neither */
}

const char *
wire_text (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);
  return node && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

gboolean
wire_true (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_VALUE);
  return node && json_node_get_value_type (node) == G_TYPE_BOOLEAN
         && json_node_get_boolean (node);
}

JsonObject *
wire_object (JsonObject *object, const char *name)
{
  JsonNode *node = member (object, name, JSON_NODE_OBJECT);
  return node ? json_node_get_object (node) : NULL;
}
