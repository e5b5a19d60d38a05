/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of a run: the content's layer, the styles, the options.
 * Drawables go by GIMP's ids, which both GIMPs have; -1 is none. */

#ifndef MANIERA_PLUGIN_REQUEST_H
#define MANIERA_PLUGIN_REQUEST_H

#include "core/options.h"

#include <glib.h>

typedef struct
{
  gint   drawable; /* a layer, or -1 and `file` */
  char  *file;     /* a path in the file system's encoding, or NULL */
  double weight;   /* relative to the others; NAN = not given */
  double scale;    /* stroke size; 0 = as the option says */
  gint region; /* the drawable whose gray says where in the content it applies,
                  or -1 */
  gint part;   /* the drawable whose gray says what part of the style to learn
                  from, or -1 */
} StyleChoice;

typedef struct
{
  gint           image;
  gint           content; /* a layer of `image` */
  GPtrArray     *styles;  /* of StyleChoice, owned */
  ManieraOptions options;
} Request;

Request     *request_new (gint image, gint content);
Request     *request_copy (const Request *request);
void         request_free (Request *request);
StyleChoice *style_choice_new (void); /* nothing chosen, weight 1 */
void         style_choice_free (StyleChoice *choice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

/* A style with a region limits the result by itself; else the selection does.
 */
gboolean request_has_regions (const Request *request);

#endif
