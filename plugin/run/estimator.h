/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request would take, asked of a helper that is started by the first
 * question and kept. */

#ifndef MANIERA_PLUGIN_ESTIMATOR_H
#define MANIERA_PLUGIN_ESTIMATOR_H

#include "plugin/client/request.h"

typedef struct
{
  gint64 bytes;
  double seconds;
  gint   tiles;
  gint   scales;
  gint   width;
  gint   height;
} RunEstimate;

typedef struct _Estimator Estimator;

/* Called once for each question, unless a later question or estimator_free()
 * came first: then it is not called. `estimate` is NULL where there is an
 * error, which is borrowed. */
typedef void (*RunEstimated) (const RunEstimate *estimate,
                              const GError      *error,
                              gpointer           data);

Estimator *estimator_new (void);
void       estimator_ask (Estimator     *estimator,
                          const Request *request,
                          RunEstimated   answered,
                          gpointer       data);
void       estimator_free (Estimator *estimator);

#endif
