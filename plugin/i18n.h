/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks for translation: _() translates now, N_() only lets xgettext find the
 * text. */

#ifndef MANIERA_PLUGIN_I18N_H
#define MANIERA_PLUGIN_I18N_H

#include <libintl.h>

#define MANIERA_TEXT_DOMAIN "maniera"
#define _(text)             dgettext (MANIERA_TEXT_DOMAIN, text)
#define N_(text)            text

#endif
