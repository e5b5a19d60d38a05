/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window with a small draft in each listed style alone, to compare them and
 * to choose one. */

#ifndef MANIERA_PLUGIN_TRY_ALL_H
#define MANIERA_PLUGIN_TRY_ALL_H

#include "plugin/run/draft.h"
#include "plugin/ui/style_list.h"

/* Paints one draft after the other, with the request's options, and returns
 * when the window is closed. Meanwhile a style that is chosen is ticked alone
 * in the list. */
void try_all (GtkWidget     *parent,
              SmallWork     *work,
              Estimator     *estimator,
              const Request *request,
              StyleList     *styles);

#endif
