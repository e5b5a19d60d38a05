/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialog of Filters > Artistic > Neural Style: what to paint, and the
 * painting as it comes. */

#ifndef MANIERA_PLUGIN_DIALOG_H
#define MANIERA_PLUGIN_DIALOG_H

#include "plugin/client/request.h"

/* Shows it and runs until the user has a new layer or leaves. Starts from
 * `request` and leaves in it what was chosen. Returns the new layer, or -1 when
 * the user left without one. */
gint dialog_run (Request *request);

#endif
