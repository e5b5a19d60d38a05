/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An animation that is painted: its frames on their way to the helper, and the
 * new image that their paintings become the layers of.
 *
 *     Animation *animation = animation_new (request, &error);
 *     animation_tell (animation, params);
 *     ... for each frame that is painted
 *     animation_add (animation, 1, "/folder/00000001.png");
 *     gint top = animation_end (animation, model_sha256, &error);
 *     animation_free (animation);
 */

#ifndef MANIERA_PLUGIN_ANIMATION_H
#define MANIERA_PLUGIN_ANIMATION_H

#include "plugin/client/request.h"

#include <json-glib/json-glib.h>

typedef struct _Animation Animation;

/* Writes the frames of the request's image, and notes what is open. NULL with
 * an error. */
Animation *animation_new (const Request *request, GError **error);

/* Adds where they are, and where their paintings go, to the params of the
 * request `frames`. */
void animation_tell (const Animation *animation, JsonObject *params);

/* Takes the painting of a frame, counted from 1. A failure is told at the end.
 */
void animation_add (Animation *animation, guint number, const char *file);

/* Shows the new image, which has nothing to undo, with a recipe on each layer:
 * with the SHA-256 of the model, or NULL. Returns its top layer; -1 with an
 * error. */
gint
animation_end (Animation *animation, const char *model_sha256, GError **error);

/* Its files go, and a new image that was not shown. NULL does nothing. */
void animation_free (Animation *animation);

#endif
