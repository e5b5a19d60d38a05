/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spin button of an option that is a number.
 *
 *     GtkWidget *spin = spin_button_new (option, TRUE);
 *     spin_button_show (spin, option, option->min - 1); // "automatic"
 */

#ifndef MANIERA_PLUGIN_SPIN_BUTTON_H
#define MANIERA_PLUGIN_SPIN_BUTTON_H

#include "core/options.h"

#include <gtk/gtk.h>

/* Where it may be `automatic`, it says so at one below the option's least
 * value. */
GtkWidget *spin_button_new (const ManieraOption *option, gboolean automatic);
/* The steps follow the value. */
void
spin_button_show (GtkWidget *spin, const ManieraOption *option, double value);

#endif
