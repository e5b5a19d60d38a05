/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calls that have the same name and arguments in every GIMP. */

#include "plugin/gimp/gimp_any.h"

#include "plugin/client/errors.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"

#include <libgimp/gimpui.h>
#include <string.h>

void
host_progress_start (const char *text)
{
  gimp_progress_init (text);
}

void
host_progress_set (double fraction)
{
  gimp_progress_update (fraction);
}

void
host_progress_end (void)
{
  gimp_progress_end ();
}

void
host_message (const char *text)
{
  gimp_message (text);
}

const char *
host_folder (void)
{
  return gimp_directory ();
}

const char *
host_cache_folder (void)
{
  return gimp_cache_directory ();
}

void
host_window_attach (void *gtk_window)
{
  gimp_window_set_transient (GTK_WINDOW (gtk_window));
}

/* Steps */

gboolean
any_gtk_start (gboolean replace, GError **error)
{
  const char *display = gimp_display_name ();
  if (display && *display)
    g_setenv ("DISPLAY", display, replace);
  if (gtk_init_check (NULL, NULL))
    return TRUE;
  g_propagate_error (
      error, paint_error_new (PAINT_ERROR_HOST,
                              _ ("There is no display for the dialog. Call the "
                                 "procedure with RUN-NONINTERACTIVE.")));
  return FALSE;
}

void
any_window_icons (void)
{
  g_autofree char *icons = host_own_file ("icons");
  gtk_icon_theme_append_search_path (gtk_icon_theme_get_default (), icons);
  gtk_window_set_default_icon_name ("maniera");
}

gboolean
any_fit (gint side, gint *width, gint *height)
{
  if (*width < 1 || *height < 1)
    return FALSE;
  const double scale = (double)side / MAX (*width, *height);
  *width = MAX (1, (gint)(*width * scale + 0.5));
  *height = MAX (1, (gint)(*height * scale + 0.5));
  return TRUE;
}

GimpImageType
any_type_of (GimpImageBaseType base, gboolean alpha)
{
  static const GimpImageType types[][2]
      = { { GIMP_RGB_IMAGE, GIMP_RGBA_IMAGE },
          { GIMP_GRAY_IMAGE, GIMP_GRAYA_IMAGE },
          { GIMP_INDEXED_IMAGE, GIMP_INDEXEDA_IMAGE } };
  return types[base][alpha != FALSE];
}

/* From a linear precision to the one with a curve: GIMP 2.10 and 3 have other
 * names for that, and the same numbers. */
enum
{
  CURVED = 50
};

GimpPrecision
any_precision_of (const Babl *format)
{
  static const struct
  {
    const char   *type;
    GimpPrecision precision;
  } precisions[] = { { "u16", GIMP_PRECISION_U16_LINEAR },
                     { "u32", GIMP_PRECISION_U32_LINEAR },
                     { "half", GIMP_PRECISION_HALF_LINEAR },
                     { "float", GIMP_PRECISION_FLOAT_LINEAR },
                     { "double", GIMP_PRECISION_FLOAT_LINEAR } };
  const char *type = babl_get_name (babl_format_get_type (format, 0));
  for (gsize i = 0; i < G_N_ELEMENTS (precisions); ++i)
    if (strcmp (type, precisions[i].type) == 0)
      return (GimpPrecision)(precisions[i].precision + CURVED);
  return (GimpPrecision)(GIMP_PRECISION_U8_LINEAR + CURVED);
}

GimpParasite *
any_text_parasite (const char *name, const char *text)
{
  return gimp_parasite_new (name,
                            GIMP_PARASITE_PERSISTENT | GIMP_PARASITE_UNDOABLE,
                            (guint32)strlen (text) + 1, text);
}

GimpPDBStatusType
any_status_of (const GError *error)
{
  if (g_error_matches (error, PAINT_ERROR, PAINT_ERROR_STOPPED))
    return GIMP_PDB_CANCEL;
  if (g_error_matches (error, PAINT_ERROR, PAINT_ERROR_INVALID_REQUEST)
      || g_error_matches (error, PAINT_ERROR, PAINT_ERROR_INVALID_OPTION))
    return GIMP_PDB_CALLING_ERROR;
  return GIMP_PDB_EXECUTION_ERROR;
}
