/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arguments of plug-in-maniera, checked and made a request. What is wrong
 * is refused by the argument's name, before any work.
 *
 *     g_autoptr (Request) request = arguments_to_request (&arguments, &error);
 *     arguments_set_options (request, "size=512", &error);
 */

#ifndef MANIERA_PLUGIN_ARGUMENTS_H
#define MANIERA_PLUGIN_ARGUMENTS_H

#include "plugin/client/request.h"

/* All borrowed. `weights`, `masks` and `style_masks` have an element for each
 * of `styles`, then for each of `files`; or none. */
typedef struct
{
  gint               image;
  gint               drawable;
  gboolean           frames; /* all layers are painted; no drawable counts */
  const gint        *styles;
  gsize              style_count;
  const char *const *files; /* NULL-terminated paths, or NULL */
  const double      *weights;
  gsize              weight_count;
  const gint        *masks; /* drawables; -1 = none */
  gsize              mask_count;
  const gint        *style_masks;
  gsize              style_mask_count;
} Arguments;

/* A request with no option set. NULL with PAINT_ERROR_INVALID_REQUEST. */
Request *arguments_to_request (const Arguments *arguments, GError **error);

/* Weights as a text, "3,1", in place of `weights`; "" or NULL changes nothing.
 * `numbers` holds them: free it with g_free() when the arguments are no longer
 * needed. FALSE with PAINT_ERROR_INVALID_REQUEST. */
gboolean arguments_weights_text (Arguments  *arguments,
                                 const char *text,
                                 double    **numbers,
                                 GError    **error);

/* One option or setting of the output, as text. FALSE with
 * PAINT_ERROR_INVALID_OPTION. */
gboolean arguments_set_option (Request    *request,
                               const char *name,
                               const char *text,
                               GError    **error);

/* "size=512 quality=draft": values with blanks are quoted as in a shell. */
gboolean
arguments_set_options (Request *request, const char *text, GError **error);

/* The lines of a text that are not empty. Free with g_strfreev(). */
char **arguments_lines (const char *text);

#endif
