/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small dialog of Repeat Maniera Recipe. */

#ifndef MANIERA_PLUGIN_REPEAT_DIALOG_H
#define MANIERA_PLUGIN_REPEAT_DIALOG_H

#include <glib.h>

/* Offers `layers` (of HostDrawable, at least one). Returns the chosen one's id,
 * or -1. */
gint repeat_dialog_run (GPtrArray *layers);

#endif
