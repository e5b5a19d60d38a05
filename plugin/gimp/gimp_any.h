/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps that gimp2_host.c and gimp3_host.c, and gimp2.c and gimp3.c, have in
 * common, in types that every GIMP has.
 *
 *     if (!any_gtk_start (TRUE, error))
 *       return FALSE;
 *     gimp_ui_init ("maniera", FALSE);     each GIMP has its own arguments
 *     any_window_icons ();
 */

#ifndef MANIERA_PLUGIN_GIMP_ANY_H
#define MANIERA_PLUGIN_GIMP_ANY_H

#include <libgimp/gimp.h>

/* GTK on GIMP's display. Before gimp_ui_init(), which would end the process
 * where there is none. `replace` = GIMP's display counts more than the one of
 * the environment. FALSE with PAINT_ERROR_HOST. */
gboolean any_gtk_start (gboolean replace, GError **error);
/* The plug-in's own icon for its windows. After gimp_ui_init(). */
void any_window_icons (void);

/* The largest size within `side` x `side` of the shape of `width` x `height`,
 * at least 1 x 1. FALSE where that has no pixels. */
gboolean any_fit (gint side, gint *width, gint *height);

/* The type of a layer in an image of this base type. */
GimpImageType any_type_of (GimpImageBaseType base, gboolean alpha);

/* With a transfer curve, and components as in `format`. */
GimpPrecision any_precision_of (const Babl *format);

/* A text that is saved with its layer. Free with gimp_parasite_free(). */
GimpParasite *any_text_parasite (const char *name, const char *text);

/* The status that tells a caller of `error`; GIMP_PDB_CANCEL for
 * PAINT_ERROR_STOPPED. */
GimpPDBStatusType any_status_of (const GError *error);

#endif
