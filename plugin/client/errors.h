/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can go wrong, as translated sentences that say what to do next. */

#ifndef MANIERA_PLUGIN_ERRORS_H
#define MANIERA_PLUGIN_ERRORS_H

#include <glib.h>

typedef enum
{
  /* The wire's closed list (docs/protocol.md), in its order. */
  PAINT_ERROR_PROTOCOL_MISMATCH,
  PAINT_ERROR_INVALID_REQUEST,
  PAINT_ERROR_INVALID_OPTION,
  PAINT_ERROR_UNREADABLE_IMAGE,
  PAINT_ERROR_UNREADABLE_MODEL,
  PAINT_ERROR_NO_MODEL,
  PAINT_ERROR_NO_DEVICE,
  PAINT_ERROR_OUT_OF_MEMORY,
  PAINT_ERROR_NO_SPACE,
  PAINT_ERROR_STOPPED, /* the user's own wish: never shown as an error */
  PAINT_ERROR_INTERNAL,
  /* What only the client can see. */
  PAINT_ERROR_NO_HELPER,      /* no executable of that name */
  PAINT_ERROR_HELPER_REFUSED, /* there, but cannot be started */
  PAINT_ERROR_HELPER_DIED,    /* by a signal, or left without a reply */
  PAINT_ERROR_HELPER_SILENT,  /* no sign of life */
  PAINT_ERROR_HELPER_BABBLED, /* a line that is no message, or one without an
                                 end */
  PAINT_ERROR_HOST,           /* GIMP refused something */
} PaintErrorCode;

#define PAINT_ERROR (paint_error_quark ())
GQuark paint_error_quark (void);

/* The code of a name on the wire; PAINT_ERROR_INTERNAL for one that is not
 * known. */
PaintErrorCode paint_error_from_wire (const char *name);

/* A GError of this code: the translated sentence of the code, then `detail`
 * (may be NULL; English from the helper, or its last lines) on lines of its
 * own. */
GError *paint_error_new (PaintErrorCode code, const char *detail);

/* The translated sentence of a warning: `about` is the wire's name of it (may
 * be NULL), `text` the helper's own words, which stand where the name is none
 * that is known. */
const char *paint_warning (const char *about, const char *text);

#endif
