/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the last bytes of a stream of any length. */

#include "plugin/client/stderr_tail.h"

enum
{
  LINES = 20,
  BYTES = 4096
};

void
stderr_tail_add (StderrTail *tail, const char *bytes, gsize length)
{
  if (!tail->kept)
    tail->kept = g_string_new (NULL);
  if (length > BYTES)
    {
      bytes += length - BYTES;
      length = BYTES;
    }
  g_string_append_len (tail->kept, bytes, (gssize)length);
  if (tail->kept->len > 2 * BYTES)
    g_string_erase (tail->kept, 0, (gssize)(tail->kept->len - BYTES));
}

void
stderr_tail_clear (StderrTail *tail)
{
  if (tail->kept)
    g_string_free (tail->kept, TRUE);
  tail->kept = NULL;
}

char *
stderr_tail_text (const StderrTail *tail)
{
  if (!tail->kept)
    return g_strdup ("");
  const char *end = tail->kept->str + tail->kept->len;
  const char *least = tail->kept->str;
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
stderr_tail_after (const StderrTail *tail, const char *what)
{
  g_autofree char *text = stderr_tail_text (tail);
  return g_strjoin (*what && *text ? "\n" : "", what, text, NULL);
}
