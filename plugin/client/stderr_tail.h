/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of what a program wrote to standard error, for error messages.
 *
 *     StderrTail tail = { NULL };
 *     stderr_tail_add (&tail, bytes, length);
 *     g_autofree char *text = stderr_tail_text (&tail);
 *     stderr_tail_clear (&tail);
 */

#ifndef MANIERA_PLUGIN_STDERR_TAIL_H
#define MANIERA_PLUGIN_STDERR_TAIL_H

#include <glib.h>

typedef struct
{
  GString *kept; /* some KiB from the end; NULL = nothing yet */
} StderrTail;

void stderr_tail_add (StderrTail *tail, const char *bytes, gsize length);
void stderr_tail_clear (StderrTail *tail);

/* At most 20 lines and 4 KiB, valid UTF-8, no newline at the end. "" where
 * nothing was written. Free with g_free(). */
char *stderr_tail_text (const StderrTail *tail);

/* `what`, then the same on the lines after it. */
char *stderr_tail_after (const StderrTail *tail, const char *what);

#endif
