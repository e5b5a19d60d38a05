/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a run is, for who watches it. */

#ifndef MANIERA_PLUGIN_PROGRESS_H
#define MANIERA_PLUGIN_PROGRESS_H

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib.h>

typedef struct
{
  double     fraction;      /* of the whole, 0 to 1 */
  gboolean   changed;       /* the settings did, since it began */
  gint       frame, frames; /* of an animation; 0 = it is none */
  gint       scale, scales, step, steps;
  double     loss;
  double     seconds_left; /* NaN = not known */
  GdkPixbuf *preview;      /* the painting so far, borrowed; NULL = unchanged */
} RunProgress;

#endif
