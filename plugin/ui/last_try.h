/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of the layer of one try when the next one is painted. */

#ifndef MANIERA_PLUGIN_LAST_TRY_H
#define MANIERA_PLUGIN_LAST_TRY_H

#include <glib.h>

/* The layer `last` goes where `leaves`. Else it lies below the new one, which
 * it would hide; it is hidden where the original, `content`, is. Nothing
 * happens where `last` is -1, no longer open or in another image. */
void last_try_yield (gint last, gint now, gint content, gboolean leaves);

/* Whether its painting can be gone on from: it is open and has the content's
 * size. */
gboolean last_try_fits (gint last, gint content);

#endif
