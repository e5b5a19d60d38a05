/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small dialog of Repeat Maniera Recipe. */

#ifndef MANIERA_PLUGIN_REPEAT_DIALOG_H
#define MANIERA_PLUGIN_REPEAT_DIALOG_H

#include <glib.h>

/* Lets the user choose one of `layers` (of HostDrawable, at least one). Returns
 * its id; -1 when the user canceled. */
gint repeat_dialog_run (GPtrArray *layers);

#endif
