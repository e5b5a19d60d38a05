/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer between a change and the question. */

#include "plugin/ui/forecast.h"

enum
{
  DELAY = 400 /* ms from the last change to the question */
};

struct _Forecast
{
  StatusArea    *status;
  QuickLook     *look;
  PartsView     *parts;
  Estimator     *estimator; /* NULL = none was needed yet */
  const Request *request;
  guint          ask;    /* the source that asks; 0 = none */
  gboolean       wanted; /* the answer to what was asked last */
};

Forecast *
forecast_new (StatusArea *status, QuickLook *look, PartsView *parts)
{
  Forecast *forecast = g_new0 (Forecast, 1);
  forecast->status = status;
  forecast->look = look;
  forecast->parts = parts;
  return forecast;
}

static void
on_estimate (const RunEstimate *estimate, const GError *error, gpointer data)
{
  Forecast *forecast = data;
  if (!forecast->wanted)
    return;
  status_area_show_error (forecast->status, error);
  if (estimate)
    status_area_say_estimate (forecast->status, estimate);
  else
    status_area_say (forecast->status, "");
}

static gboolean
ask_now (gpointer data)
{
  Forecast  *forecast = data;
  Estimator *estimator = forecast_estimator (forecast);
  forecast->ask = 0;
  forecast->wanted = TRUE;
  estimator_ask (estimator, forecast->request, on_estimate, forecast);
  parts_view_find (forecast->parts, estimator, forecast->request);
  quick_look_paint (forecast->look, estimator, forecast->request);
  return G_SOURCE_REMOVE;
}

void
forecast_ask (Forecast *forecast, const Request *request)
{
  forecast_forget (forecast);
  forecast->request = request;
  forecast->ask = g_timeout_add (DELAY, ask_now, forecast);
}

void
forecast_forget (Forecast *forecast)
{
  if (forecast->ask)
    g_source_remove (forecast->ask);
  forecast->ask = 0;
  forecast->wanted = FALSE;
  quick_look_drop (forecast->look);
}

Estimator *
forecast_estimator (Forecast *forecast)
{
  if (!forecast->estimator)
    forecast->estimator = estimator_new ();
  return forecast->estimator;
}

gboolean
forecast_is_asked (const Forecast *forecast)
{
  return forecast->estimator && estimator_is_asked (forecast->estimator);
}

void
forecast_end_helper (Forecast *forecast)
{
  parts_view_stop (forecast->parts);
  g_clear_pointer (&forecast->estimator, estimator_free);
}

void
forecast_free (Forecast *forecast)
{
  forecast_forget (forecast);
  forecast_end_helper (forecast);
  g_free (forecast);
}
