/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialog's window for the frames of an animation: without what a lone
 * painting alone has. */

#ifndef MANIERA_PLUGIN_FRAMES_VIEW_H
#define MANIERA_PLUGIN_FRAMES_VIEW_H

#include "plugin/ui/dialog_view.h"

/* After dialog_view_make(), before the list of styles is filled. `lowest` is
 * the first frame. */
void frames_view_fit (DialogView *view, const HostDrawable *lowest);

#endif
