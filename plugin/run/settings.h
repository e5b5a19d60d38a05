/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept in GIMP's folder: the values of the last run, presets, and how
 * the dialog was left.
 *
 *     last_values_save (request);
 *     last_values_load (request, &missing);
 */

#ifndef MANIERA_PLUGIN_SETTINGS_H
#define MANIERA_PLUGIN_SETTINGS_H

#include "plugin/client/request.h"

/* The values of the last run, also of an earlier GIMP; `missing` as above.
 * FALSE where the file is missing or damaged; `request` is then unchanged. */
void     last_values_save (const Request *request);
gboolean last_values_load (Request *request, char **missing);

/* Whether the dialog shows quick looks; TRUE where that was never saved. */
void     quick_look_save (gboolean wanted);
gboolean quick_look_load (void);

/* Presets: options by a name, which may be any text, and the styles that are
 * files, without their masks. Drawables would be other ones another day. */
GPtrArray *preset_names (void); /* sorted, owned strings */
gboolean preset_save (const char *name, const Request *request, GError **error);
/* Sets the options, and the styles where the preset has some. Files that
 * vanished are left out: *missing gets sentences that name them, or NULL; free
 * it with g_free(). FALSE with an error leaves the request as it is. */
gboolean preset_load (const char *name,
                      Request    *request,
                      char      **missing,
                      GError    **error);
gboolean preset_delete (const char *name, GError **error);

#endif
