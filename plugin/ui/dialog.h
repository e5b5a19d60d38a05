/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialog of Filters > Artistic > Neural Style: the choice of what to paint,
 * and the painting while it is made.
 *
 *     g_autoptr (Request) request = request_new (image, layer);
 *     gint painted = dialog_run (request, NULL, -1);
 */

#ifndef MANIERA_PLUGIN_DIALOG_H
#define MANIERA_PLUGIN_DIALOG_H

#include "plugin/client/request.h"

/* Shows the dialog with the choices of `request` and a note, or NULL, and
 * updates `request` as the user changes them. `painted` is the last try, a
 * layer that is to be looked at and that the next try may take the place of; -1
 * = none. Returns the new layer; -1 when the user left without one. */
gint dialog_run (Request *request, const char *note, gint painted);

#endif
