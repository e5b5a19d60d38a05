/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can go wrong, as translated sentences that say what to do next.
 *
 *     g_propagate_error (error, paint_error_new (PAINT_ERROR_NO_SPACE, path));
 */

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
  PAINT_ERROR_STOPPED, /* by the user: never shown as an error */
  PAINT_ERROR_INTERNAL,
  /* What only the client can see. */
  PAINT_ERROR_NO_HELPER,      /* no executable of that name */
  PAINT_ERROR_HELPER_REFUSED, /* there, but cannot be started */
  PAINT_ERROR_HELPER_DIED,    /* by a signal, or it ended without a reply */
  PAINT_ERROR_HELPER_SILENT,  /* the timeout is over */
  PAINT_ERROR_PROTOCOL_ERROR, /* it sent what the protocol does not allow */
  PAINT_ERROR_HOST,           /* GIMP refused something */
} PaintErrorCode;

#define PAINT_ERROR (paint_error_quark ())
GQuark paint_error_quark (void);

/* The code of a name on the wire; PAINT_ERROR_INTERNAL for an unknown one. */
PaintErrorCode paint_error_from_wire (const char *name);

/* A GError of this code. Its message is the translated sentence of the code,
 * then `detail` on lines of its own. `detail` may be NULL; it is often the
 * helper's English. */
GError *paint_error_new (PaintErrorCode code, const char *detail);

/* The translated sentence of a warning. `about` is its name on the wire;
 * `text`, the helper's own English, is returned where that is NULL or unknown.
 */
const char *paint_warning (const char *about, const char *text);

#endif
