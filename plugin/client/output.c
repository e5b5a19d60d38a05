/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of an output's settings. */

#include "plugin/client/output.h"

#include "plugin/client/errors.h"
#include "plugin/client/wire.h"
#include "plugin/i18n.h"

#include <stddef.h>
#include <string.h>

static const char *const placements[]
    = { "new-layer", "replace", "hide-original", "new-image", NULL };
static const char *const placement_labels[]
    = { N_ ("New layer"), N_ ("In place of the layer"),
        N_ ("New layer, original hidden"), N_ ("New image"), NULL };
static const char *const modes[] = { "normal", "inherited", NULL };
static const char *const mode_labels[]
    = { N_ ("Normal"), N_ ("The layer's own"), NULL };

static const OutputSetting settings[] = {
  { "placement", offsetof (Output, placement), placements, placement_labels,
    N_ ("Output"),
    N_ ("Where the painting goes: a new layer above the painted one, the "
        "painted layer itself, a new layer with the original hidden, or a new "
        "image") },
  { "layer-mode", offsetof (Output, layer_mode), modes, mode_labels,
    N_ ("Layer mode"),
    N_ ("Whether a new layer is opaque in the mode Normal, or has mode and "
        "opacity of the painted one, which is then hidden where it would show "
        "through") },
};

const OutputSetting *
output_settings (gsize *count)
{
  *count = G_N_ELEMENTS (settings);
  return settings;
}

const OutputSetting *
output_setting_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (settings); ++i)
    if (strcmp (settings[i].name, name) == 0)
      return &settings[i];
  return NULL;
}

gboolean
output_set (Output              *output,
            const OutputSetting *setting,
            const char          *word,
            GError             **error)
{
  for (gint i = 0; setting->choices[i]; ++i)
    if (strcmp (setting->choices[i], word) == 0)
      {
        G_STRUCT_MEMBER (gint, output, setting->offset) = i;
        return TRUE;
      }
  g_autofree char *choices
      = g_strjoinv (", ", (char **)(void *)setting->choices);
  g_autofree char *why = g_strdup_printf (
      /* Translators: a setting's name, a word, the words that it can be. */
      _ ("%s cannot be \"%s\". Choose from: %s."), setting->name, word,
      choices);
  g_propagate_error (error, paint_error_new (PAINT_ERROR_INVALID_OPTION, why));
  return FALSE;
}

const char *
output_get (const Output *output, const OutputSetting *setting)
{
  return setting->choices[G_STRUCT_MEMBER (gint, output, setting->offset)];
}

JsonObject *
output_to_json (const Output *output)
{
  JsonObject *object = json_object_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (settings); ++i)
    {
      const char *word = output_get (output, &settings[i]);
      if (strcmp (word, settings[i].choices[0]) != 0)
        json_object_set_string_member (object, settings[i].name, word);
    }
  if (json_object_get_size (object) == 0)
    g_clear_pointer (&object, json_object_unref);
  return object;
}

gboolean
output_from_json (JsonObject *object,
                  Output     *output,
                  gboolean    lenient,
                  GError    **error)
{
  *output = (Output){ 0 };
  for (gsize i = 0; object && i < G_N_ELEMENTS (settings); ++i)
    {
      const char *word = wire_text (object, settings[i].name);
      if (word
          && !output_set (output, &settings[i], word, lenient ? NULL : error)
          && !lenient)
        return FALSE;
    }
  return TRUE;
}

gboolean
output_is_above (const Output *output)
{
  return output->placement == PLACEMENT_NEW_LAYER
         || output->placement == PLACEMENT_HIDE_ORIGINAL;
}
