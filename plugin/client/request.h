/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run is asked to paint: the content's layer, the styles, the options.
 * Drawables are named by GIMP's ids; -1 is none.
 *
 *     g_autoptr (Request) request = request_new (image, layer);
 *     StyleChoice *style = style_choice_new ();
 *     style->drawable = other_layer;
 *     g_ptr_array_add (request->styles, style);
 */

#ifndef MANIERA_PLUGIN_REQUEST_H
#define MANIERA_PLUGIN_REQUEST_H

#include "core/options.h"
#include "plugin/client/output.h"
#include "plugin/client/part_pairs.h"

#include <glib.h>

typedef struct
{
  gint   drawable; /* a layer, or -1 and `file` */
  char  *file;     /* a path in the file system's encoding, or NULL */
  double weight;   /* relative to the others; NAN = not given */
  double scale;    /* stroke size; 0 = as the option says */
  gint   mask;     /* the drawable whose gray says where in the content the
                      style is painted, or -1 */
  gint style_mask; /* the drawable whose gray says what part of the style is
                      learned from, or -1 */
} StyleChoice;

typedef struct
{
  gint image;
  gint content;          /* a layer of `image` */
  gint painting;         /* a layer of the content's size, an earlier painting
                            that this one goes on from, or -1 */
  gboolean frames;       /* all layers are painted, as frames; the content is
                            the lowest one */
  GPtrArray     *styles; /* of StyleChoice, owned */
  ManieraOptions options;
  PartPairs      pairs; /* of the parts that these pictures have */
  Output         output;
} Request;

Request     *request_new (gint image, gint content);
Request     *request_copy (const Request *request);
void         request_free (Request *request);
StyleChoice *style_choice_new (void); /* nothing chosen, weight 1 */
void         style_choice_free (StyleChoice *choice);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

/* Whether any style has a mask. Then masks limit the painting, not the
 * selection. */
gboolean request_has_masks (const Request *request);

#endif
