/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of files; which of them are pictures is seen by their first bytes. */

#include "plugin/run/styles_at_hand.h"

#include "plugin/client/errors.h"
#include "plugin/client/request.h"
#include "plugin/i18n.h"
#include "plugin/run/kept_files.h"
#include "plugin/run/sample_styles.h"
#include "plugin/run/style_packs.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

enum
{
  MOST_USED = 12,
  HEAD = 16 /* bytes of a file that tell what it is */
};

static const char used_file[] = "last-styles.uris"; /* one a line */

/* Which files count */

static gboolean
begins_like_a_picture (const char *path)
{
  static const struct
  {
    gsize       at, length;
    const char *bytes;
  } signs[] = { { 0, 4, "\x89PNG" },
                { 0, 3, "\xff\xd8\xff" }, /* JPEG */
                { 0, 4, "GIF8" },
                { 0, 4, "II*\0" }, /* TIFF and BigTIFF */
                { 0, 4, "MM\0*" },
                { 0, 4, "II+\0" },
                { 0, 4, "MM\0+" },
                { 8, 4, "WEBP" },
                { 4, 7, "ftypavi" }, /* AVIF, then HEIF */
                { 4, 7, "ftyphei" },
                { 4, 7, "ftyphev" },
                { 4, 7, "ftypmif" },
                { 0, 2, "\xff\x0a" }, /* JPEG XL */
                { 4, 4, "JXL " },
                { 4, 4, "jP  " },             /* JPEG 2000 */
                { 0, 4, "\x76\x2f\x31\x01" }, /* OpenEXR */
                { 0, 2, "#?" },               /* Radiance */
                { 0, 2, "P5" },               /* netpbm */
                { 0, 2, "P6" },
                { 0, 2, "PF" },
                { 0, 2, "Pf" } };
  char  head[HEAD] = { 0 };
  FILE *file = g_fopen (path, "rb");
  if (!file)
    return FALSE;
  const gsize length = fread (head, 1, sizeof head, file);
  fclose (file);
  for (gsize i = 0; i < G_N_ELEMENTS (signs); ++i)
    if (length >= signs[i].at + signs[i].length
        && memcmp (head + signs[i].at, signs[i].bytes, signs[i].length) == 0)
      return TRUE;
  return FALSE;
}

/* Opening a pipe would wait for whoever writes to it. */
static gboolean
is_style (const char *path)
{
  return g_file_test (path, G_FILE_TEST_IS_REGULAR)
         && (is_style_pack (path) || begins_like_a_picture (path));
}

/* The list */

static void
style_free (gpointer data)
{
  StyleAtHand *style = data;
  g_free (style->name);
  g_free (style->path);
  g_free (style);
}

static char *
name_of (const char *path)
{
  const char *title = sample_style_title (path);
  if (title)
    return g_strdup (title);
  char *name = g_filename_display_basename (path);
  char *dot = strrchr (name, '.');
  if (dot && dot > name)
    *dot = '\0';
  return name;
}

static gboolean
is_listed (const GPtrArray *styles, const char *path)
{
  for (guint i = 0; i < styles->len; ++i)
    {
      const StyleAtHand *style = g_ptr_array_index (styles, i);
      if (strcmp (style->path, path) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
add (GPtrArray *styles, const GPtrArray *paths, StyleOrigin origin)
{
  for (guint i = 0; i < paths->len; ++i)
    {
      const char *path = g_ptr_array_index (paths, i);
      if (is_listed (styles, path) || !is_style (path))
        continue;
      StyleAtHand *style = g_new (StyleAtHand, 1);
      *style = (StyleAtHand){ name_of (path), g_strdup (path), origin };
      g_ptr_array_add (styles, style);
    }
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  g_autofree char *left = g_filename_display_basename (*(char *const *)a);
  g_autofree char *right = g_filename_display_basename (*(char *const *)b);
  return g_utf8_collate (left, right);
}

static char *
folder_path (void)
{
  return kept_file_name ("styles");
}

static GPtrArray *
own_paths (void)
{
  GPtrArray       *paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = folder_path ();
  GDir            *dir = g_dir_open (folder, 0, NULL);
  const char      *name;
  while (dir && (name = g_dir_read_name (dir)))
    if (*name != '.')
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  if (dir)
    g_dir_close (dir);
  g_ptr_array_sort (paths, by_name);
  return paths;
}

static GPtrArray *
used_paths (void)
{
  GPtrArray       *paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *file = kept_file_name (used_file);
  g_autofree char *text = NULL;
  if (!g_file_get_contents (file, &text, NULL, NULL))
    return paths;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line && paths->len < MOST_USED; ++line)
    {
      char *path = g_filename_from_uri (*line, NULL, NULL);
      if (path)
        g_ptr_array_add (paths, path);
    }
  return paths;
}

GPtrArray *
styles_at_hand (void)
{
  GPtrArray *styles = g_ptr_array_new_with_free_func (style_free);
  g_autoptr (GPtrArray) used = used_paths ();
  g_autoptr (GPtrArray) own = own_paths ();
  g_autoptr (GPtrArray) drawn = sample_styles ();
  add (styles, used, STYLE_LAST_USED);
  add (styles, own, STYLE_OWN);
  add (styles, drawn, STYLE_SAMPLE);
  return styles;
}

const char *
style_origin_text (StyleOrigin origin)
{
  switch (origin)
    {
    case STYLE_LAST_USED:
      return _ ("Last used");
    case STYLE_OWN:
      return _ ("My folder");
    default:
      return _ ("Sample");
    }
}

static char *
folded (const char *text)
{
  g_autofree char *whole = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  return g_utf8_casefold (whole ? whole : "", -1);
}

gboolean
style_at_hand_matches (const StyleAtHand *style, const char *search)
{
  g_autofree char *folder = g_path_get_dirname (style->path);
  g_autofree char *shown = g_filename_display_basename (folder);
  g_autofree char *all
      = g_strjoin ("\n", style->name, style_origin_text (style->origin),
                   style->origin == STYLE_SAMPLE ? "" : shown, NULL);
  g_autofree char *text = folded (all);
  g_autofree char *wanted = folded (search);
  g_auto (GStrv) words = g_strsplit_set (wanted, " \t", -1);
  for (char **word = words; *word; ++word)
    if (!strstr (text, *word))
      return FALSE;
  return TRUE;
}

/* Last used */

static void
add_once (GPtrArray *paths, const char *path)
{
  for (guint i = 0; i < paths->len; ++i)
    if (strcmp (g_ptr_array_index (paths, i), path) == 0)
      return;
  if (paths->len < MOST_USED && is_style (path))
    g_ptr_array_add (paths, g_strdup (path));
}

void
styles_at_hand_used (const GPtrArray *styles)
{
  g_autoptr (GPtrArray) before = used_paths ();
  g_autoptr (GPtrArray) now = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < styles->len; ++i)
    {
      const StyleChoice *choice = g_ptr_array_index (styles, i);
      if (choice->file)
        add_once (now, choice->file);
    }
  if (!now->len)
    return;
  for (guint i = 0; i < before->len; ++i)
    add_once (now, g_ptr_array_index (before, i));
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < now->len; ++i)
    {
      g_autofree char *uri
          = g_filename_to_uri (g_ptr_array_index (now, i), NULL, NULL);
      if (uri) /* a path that is not absolute has none */
        g_string_append_printf (text, "%s\n", uri);
    }
  kept_file_write (used_file, text->str, NULL);
}

