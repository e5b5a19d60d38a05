/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the last bytes of a stream of any length. */

#include "plugin/client/stderr_tail.h"

enum
{
  LINES = 20,
  BYTES = 4096
};

void
last_words_add (StderrTail *words, const char *bytes, gsize length)
{
  if (!words->said)
    words->said = g_string_new (NULL);
  if (length > BYTES)
    {
      bytes += length - BYTES;
      length = BYTES;
    }
  g_string_append_len (words->said, bytes, (gssize)length);
  if (words->said->len > 2 * BYTES)
    g_string_erase (words->said, 0, (gssize)(words->said->len - BYTES));
}

void
last_words_clear (StderrTail *words)
{
  if (words->said)
    g_string_free (words->said, TRUE);
  words->said = NULL;
}

char *
last_words_text (const StderrTail *words)
{
  if (!words->said)
    return g_strdup ("");
  const char *end = words->said->str + words->said->len;
  const char *least = words->said->str;
  while (end > least && g_ascii_isspace (end[-1]))
    --end;
  if (end - least > BYTES)
    least = end - BYTES;
  const char *start = end;
  for (gint lines = 0; start > least; --start)
    if (start[-1] == '\n' && ++lines == LINES)
      break;
  return g_utf8_make_valid (start, end - start);
}

char *
last_words_after (const StderrTail *words, const char *what)
{
  g_autofree char *said = last_words_text (words);
  return g_strjoin (*what && *said ? "\n" : "", what, said, NULL);
}
