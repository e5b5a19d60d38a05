/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tick below the preview, and what it stands for: a moment after a change
 * the preview shows a small draft of what is set. */

#ifndef MANIERA_PLUGIN_QUICK_LOOK_H
#define MANIERA_PLUGIN_QUICK_LOOK_H

#include "plugin/run/draft.h"
#include "plugin/ui/preview_view.h"

typedef struct _QuickLook QuickLook;

/* Adds the tick to the preview's bar, as it was left the last time. `wanted` is
 * called when the user ticks it. Freed with the preview, before `work`. */
QuickLook *quick_look_new (PreviewView *preview,
                           SmallWork   *work,
                           void (*wanted) (gpointer data),
                           gpointer data);

gboolean quick_look_is_ticked (const QuickLook *look);

/* The user changed something, so the next quick_look_paint() paints. */
void quick_look_wish (QuickLook *look);
void quick_look_paint (QuickLook     *look,
                       Estimator     *estimator,
                       const Request *request);
/* Ends what is painted and takes what is shown away; nothing is wished any
 * more. To be called before the estimator is freed. */
void quick_look_drop (QuickLook *look);

/* Whether it can be ticked. */
void quick_look_allow (QuickLook *look, gboolean allowed);

#endif
