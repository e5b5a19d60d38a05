/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads what comes over the wire without trusting it. */

#ifndef MANIERA_PLUGIN_WIRE_H
#define MANIERA_PLUGIN_WIRE_H

#include <json-glib/json-glib.h>

/* A text that must be one JSON object, UTF-8; NULL where it is not, or has more
 * than 1,000 brackets. The caller owns it. */
JsonObject *wire_parse (const char *text, gsize length);

/* A number that must lie in a range; `otherwise` where there is none, or NaN,
 * or another kind. */
double wire_number (JsonObject *object,
                    const char *name,
                    double      least,
                    double      most,
                    double      otherwise);

/* A text; NULL where there is none or another kind. Lives as long as the
 * object. */
const char *wire_text (JsonObject *object, const char *name);

/* Whether it is there and true. */
gboolean wire_true (JsonObject *object, const char *name);

/* An object; NULL where there is none or another kind. */
JsonObject *wire_object (JsonObject *object, const char *name);

#endif
