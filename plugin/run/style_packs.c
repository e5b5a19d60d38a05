/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The helper would refuse it all too, in words of the command line. */

#include "plugin/run/style_packs.h"

#include "plugin/client/errors.h"
#include "plugin/client/wire.h"
#include "plugin/i18n.h"

#include <glib/gstdio.h>
#include <string.h>

enum
{
  CHANNELS = 3,
  LONGEST_SIDE = 512 /* of a thumbnail, px */
};

#define LONGEST_HEADER (1u << 20) /* bytes; those of Maniera take some 5 kB */

/* Of the header of a safetensors file, after the eight bytes of its length. */
static const char start_of_header[]
    = "{\"__metadata__\":{\"format\":\"Maniera style ";

static FILE *
open_regular (const char *file)
{
  /* Opening a pipe would wait for whoever writes to it. */
  return g_file_test (file, G_FILE_TEST_IS_REGULAR) ? g_fopen (file, "rb")
                                                    : NULL;
}

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
  FILE *opened = open_regular (file);
  if (!opened)
    return FALSE;
  const gsize length = fread (head, 1, sizeof head, opened);
  fclose (opened);
  return length == sizeof head
         && memcmp (head + AT, start_of_header, LENGTH) == 0;
}

/* The next bytes of the file; NULL where there are fewer. */
static GBytes *
read_bytes (FILE *opened, gsize length)
{
  guchar *bytes = g_malloc (length);
  if (fread (bytes, 1, length, opened) == length)
    return g_bytes_new_take (bytes, length);
  g_free (bytes);
  return NULL;
}

/* From the file's start; NULL where it is broken. Leaves the file where its
 * data begin. */
static JsonObject *
read_header (FILE *opened)
{
  guint64 length = 0;
  if (fread (&length, sizeof length, 1, opened) != 1)
    return NULL;
  length = GUINT64_FROM_LE (length);
  if (length > LONGEST_HEADER)
    return NULL;
  g_autoptr (GBytes) text = read_bytes (opened, (gsize)length);
  if (!text)
    return NULL;
  return wire_parse (g_bytes_get_data (text, NULL), (gsize)length);
}

/* The whole numbers of an array; FALSE where it is no array of so many. */
static gboolean
read_numbers (JsonObject *tensor,
              const char *name,
              guint       count,
              gint64     *numbers)
{
  JsonNode *node = json_object_get_member (tensor, name);
  if (!node || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  JsonArray *array = json_node_get_array (node);
  if (json_array_get_length (array) != count)
    return FALSE;
  for (guint i = 0; i < count; ++i)
    {
      JsonNode *number = json_array_get_element (array, i);
      if (json_node_get_value_type (number) != G_TYPE_INT64)
        return FALSE;
      numbers[i] = json_node_get_int (number);
    }
  return TRUE;
}

/* Height, width, and where the bytes are among the data. FALSE where there is
 * no thumbnail or it is broken. */
static gboolean
read_thumbnail_entry (JsonObject *header,
                      gint       *height,
                      gint       *width,
                      gint64     *begin)
{
  JsonObject *tensor = wire_object (header, "thumbnail");
  gint64      shape[3], range[2];
  if (!tensor || !read_numbers (tensor, "shape", 3, shape)
      || !read_numbers (tensor, "data_offsets", 2, range))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (shape); ++i)
    if (shape[i] < 1 || shape[i] > LONGEST_SIDE)
      return FALSE;
  *height = (gint)shape[0];
  *width = (gint)shape[1];
  *begin = range[0];
  return shape[2] == CHANNELS && range[0] >= 0 && range[1] > range[0]
         && range[1] - range[0] == shape[0] * shape[1] * CHANNELS;
}

static GBytes *
read_thumbnail (FILE *opened, gint *width, gint *height)
{
  gint64 begin;
  g_autoptr (JsonObject) header = read_header (opened);
  if (!header || !read_thumbnail_entry (header, height, width, &begin)
      || begin > G_MAXLONG || fseek (opened, (long)begin, SEEK_CUR) != 0)
    return NULL;
  return read_bytes (opened, (gsize)*width * (gsize)*height * CHANNELS);
}

GBytes *
style_pack_thumbnail (const char *file, gint *width, gint *height)
{
  FILE *opened = is_style_pack (file) ? open_regular (file) : NULL;
  if (!opened)
    return NULL;
  GBytes *thumbnail = read_thumbnail (opened, width, height);
  fclose (opened);
  return thumbnail;
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
is_of_one_painting (const Request *request)
{
  guint acting = 0;
  if (request->frames)
    return FALSE;
  for (guint i = 0; i < request->styles->len; ++i)
    {
      const StyleChoice *style = g_ptr_array_index (request->styles, i);
      if (style->mask >= 0 || style->style_mask >= 0
          || is_style_pack (style->file))
        return FALSE;
      acting += !(style->weight <= 0); /* NAN = as all others */
    }
  return acting == 1;
}

void
resolve_request (const Request *request, ManieraOptions *resolved)
{
  maniera_options_resolve_for (&request->options, is_of_one_painting (request),
                               resolved);
}

gboolean
style_packs_check (const Request *request, GError **error)
{
  ManieraOptions resolved;
  resolve_request (request, &resolved);
  for (guint i = 0; i < request->styles->len; ++i)
    {
      const StyleChoice *style = g_ptr_array_index (request->styles, i);
      if (is_style_pack (style->file)
          && !check (style, needs_painting (&resolved, i), error))
        return FALSE;
    }
  return TRUE;
}
