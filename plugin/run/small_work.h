/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the helper does with small copies of the pictures, for the dialog to
 * show: one task at a time for all who ask, because there is one memory, and
 * the next may only write to it when the helper has answered the last.
 *
 *     SmallWork *work = small_work_new ();
 *     small_work_add (work, estimator, &kind, task, asker);
 *     small_work_stop (work, asker);    before the estimator is freed
 *     small_work_free (work);
 */

#ifndef MANIERA_PLUGIN_SMALL_WORK_H
#define MANIERA_PLUGIN_SMALL_WORK_H

#include "plugin/run/estimator.h"

typedef struct _SmallWork SmallWork;

/* A kind of task. */
typedef struct
{
  const char *method;
  /* Writes to the memory, all of which is free, and returns the method's
   * params. NULL with an error. */
  JsonObject *(*prepare) (gpointer task, SharedMemory *memory, GError **error);
  /* `reply` is NULL where there is an error. */
  void (*done) (gpointer            task,
                const SharedMemory *memory,
                JsonObject         *reply,
                const GError       *error);
  GDestroyNotify free;
} SmallWorkKind;

SmallWork *small_work_new (void);

/* Does this with the estimator's helper, after what others have asked for.
 * What the same asker asked for before is stopped. Takes `task` over. Its
 * `done` is called once, later. */
void small_work_add (SmallWork           *work,
                     Estimator           *estimator,
                     const SmallWorkKind *kind,
                     gpointer             task,
                     gconstpointer        asker);
/* Stops what the asker has asked for; `done` is not called any more. */
void small_work_stop (SmallWork *work, gconstpointer asker);
void small_work_free (SmallWork *work);

#endif
