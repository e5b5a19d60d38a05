/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two procedures do when they are not called with all of their
 * arguments; gimp2.c and gimp3.c register them. */

#ifndef MANIERA_PLUGIN_PROCEDURES_H
#define MANIERA_PLUGIN_PROCEDURES_H

#include <glib.h>

#define PAINT_PROCEDURE  "plug-in-maniera"
#define REPEAT_PROCEDURE "plug-in-maniera-repeat"

/* Beside the plug-in. */
#define MENU_ICON "icons/hicolor/48x48/apps/maniera.png"

/* All return the new layer; -1 with an error; or -1 without one when the user
 * left. */

/* Lets the user choose. */
gint paint_with_dialog (gint image, gint active, GError **error);
/* What was chosen last. */
gint paint_again (gint image, gint active, GError **error);

/* The recipe of a layer, on another. */
gint repeat_recipe (gint image, gint drawable, gint from, GError **error);
/* Lets the user choose among the layers that carry a recipe. */
gint repeat_with_dialog (gint image, gint active, GError **error);

/* Where our translations are: beside the plug-in, else the system's. Free. */
char *locale_folder (void);

#endif
