/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a finished painting goes. The user works on while it is painted, so its
 * layer may be gone by then, or have another size: the painting arrives
 * nevertheless.
 *
 *     arrival_prepare (&arrival, content, copy, &output);
 *     ... the helper paints
 *     gint layer = arrival_layer (&arrival, "Name", fill, data, &error);
 *     arrival_clear (&arrival);
 */

#ifndef MANIERA_PLUGIN_ARRIVAL_H
#define MANIERA_PLUGIN_ARRIVAL_H

#include "plugin/client/output.h"
#include "plugin/run/pixels.h"

typedef struct
{
  HostDrawable *content; /* as it was */
  LayerCopy     copy;
  GdkPixbuf    *look;  /* the content, small; NULL = not known */
  gint          width; /* px, of the image */
  gint          height;
  char         *active; /* host_active() */
  Output        output;
} Arrival;

/* Takes over `content` and `copy`, both of now. */
void arrival_prepare (Arrival      *arrival,
                      HostDrawable *content,
                      LayerCopy    *copy,
                      const Output *output);

/* Fills a layer of the content's size, not yet in an image. FALSE with an
 * error. */
typedef gboolean (*ArrivalFill) (gint layer, gpointer data, GError **error);

/* The layer that has the painting, where the output is to be: above the
 * content, which is hidden where it would shine through; the content itself; or
 * the only layer of a new image. Where the content has another size now, the
 * painting is scaled to it; where it is gone from an image of the same size,
 * the painting is the top layer there; else it is a new image. Pixels of a
 * content that looks otherwise than before are not replaced. All is one step of
 * undo. `note` is a translated sentence that says what became of it, or NULL
 * where all is as it was. -1 with an error. */
gint arrival_layer (const Arrival *arrival,
                    const char    *name,
                    ArrivalFill    fill,
                    gpointer       data,
                    const char   **note,
                    GError       **error);

void arrival_clear (Arrival *arrival);

#endif
