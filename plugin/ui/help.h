/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of help that is installed beside the plug-in, in the user's browser.
 *
 *     help_follow_f1 (window);
 *     help_show (window);
 */

#ifndef MANIERA_PLUGIN_HELP_H
#define MANIERA_PLUGIN_HELP_H

#include <gtk/gtk.h>

/* Opens the page in the dialog's language. Without a browser, a window over
 * `window` says so and where the page is. */
void help_show (GtkWidget *window);

/* F1 in `window` opens it too. */
void help_follow_f1 (GtkWidget *window);

#endif
