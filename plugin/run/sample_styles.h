/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maniera's own sample paintings, for whoever has a photograph alone. The
 * helper draws them once, into GIMP's cache folder.
 *
 *     SampleDrawing *drawing = sample_styles_draw (drawn, data);
 *     ...
 *     sample_styles_forget (drawing);
 */

#ifndef MANIERA_PLUGIN_SAMPLE_STYLES_H
#define MANIERA_PLUGIN_SAMPLE_STYLES_H

#include <glib.h>

typedef struct _SampleDrawing SampleDrawing;

/* The paths of the samples that are drawn, in order. The list owns them. */
GPtrArray *sample_styles (void);

/* A sample's name in the user's language; NULL where `path` is none. */
const char *sample_style_title (const char *path);

/* Draws those that are not there yet, one after another. `drawn` is called
 * after each; `left` = how many are still to come. With `left` 0 or an error
 * the call is the last, and the drawing is freed. NULL where all are there. */
SampleDrawing *sample_styles_draw (void (*drawn) (guint         left,
                                                  const GError *error,
                                                  gpointer      data),
                                   gpointer data);

/* `drawn` is not called any more. The one at hand is still finished. */
void sample_styles_forget (SampleDrawing *drawing);

#endif
