/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the procedures do, but for reading the arguments of a script.
 * gimp2.c and gimp3*.c register them.
 *
 *     procedures_set_up ();
 *     gint layer = paint_with_dialog (image, drawable, &error);
 */

#ifndef MANIERA_PLUGIN_PROCEDURES_H
#define MANIERA_PLUGIN_PROCEDURES_H

#include <glib.h>

#define PAINT_PROCEDURE  "plug-in-maniera"
#define REPEAT_PROCEDURE "plug-in-maniera-repeat"
#define EDIT_PROCEDURE   "plug-in-maniera-edit"
#define FRAMES_PROCEDURE "plug-in-maniera-animation"

/* For host_own_file(). */
#define MENU_ICON   "icons/hicolor/48x48/apps/maniera.png"
#define HELP_FOLDER "help"

/* F1 on an entry of the menus goes to GIMP's own help system. It reads
 * HELP_FOLDER/LL/gimp-help.xml, which names our page for each procedure. */
#define HELP_DOMAIN "maniera"

/* First in each call: the process group and the translations. */
void procedures_set_up (void);

/* These return the new layer; -1 with an error; or -1 without one when the user
 * canceled. */

/* With what the user chooses in the dialog. */
gint paint_with_dialog (gint image, gint active, GError **error);
/* With the values of the last run. */
gint paint_again (gint image, gint active, GError **error);

/* With the recipe of the layer `from`. */
gint repeat_recipe (gint image, gint drawable, gint from, GError **error);
/* With the recipe of a layer that the user chooses. */
gint repeat_with_dialog (gint image, gint active, GError **error);

/* With the recipe of the painted layer itself, for its photograph; where that
 * is a frame, for its animation. */
gint repaint (gint image, gint painted, GError **error);
/* With what the user makes of it in the dialog. */
gint edit_with_dialog (gint image, gint active, GError **error);

/* All layers of an image are painted, as the frames of an animation. The layer
 * that these return is the top one of the new image. */

/* With what the user chooses in the dialog. */
gint paint_frames_with_dialog (gint image, GError **error);
/* With the values of the last run. */
gint paint_frames_again (gint image, GError **error);
/* Its image. -1 where there is no such layer. */
gint image_of_layer (gint layer);

/* Where our translations are: beside the plug-in, else in the system's folder.
 * Free with g_free(). */
char *locale_folder (void);

#endif
