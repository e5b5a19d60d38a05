/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of what a program said on standard error, for messages. */

#ifndef MANIERA_PLUGIN_LAST_WORDS_H
#define MANIERA_PLUGIN_LAST_WORDS_H

#include <glib.h>

typedef struct
{
  GString *said; /* not all of it; NULL = nothing yet */
} StderrTail;

void last_words_add (StderrTail *words, const char *bytes, gsize length);
void last_words_clear (StderrTail *words);

/* At most 20 lines and 4 KiB, valid UTF-8, no newline at the end. "" for a
 * program that said nothing. */
char *last_words_text (const StderrTail *words);

/* The same on the lines after `what` ("" = none). */
char *last_words_after (const StderrTail *words, const char *what);

#endif
