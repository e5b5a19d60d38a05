/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples by the names that `maniera sample` gives them. */

#include "plugin/run/sample_styles.h"

#include "plugin/client/helper_start.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"

#include <string.h>

static const struct
{
  const char *name;
  const char *title;
} samples[] = {
  /* Translators: names of sample paintings, to choose from. */
  { "strokes", N_ ("Oil strokes") },
  { "glass", N_ ("Stained glass") },
  { "ink", N_ ("Pen and ink") },
  { "painted-portrait", N_ ("Painted portrait") },
};

struct _SampleDrawing
{
  gsize at; /* the sample that is drawn */
  void (*drawn) (guint left, const GError *error, gpointer data);
  gpointer data;
};

static char *
folder (void)
{
  return g_build_filename (host_cache_folder (), "maniera-samples", NULL);
}

static char *
path_of (gsize sample)
{
  g_autofree char *inside = folder ();
  g_autofree char *name = g_strconcat (samples[sample].name, ".png", NULL);
  return g_build_filename (inside, name, NULL);
}

static gboolean
is_there (gsize sample)
{
  g_autofree char *path = path_of (sample);
  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

GPtrArray *
sample_styles (void)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < G_N_ELEMENTS (samples); ++i)
    if (is_there (i))
      g_ptr_array_add (paths, path_of (i));
  return paths;
}

const char *
sample_style_title (const char *path)
{
  for (gsize i = 0; i < G_N_ELEMENTS (samples); ++i)
    {
      g_autofree char *own = path_of (i);
      if (strcmp (own, path) == 0)
        return _ (samples[i].title);
    }
  return NULL;
}

/* How many are missing from `*at` on; `*at` becomes the first of them. */
static guint
missing (gsize *at)
{
  guint count = 0;
  for (gsize i = G_N_ELEMENTS (samples); i-- > *at;)
    if (!is_there (i))
      ++count;
  while (count && is_there (*at))
    ++*at;
  return count;
}

static void
on_drawn (const GError *error, gpointer data)
{
  SampleDrawing *drawing = data;
  ++drawing->at;
  const guint    left = error ? 0 : missing (&drawing->at);
  const gboolean wanted = drawing->drawn != NULL;
  if (wanted)
    drawing->drawn (left, error, drawing->data);
  if (!wanted || !left)
    {
      g_free (drawing);
      return;
    }
  g_autofree char *path = path_of (drawing->at);
  helper_draw_sample (samples[drawing->at].name, path, on_drawn, drawing);
}

SampleDrawing *
sample_styles_draw (void (*drawn) (guint         left,
                                   const GError *error,
                                   gpointer      data),
                    gpointer data)
{
  gsize first = 0;
  if (!missing (&first))
    return NULL;
  SampleDrawing *drawing = g_new (SampleDrawing, 1);
  *drawing = (SampleDrawing){ first, drawn, data };
  g_autofree char *inside = folder ();
  g_autofree char *path = path_of (first);
  g_mkdir_with_parents (inside, 0700); /* the helper tells where it failed */
  helper_draw_sample (samples[first].name, path, on_drawn, drawing);
  return drawing;
}

void
sample_styles_forget (SampleDrawing *drawing)
{
  drawing->drawn = NULL;
}
