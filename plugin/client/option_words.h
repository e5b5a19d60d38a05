/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong, in the words of the dialog: options by their labels, numbers
 * in full.
 *
 *     g_autofree char *why = option_complaint (option, text);
 */

#ifndef MANIERA_PLUGIN_OPTION_WORDS_H
#define MANIERA_PLUGIN_OPTION_WORDS_H

#include "core/options.h"

#include <glib.h>

/* A translated sentence: why the option cannot have this value. Free with
 * g_free(). */
char *option_complaint (const ManieraOption *option, const char *text);

/* The helper's text, with "Size" for --size and 1000000 for 1e+06. Free with
 * g_free(). */
char *dialog_words (const char *text);

#endif