/* The user's folder */

char *
styles_folder (GError **error)
{
  g_autofree char *folder = folder_path ();
  if (g_mkdir_with_parents (folder, 0700) == 0)
    return g_steal_pointer (&folder);
  g_autofree char *why = g_strdup_printf ("%s: %s", folder, g_strerror (errno));
  g_propagate_error (error, paint_error_new (PAINT_ERROR_HOST, why));
  return NULL;
}

static gboolean
same_contents (const char *one, const char *other)
{
  GStatBuf left, right;
  if (g_stat (one, &left) != 0 || g_stat (other, &right) != 0
      || left.st_size != right.st_size || left.st_size == 0)
    return FALSE;
  g_autoptr (GMappedFile) a = g_mapped_file_new (one, FALSE, NULL);
  g_autoptr (GMappedFile) b = g_mapped_file_new (other, FALSE, NULL);
  return a && b
         && memcmp (g_mapped_file_get_contents (a),
                    g_mapped_file_get_contents (b), (gsize)left.st_size)
                == 0;
}

/* A name that is free, or that of the same picture: NAME.png, NAME (2).png. */
static char *
place_for (const char *file, const char *folder)
{
  g_autofree char *name = g_path_get_basename (file);
  const char      *dot = strrchr (name, '.');
  const int stem = dot && dot > name ? (int)(dot - name) : (int)strlen (name);
  for (gint i = 1;; ++i)
    {
      g_autofree char *numbered
          = i == 1
                ? g_strdup (name)
                : g_strdup_printf ("%.*s (%d)%s", stem, name, i, name + stem);
      g_autofree char *path = g_build_filename (folder, numbered, NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS) || same_contents (file, path))
        return g_steal_pointer (&path);
    }
}

/* By a hidden name first, so that the list never has half a picture. */
static gboolean
copy (const char *file, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *part = g_build_filename (folder, ".copy", NULL);
  g_autoptr (GFile) from = g_file_new_for_path (file);
  g_autoptr (GFile) to = g_file_new_for_path (part);
  g_autoptr (GError) failure = NULL;
  if (g_file_copy (from, to,
                   G_FILE_COPY_OVERWRITE | G_FILE_COPY_TARGET_DEFAULT_PERMS,
                   NULL, NULL, NULL, &failure)
      && g_rename (part, path) == 0)
    return TRUE;
  const gboolean full
      = g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_propagate_error (
      error, paint_error_new (full ? PAINT_ERROR_NO_SPACE : PAINT_ERROR_HOST,
                              failure ? failure->message : path));
  g_unlink (part);
  return FALSE;
}

char *
styles_folder_take (const char *file, GError **error)
{
  if (!is_style (file))
    {
      g_autofree char *shown = g_filename_display_name (file);
      g_propagate_error (error,
                         paint_error_new (PAINT_ERROR_UNREADABLE_IMAGE, shown));
      return NULL;
    }
  g_autofree char *folder = styles_folder (error);
  g_autofree char *path = folder ? place_for (file, folder) : NULL;
  if (!path)
    return NULL;
  if (!g_file_test (path, G_FILE_TEST_EXISTS) && !copy (file, path, error))
    return NULL;
  return g_steal_pointer (&path);
}
