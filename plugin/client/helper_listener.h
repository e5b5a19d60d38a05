/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What whoever talks to the helper hears without having asked. */

#ifndef MANIERA_PLUGIN_HELPER_LISTENER_H
#define MANIERA_PLUGIN_HELPER_LISTENER_H

#include <json-glib/json-glib.h>

typedef struct
{
  /* A notification: progress, log. `params` is borrowed. */
  void (*notified) (const char *method, JsonObject *params, gpointer data);
} HelperListener;

#endif
