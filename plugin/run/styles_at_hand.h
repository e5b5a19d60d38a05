/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The styles that are at hand without a search on the disk: those that were
 * used last, those in the user's own folder, and Maniera's samples.
 *
 *     g_autoptr (GPtrArray) styles = styles_at_hand ();
 *     const StyleAtHand *first = g_ptr_array_index (styles, 0);
 *     styles_at_hand_used (request->styles);
 */

#ifndef MANIERA_PLUGIN_STYLES_AT_HAND_H
#define MANIERA_PLUGIN_STYLES_AT_HAND_H

#include <glib.h>

typedef enum
{
  STYLE_LAST_USED,
  STYLE_OWN,
  STYLE_SAMPLE
} StyleOrigin;

typedef struct
{
  char       *name; /* UTF-8, in the user's language where it is a sample */
  char       *path; /* in the file system's encoding */
  StyleOrigin origin;
} StyleAtHand;

/* Last used ones first, then those in the folder, then samples; each once. The
 * list owns its elements. What is neither a picture nor a style file is not in
 * it, nor what is no longer there. */
GPtrArray *styles_at_hand (void);

/* Where a style comes from, in the user's language. */
const char *style_origin_text (StyleOrigin origin);

/* Whether all words of `search` are in its name, its origin or the name of its
 * folder, in upper or lower case. */
gboolean style_at_hand_matches (const StyleAtHand *style, const char *search);

/* Remembers the files among these StyleChoices as the last used ones. */
void styles_at_hand_used (const GPtrArray *styles);

/* The user's folder of paintings, made where it is missing. Free with g_free().
 * NULL with PAINT_ERROR_HOST where it cannot be made. */
char *styles_folder (GError **error);

/* Copies a file into that folder, unless it is there already. The path of the
 * copy, or NULL with an error; free with g_free(). */
char *styles_folder_take (const char *file, GError **error);

#endif
