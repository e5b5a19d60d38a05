/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls of `estimate`, of which only the newest one's answer is reported. */

#include "plugin/run/estimator.h"

#include "helper/messages/protocol.h"
#include "plugin/client/errors.h"
#include "plugin/client/helper_start.h"
#include "plugin/client/wire.h"
#include "plugin/run/frames.h"
#include "plugin/run/run_plan.h"

struct _Estimator
{
  HelperClient *client;
  SharedMemory  memory;
  RunEstimated  answered;
  gpointer      data;
  guint         newest; /* number of the newest question */
  guint         frames; /* of the newest question; 0 = one picture */
  guint    open; /* questions without an answer; each holds the estimator */
  gboolean freed;
};

typedef struct
{
  Estimator *estimator;
  guint      number;
} Question;

Estimator *
estimator_new (void)
{
  Estimator *estimator = g_new0 (Estimator, 1);
  estimator->memory.fd = -1;
  return estimator;
}

static void
answer (GObject *source, GAsyncResult *result, gpointer data)
{
  (void)source;
  Question      *question = data;
  Estimator     *estimator = question->estimator;
  const gboolean current
      = !estimator->freed && question->number == estimator->newest;
  g_free (question);

  GError     *error = NULL;
  JsonObject *reply
      = helper_client_call_finish (estimator->client, result, &error);
  --estimator->open;
  const gboolean last = estimator->freed && estimator->open == 0;
  if (current && reply)
    {
      RunEstimate estimate = { 0 };
      estimate.bytes = (gint64)wire_number (reply, "bytes", 0, 1e18, 0);
      estimate.frames = estimator->frames;
      estimate.seconds = wire_number (reply, "seconds", 0, 1e12, 0)
                         * frames_work (estimator->frames);
      estimate.tiles = (gint)wire_number (reply, "tiles", 1, 1e9, 1);
      estimate.scales = (gint)wire_number (reply, "scales", 1, 1e3, 1);
      estimate.width = (gint)wire_number (reply, "width", 1, 1e9, 0);
      estimate.height = (gint)wire_number (reply, "height", 1, 1e9, 0);
      estimator->answered (&estimate, NULL, estimator->data);
    }
  else if (current)
    {
      estimator->answered (NULL, error, estimator->data);
    }
  g_clear_pointer (&reply, json_object_unref);
  g_clear_error (&error);
  if (last)
    g_free (estimator);
}

/* A helper that failed is replaced: the user may have repaired the cause. */
HelperClient *
estimator_helper (Estimator *estimator, SharedMemory **memory, GError **error)
{
  *memory = &estimator->memory;
  if (estimator->client && !helper_client_ended (estimator->client))
    return estimator->client;
  helper_client_free (g_steal_pointer (&estimator->client));
  if (estimator->memory.fd >= 0
      || shared_memory_open (&estimator->memory, error))
    estimator->client = helper_start (estimator->memory.fd, NULL, NULL, error);
  return estimator->client;
}

static guint
frame_count (const Request *request)
{
  g_autoptr (GPtrArray) frames
      = request->frames ? frames_of (request->image, NULL) : NULL;
  return frames ? frames->len : 0;
}

void
estimator_ask (Estimator     *estimator,
               const Request *request,
               RunEstimated   answered,
               gpointer       data)
{
  ++estimator->newest;
  estimator->answered = answered;
  estimator->data = data;
  estimator->frames = frame_count (request);
  RunPlan       plan = { 0 };
  SharedMemory *memory = NULL;
  GError       *error = NULL;
  if (run_plan_make (&plan, NULL, request, 0, &error)
      && estimator_helper (estimator, &memory, &error))
    {
      Question *question = g_new (Question, 1);
      *question = (Question){ estimator, estimator->newest };
      ++estimator->open;
      helper_client_call (estimator->client, MANIERA_METHOD_ESTIMATE,
                          job_params (&plan.job), answer, question);
    }
  else
    {
      answered (NULL, error, data);
      g_clear_error (&error);
    }
  run_plan_clear (&plan);
}

gboolean
estimator_is_asked (const Estimator *estimator)
{
  return estimator->open > 0;
}

void
estimator_free (Estimator *estimator)
{
  if (!estimator)
    return;
  HelperClient *client = g_steal_pointer (&estimator->client);
  shared_memory_close (&estimator->memory); /* the helper has it still */
  estimator->freed = TRUE;
  if (estimator->open == 0)
    g_free (estimator);
  /* This fails the open calls. The last answer frees the estimator. */
  helper_client_free (client);
}
