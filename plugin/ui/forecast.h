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

/* For other questions to its helper, until forecast_end_helper(). */
Estimator *forecast_estimator (Forecast *forecast);
/* Whether its helper is at an estimate. The first one measures this computer.
 */
gboolean forecast_is_asked (const Forecast *forecast);
/* The next question starts another. */
void forecast_end_helper (Forecast *forecast);

void forecast_free (Forecast *forecast);

#endif
