/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Styles to JSON and back, but for their drawables. */

#include "plugin/run/style_values.h"

#include "plugin/client/wire.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"

#include <math.h>

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

JsonObject *
style_values_to_json (const StyleChoice *style)
{
  JsonObject *object = json_object_new ();
  if (style->file)
    {
      g_autofree char *file = file_to_text (style->file);
      json_object_set_string_member (object, "file", file);
    }
  if (!isnan (style->weight))
    json_object_set_double_member (object, "weight", style->weight);
  if (style->scale > 0)
    json_object_set_double_member (object, "style-scale", style->scale);
  return object;
}

StyleChoice *
style_values_from_json (JsonObject *object)
{
  StyleChoice *style = style_choice_new ();
  const char  *file = wire_text (object, "file");
  style->weight = wire_number (object, "weight", 0, 1e9, NAN);
  style->scale = wire_number (object, "style-scale", 0, 1e9, 0);
  style->file = file ? file_from_text (file) : NULL;
  return style;
}

char *
style_name (const StyleChoice *style)
{
  if (style->file)
    return g_filename_display_basename (style->file);
  HostDrawable *layer = host_describe (style->drawable);
  char         *name = g_strdup (layer ? layer->name : "");
  host_drawable_free (layer);
  return name;
}

char *
style_vanished (const char *file)
{
  g_autofree char *shown = g_filename_display_name (file);
  /* Translators: %s is a file. */
  return g_strdup_printf (
      _ ("%s is no longer there. Put it back, or choose another style."),
      shown);
}
