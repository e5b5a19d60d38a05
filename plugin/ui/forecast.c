/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A timer between a change and the question, and one that looks whether it is
 * answered. */

#include "plugin/ui/forecast.h"

enum
{
  DELAY = 300,   /* ms from the last change to the question */
  LISTEN = 100,  /* ms between two looks for the answer */
  PATIENCE = 100 /* looks before its helper is ended without it */
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

  guint finish;   /* the source that ends the helper; 0 = none */
  guint listened; /* so often it looked for the answer */
  void (*ended) (gpointer data);
  gpointer ended_data;
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

static void
remove_source (guint *source)
{
  if (*source)
    g_source_remove (*source);
  *source = 0;
}

void
forecast_forget (Forecast *forecast)
{
  remove_source (&forecast->ask);
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

void
forecast_prepare (Forecast *forecast)
{
  SharedMemory *memory = NULL;
  if (quick_look_is_ticked (forecast->look))
    estimator_helper (forecast_estimator (forecast), &memory, NULL);
}

static void
end_helper (Forecast *forecast)
{
  parts_view_stop (forecast->parts);
  g_clear_pointer (&forecast->estimator, estimator_free);
}

static gboolean
finish_when_answered (gpointer data)
{
  Forecast *forecast = data;
  if (forecast->estimator && estimator_is_asked (forecast->estimator)
      && ++forecast->listened < PATIENCE)
    return G_SOURCE_CONTINUE;
  forecast->finish = 0;
  end_helper (forecast);
  forecast->ended (forecast->ended_data);
  return G_SOURCE_REMOVE;
}

void
forecast_finish (Forecast *forecast,
                 void (*ended) (gpointer data),
                 gpointer data)
{
  forecast_forget (forecast);
  forecast->ended = ended;
  forecast->ended_data = data;
  forecast->listened = 0;
  forecast->finish = g_timeout_add_full (G_PRIORITY_LOW, LISTEN,
                                         finish_when_answered, forecast, NULL);
}

gboolean
forecast_is_finishing (const Forecast *forecast)
{
  return forecast->finish != 0;
}

void
forecast_go_on (Forecast *forecast)
{
  remove_source (&forecast->finish);
}

void
forecast_free (Forecast *forecast)
{
  forecast_go_on (forecast);
  forecast_forget (forecast);
  end_helper (forecast);
  g_free (forecast);
}
