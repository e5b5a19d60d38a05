/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper would refuse it all too, in words of the command line. */

#include "plugin/run/style_packs.h"

#include "plugin/client/errors.h"
#include "plugin/i18n.h"

#include <glib/gstdio.h>
#include <string.h>

/* Of the header of a safetensors file, after the eight bytes of its length. */
static const char start_of_header[]
    = "{\"__metadata__\":{\"format\":\"Maniera style ";

gboolean
is_style_pack (const char *file)
{
  enum
  {
    AT = 8,
    LENGTH = sizeof start_of_header - 1
  };
  char head[AT + LENGTH] = { 0 };
  if (!file || g_str_has_suffix (file, STYLE_PACK_ENDING))
    return file != NULL;
  /* Opening a pipe would wait for whoever writes to it. */
  FILE *opened = g_file_test (file, G_FILE_TEST_IS_REGULAR)
                     ? g_fopen (file, "rb")
                     : NULL;
  if (!opened)
    return FALSE;
  const gsize length = fread (head, 1, sizeof head, opened);
  fclose (opened);
  return length == sizeof head
         && memcmp (head + AT, start_of_header, LENGTH) == 0;
}

/* NULL, or the option that is set to what needs the painting of style `i`. */
static const char *
needs_painting (const ManieraOptions *resolved, guint i)
{
  if (resolved->parts != MANIERA_PARTS_OFF || *resolved->parts_file)
    return "parts";
  if (resolved->colors == MANIERA_COLORS_MATCH)
    return "colors";
  if (i == 0 && strcmp (resolved->init, "style") == 0)
    return "init";
  return NULL;
}

static gboolean
check (const StyleChoice *style, const char *option, GError **error)
{
  if (style->style_mask < 0 && !option)
    return TRUE;
  g_autofree char *name = g_filename_display_basename (style->file);
  g_autofree char *why
      = style->style_mask >= 0
            ? g_strdup_printf (
                /* Translators: %s is a file. */
                _ ("A style mask needs a painting to lie on, and the style "
                   "pack %s has none. Leave the mask out, or choose the "
                   "painting itself."),
                name)
            : g_strdup_printf (
                /* Translators: a setting's label, then a file. */
                _ ("\"%s\" is set to what needs a painting, and the style "
                   "pack %s has none. Choose something else there, or the "
                   "painting itself."),
                _ (maniera_option_find (option)->label), name);
  g_propagate_error (error, paint_error_new (PAINT_ERROR_INVALID_REQUEST, why));
  return FALSE;
}

gboolean
style_packs_check (const Request *request, GError **error)
{
  ManieraOptions resolved;
  maniera_options_resolve (&request->options, &resolved);
  for (guint i = 0; i < request->styles->len; ++i)
    {
      const StyleChoice *style = g_ptr_array_index (request->styles, i);
      if (is_style_pack (style->file)
          && !check (style, needs_painting (&resolved, i), error))
        return FALSE;
    }
  return TRUE;
}
