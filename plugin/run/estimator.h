/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory and time that a request would take. The helper is started by the
 * first question and kept.
 *
 *     Estimator *estimator = estimator_new ();
 *     estimator_ask (estimator, request, answered, data);
 *     estimator_free (estimator);
 */

#ifndef MANIERA_PLUGIN_ESTIMATOR_H
#define MANIERA_PLUGIN_ESTIMATOR_H

#include "plugin/client/helper_client.h"
#include "plugin/client/request.h"
#include "plugin/client/shared_memory.h"

typedef struct
{
  guint  frames; /* of an animation; 0 = it is none */
  gint64 bytes;  /* of memory at the peak */
  double seconds;
  gint   tiles; /* of the last scale */
  gint   scales;
  gint   width; /* px, of the painting */
  gint   height;
} RunEstimate;

typedef struct _Estimator Estimator;

/* Called once for each question, but not after a later question or
 * estimator_free(). `estimate` is NULL where there is an error. Both are
 * borrowed. */
typedef void (*RunEstimated) (const RunEstimate *estimate,
                              const GError      *error,
                              gpointer           data);

Estimator *estimator_new (void);
void       estimator_ask (Estimator     *estimator,
                          const Request *request,
                          RunEstimated   answered,
                          gpointer       data);
/* Whether an answer is on its way. */
gboolean estimator_is_asked (const Estimator *estimator);
/* The helper, for other calls, and the memory that it has; both stay the
 * estimator's. NULL with an error where it cannot be started. */
HelperClient *
estimator_helper (Estimator *estimator, SharedMemory **memory, GError **error);
void estimator_free (Estimator *estimator);

#endif
