/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json-glib's getters complain aloud about other kinds; these tell. */

#include "plugin/wire.h"

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
