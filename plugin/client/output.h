/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a painting goes in GIMP, and how it is laid over what is below it. The
 * helper knows nothing of it.
 *
 *     Output output = { 0 };
 *     output_set (&output, output_setting_find ("placement"), "replace",
 * &error);
 */

#ifndef MANIERA_PLUGIN_OUTPUT_H
#define MANIERA_PLUGIN_OUTPUT_H

#include <glib.h>
#include <json-glib/json-glib.h>

typedef enum
{
  PLACEMENT_NEW_LAYER,
  PLACEMENT_REPLACE, /* the layer that is painted takes the painting's pixels */
  PLACEMENT_HIDE_ORIGINAL,
  PLACEMENT_NEW_IMAGE
} Placement;

typedef enum
{
  LAYER_MODE_NORMAL, /* opaque, in the mode Normal */
  LAYER_MODE_INHERITED
} LayerModeChoice;

typedef struct
{
  gint placement;  /* Placement */
  gint layer_mode; /* LayerModeChoice; counts for new layers of the image */
} Output;

/* A setting of an output: a word of `choices`, of which the first is the
 * default. */
typedef struct
{
  const char        *name; /* the same for scripts and in recipes */
  gsize              offset;
  const char *const *choices;       /* NULL-terminated */
  const char *const *choice_labels; /* for the dialog; to be translated, as */
  const char        *label;         /* label and help are */
  const char        *help;
} OutputSetting;

const OutputSetting *output_settings (gsize *count);
const OutputSetting *output_setting_find (const char *name); /* or NULL */

/* FALSE with PAINT_ERROR_INVALID_OPTION for a word that is no choice. */
gboolean output_set (Output              *output,
                     const OutputSetting *setting,
                     const char          *word,
                     GError             **error);
/* The word that a setting has. */
const char *output_get (const Output *output, const OutputSetting *setting);

/* Only what is not the default; NULL when there is nothing else. */
JsonObject *output_to_json (const Output *output);
/* And back; NULL gives the default. A lenient reader takes what it knows and
 * returns TRUE; else FALSE with PAINT_ERROR_INVALID_OPTION. */
gboolean output_from_json (JsonObject *object,
                           Output     *output,
                           gboolean    lenient,
                           GError    **error);

/* Whether the painting is a layer above the one that is painted. */
gboolean output_is_above (const Output *output);

#endif
