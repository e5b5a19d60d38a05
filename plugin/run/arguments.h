/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a script hands to plug-in-maniera, checked and made a request. Whatever
 * is wrong is refused by the argument's name, before any work. */

#ifndef MANIERA_PLUGIN_ARGUMENTS_H
#define MANIERA_PLUGIN_ARGUMENTS_H

#include "plugin/client/request.h"

/* Borrowed. `weights`, `regions` and `style_regions` run over `styles` first,
 * then over `files`; a count of 0 leaves one out. */
typedef struct
{
  gint               image;
  gint               drawable;
  const gint        *styles;
  gsize              style_count;
  const char *const *files; /* NULL-terminated paths, or NULL */
  const double      *weights;
  gsize              weight_count;
  const gint        *regions; /* drawables; -1 = none */
  gsize              region_count;
  const gint        *style_regions;
  gsize              style_region_count;
} Arguments;

/* A request without options. NULL with PAINT_ERROR_INVALID_REQUEST. */
Request *arguments_to_request (const Arguments *arguments, GError **error);

/* One option, as text. FALSE with PAINT_ERROR_INVALID_OPTION. */
gboolean arguments_set_option (ManieraOptions *options,
                               const char     *name,
                               const char     *text,
                               GError        **error);

/* "size=512 quality=draft": values with blanks are quoted as in a shell. */
gboolean arguments_set_options (ManieraOptions *options,
                                const char     *text,
                                GError        **error);

/* The lines that are not empty, as paths. Free with g_strfreev(). */
char **arguments_lines (const char *text);

#endif
