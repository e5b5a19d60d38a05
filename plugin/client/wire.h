/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads JSON that is not trusted: from the helper, and from files.
 *
 *     g_autoptr (JsonObject) message = wire_parse (line, length);
 *     const double tiles = wire_number (message, "tiles", 1, 1e9, 1);
 */

#ifndef MANIERA_PLUGIN_WIRE_H
#define MANIERA_PLUGIN_WIRE_H

#include <json-glib/json-glib.h>

/* The one JSON object that the UTF-8 text must be; NULL where it is not, or has
 * more than 1,000 brackets. The caller owns it. */
JsonObject *wire_parse (const char *text, gsize length);

/* The object as text, on several lines where it is for people. */
char *wire_to_text (JsonObject *object, gboolean for_people);

/* A number from `least` to `most`; `otherwise` where the member is missing, not
 * a number or out of range. */
double wire_number (JsonObject *object,
                    const char *name,
                    double      least,
                    double      most,
                    double      otherwise);

/* A text, which the object owns; NULL where the member is missing or not a
 * text. */
const char *wire_text (JsonObject *object, const char *name);

/* Whether the member is there and true. */
gboolean wire_true (JsonObject *object, const char *name);

/* An object, which the parent owns; NULL where the member is missing or not an
 * object. */
JsonObject *wire_object (JsonObject *object, const char *name);

#endif
