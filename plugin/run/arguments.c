/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks what a script hands over. */

#include "plugin/run/arguments.h"

#include "plugin/client/errors.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/frames.h"

#include <math.h>
#include <string.h>

static void
refuse (GError **error, PaintErrorCode code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
refuse (GError **error, PaintErrorCode code, const char *format, ...)
{
  va_list values;
  va_start (values, format);
  g_autofree char *why = g_strdup_vprintf (format, values);
  va_end (values);
  g_propagate_error (error, paint_error_new (code, why));
}

static gboolean
check_count (const char *name, gsize count, gsize styles, GError **error)
{
  if (count == 0 || count == styles)
    return TRUE;
  refuse (error, PAINT_ERROR_INVALID_REQUEST,
          /* Translators: %s is an argument's name. */
          _ ("%s: %u values were given for %u styles. Give one for each of "
             "the styles and style files, or none."),
          name, (guint)count, (guint)styles);
  return FALSE;
}

static gboolean
check_layer (const char *name, gint id, GError **error)
{
  HostDrawable  *drawable = host_describe (id);
  const gboolean layer = drawable && drawable->kind == HOST_LAYER;
  if (!layer)
    refuse (error, PAINT_ERROR_INVALID_REQUEST,
            drawable ? _ ("%s: %d is not a layer, but a group, layer mask, "
                          "channel or selection. Give a layer.")
                     : _ ("%s: there is no layer %d. Give a layer of an open "
                          "image."),
            name, id);
  host_drawable_free (drawable);
  return layer;
}

static gboolean
check_mask (const char *name, gint id, GError **error)
{
  HostDrawable  *drawable = id < 0 ? NULL : host_describe (id);
  const gboolean good = id == -1 || drawable;
  host_drawable_free (drawable);
  if (!good)
    refuse (error, PAINT_ERROR_INVALID_REQUEST,
            _ ("%s: there is no drawable %d. Give a layer, layer mask, channel "
               "or selection of an open image."),
            name, id);
  return good;
}

static gboolean
check_file (const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  refuse (error, PAINT_ERROR_INVALID_REQUEST,
          _ ("style-files: there is no file %s. Give the full path of a "
             "picture."),
          path);
  return FALSE;
}

static gboolean
check_weight (double weight, GError **error)
{
  if (isfinite (weight) && weight >= 0)
    return TRUE;
  refuse (error, PAINT_ERROR_INVALID_REQUEST,
          _ ("weights: %g is not a weight. Give numbers of 0 or more."),
          weight);
  return FALSE;
}

static gboolean
check_counts (const Arguments *a, gsize styles, GError **error)
{
  return check_count ("weights", a->weight_count, styles, error)
         && check_count ("masks", a->mask_count, styles, error)
         && check_count ("style-masks", a->style_mask_count, styles, error);
}

static gboolean
check_styles (const Arguments *a, gsize styles, GError **error)
{
  for (gsize i = 0; i < a->style_count; ++i)
    if (!check_layer ("styles", a->styles[i], error))
      return FALSE;
  for (gsize i = 0; a->style_count + i < styles; ++i)
    if (!check_file (a->files[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_weights (const Arguments *a, GError **error)
{
  double sum = a->weight_count ? 0 : 1;
  for (gsize i = 0; i < a->weight_count; ++i)
    {
      if (!check_weight (a->weights[i], error))
        return FALSE;
      sum += a->weights[i];
    }
  if (sum > 0)
    return TRUE;
  refuse (error, PAINT_ERROR_INVALID_REQUEST,
          _ ("weights: all are 0. Give at least one style a weight above 0."));
  return FALSE;
}

static gboolean
check_masks (const char *name, const gint *masks, gsize count, GError **error)
{
  for (gsize i = 0; i < count; ++i)
    if (!check_mask (name, masks[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_some (gsize styles, GError **error)
{
  if (styles > 0)
    return TRUE;
  refuse (error, PAINT_ERROR_INVALID_REQUEST,
          _ ("styles: none are given. Give at least one layer in styles, or "
             "one picture in style-files."));
  return FALSE;
}

static gboolean
check (const Arguments *a, gsize styles, GError **error)
{
  return check_counts (a, styles, error) && check_styles (a, styles, error)
         && check_weights (a, error)
         && check_masks ("masks", a->masks, a->mask_count, error)
         && check_masks ("style-masks", a->style_masks, a->style_mask_count,
                         error);
}

/* The layer that is painted, the lowest one of frames. -1 with an error. */
static gint
content_of (const Arguments *a, GError **error)
{
  if (!a->frames)
    return check_layer ("drawable", a->drawable, error) ? a->drawable : -1;
  g_autoptr (GPtrArray) frames = frames_of (a->image, error);
  const HostDrawable *lowest = frames ? g_ptr_array_index (frames, 0) : NULL;
  return lowest ? lowest->id : -1;
}

Request *
arguments_to_request (const Arguments *a, GError **error)
{
  const gsize files = a->files ? g_strv_length ((char **)a->files) : 0;
  const gsize styles = a->style_count + files;
  if (!check_some (styles, error))
    return NULL;
  const gint content = content_of (a, error);
  if (content < 0 || !check (a, styles, error))
    return NULL;
  Request *request = request_new (a->image, content);
  request->frames = a->frames;
  for (gsize i = 0; i < styles; ++i)
    {
      StyleChoice *style = style_choice_new ();
      if (i < a->style_count)
        style->drawable = a->styles[i];
      else
        /* Relative paths are of the folder that GIMP was started in. The
         * helper and recipes want absolute ones. */
        style->file
            = g_canonicalize_filename (a->files[i - a->style_count], NULL);
      if (a->weight_count)
        style->weight = a->weights[i];
      if (a->mask_count)
        style->mask = a->masks[i];
      if (a->style_mask_count)
        style->style_mask = a->style_masks[i];
      g_ptr_array_add (request->styles, style);
    }
  return request;
}

gboolean
arguments_weights_text (Arguments  *arguments,
                        const char *text,
                        double    **numbers,
                        GError    **error)
{
  if (!text || !*text)
    return TRUE;
  if (arguments->weight_count)
    {
      refuse (error, PAINT_ERROR_INVALID_REQUEST,
              _ ("weights-text: weights are given too. Give only one of the "
                 "two."));
      return FALSE;
    }
  g_auto (GStrv) words = g_strsplit (text, ",", 0);
  arguments->weight_count = g_strv_length (words);
  arguments->weights = *numbers = g_new (double, arguments->weight_count);
  for (gsize i = 0; i < arguments->weight_count; ++i)
    if (!maniera_parse_real (g_strstrip (words[i]), &(*numbers)[i]))
      {
        refuse (error, PAINT_ERROR_INVALID_REQUEST,
                _ ("weights-text: \"%s\" is not a number. Write numbers with "
                   "commas between them, such as 3,1."),
                words[i]);
        return FALSE;
      }
  return TRUE;
}

gboolean
arguments_set_option (Request    *request,
                      const char *name,
                      const char *text,
                      GError    **error)
{
  char                 message[MANIERA_MESSAGE_MAX];
  const OutputSetting *setting = output_setting_find (name);
  if (setting && request->frames)
    {
      refuse (error, PAINT_ERROR_INVALID_OPTION,
              /* Translators: a setting's name, such as placement. */
              _ ("%s: frames become the layers of a new image. Leave this "
                 "setting out."),
              name);
      return FALSE;
    }
  if (setting)
    return output_set (&request->output, setting, text, error);
  if (maniera_option_set (&request->options, name, text, message))
    return TRUE;
  g_propagate_error (error,
                     paint_error_new (PAINT_ERROR_INVALID_OPTION, message));
  return FALSE;
}

static gboolean
set_word (Request *request, char *word, GError **error)
{
  char *sign = strchr (word, '=');
  if (!sign)
    {
      refuse (error, PAINT_ERROR_INVALID_OPTION,
              _ ("options: \"%s\" is not a setting. Write name=value, such as "
                 "size=512, with spaces between the settings."),
              word);
      return FALSE;
    }
  *sign = '\0';
  return arguments_set_option (request, word, sign + 1, error);
}

gboolean
arguments_set_options (Request *request, const char *text, GError **error)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) trouble = NULL;
  if (!g_shell_parse_argv (text, NULL, &words, &trouble))
    {
      if (g_error_matches (trouble, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
        return TRUE;
      refuse (error, PAINT_ERROR_INVALID_OPTION, "options: %s",
              trouble->message);
      return FALSE;
    }
  for (char **word = words; *word; ++word)
    if (!set_word (request, *word, error))
      return FALSE;
  return TRUE;
}

char **
arguments_lines (const char *text)
{
  g_auto (GStrv) all = g_strsplit_set (text ? text : "", "\r\n", 0);
  GPtrArray *lines = g_ptr_array_new ();
  for (char **line = all; *line; ++line)
    if (**line)
      g_ptr_array_add (lines, g_strdup (*line));
  g_ptr_array_add (lines, NULL);
  return (char **)g_ptr_array_free (lines, FALSE);
}
