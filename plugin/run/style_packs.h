/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Style packs: files of a style without its painting, which `maniera pack`
 * makes. What needs the painting itself cannot be done with them. */

#ifndef MANIERA_PLUGIN_STYLE_PACKS_H
#define MANIERA_PLUGIN_STYLE_PACKS_H

#include "plugin/client/request.h"

/* As the helper sees it: by the name, or by how the file begins. NULL is none.
 */
gboolean is_style_pack (const char *file);

/* The ending of a pack's name. */
#define STYLE_PACK_ENDING ".maniera-style"

/* The small picture of its paintings: RGB, 8 bits a channel, rows without
 * padding. NULL where the file has none or is no pack. */
GBytes *style_pack_thumbnail (const char *file, gint *width, gint *height);

/* Whether one painting is the style of one whole picture, for
 * maniera_options_resolve_for(). Parts that are found in one frame and not in
 * the next would flicker. */
gboolean is_of_one_painting (const Request *request);

/* The options as the request's run goes by them. */
void resolve_request (const Request *request, ManieraOptions *resolved);

/* FALSE with PAINT_ERROR_INVALID_REQUEST where a pack is asked for what needs
 * its painting. */
gboolean style_packs_check (const Request *request, GError **error);

#endif
