/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the dialog tells of a painting before it is begun: the estimate, the
 * parts and the quick look, by one helper, a moment after the last change.
 *
 *     Forecast *forecast = forecast_new (status, look, parts);
 *     forecast_ask (forecast, request);
 *     forecast_forget (forecast);
 *     forecast_free (forecast);
 */

#ifndef MANIERA_PLUGIN_FORECAST_H
#define MANIERA_PLUGIN_FORECAST_H

#include "plugin/ui/parts_view.h"
#include "plugin/ui/quick_look.h"
#include "plugin/ui/status_area.h"

typedef struct _Forecast Forecast;

/* All three must outlive it. */
Forecast *forecast_new (StatusArea *status, QuickLook *look, PartsView *parts);

/* The request is read when the moment is over. */
void forecast_ask (Forecast *forecast, const Request *request);
/* Nothing that was asked is told any more, and the look is taken away. */
void forecast_forget (Forecast *forecast);

/* Where a look is wished for, starts the helper before anything is asked, for
 * that takes half a second of the first look's three. Why it cannot start is
 * told by the first answer. */
void forecast_prepare (Forecast *forecast);

/* For other questions to its helper, until it is ended. */
Estimator *forecast_estimator (Forecast *forecast);

/* Ends its helper, for one is enough beside a painting, and calls `ended`: once
 * it has told its estimate, or after ten seconds. The first estimate measures
 * this computer; what it measured would be lost, or wrong where a painting runs
 * beside it. It is called a moment later in any case, when the dialog has shown
 * what it does. */
void     forecast_finish (Forecast *forecast,
                          void (*ended) (gpointer data),
                          gpointer data);
gboolean forecast_is_finishing (const Forecast *forecast);
/* It is not ended after all. */
void forecast_go_on (Forecast *forecast);

void forecast_free (Forecast *forecast);

#endif
