/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The foot of the dialog: a line with the estimate or the progress of a run,
 * and above it what went wrong. */

#ifndef MANIERA_PLUGIN_STATUS_AREA_H
#define MANIERA_PLUGIN_STATUS_AREA_H

#include "plugin/run/estimator.h"
#include "plugin/run/run.h"

#include <gtk/gtk.h>

typedef struct _StatusArea StatusArea;

/* `fetch` is called when the user asks to fetch the missing model. Freed with
 * its widget. */
StatusArea *status_area_new (void (*fetch) (gpointer data), gpointer data);
GtkWidget  *status_area_widget (StatusArea *area);

void status_area_say (StatusArea *area, const char *text);
void status_area_say_estimate (StatusArea *area, const RunEstimate *estimate);

/* A bar beside the line: one that only shows that something runs, until there
 * is progress. */
void status_area_pulse (StatusArea *area);
void status_area_say_progress (StatusArea *area, const RunProgress *progress);
void status_area_hide_bar (StatusArea *area);

/* A small text above the line, for warnings; NULL hides it. */
void status_area_note (StatusArea *area, const char *text);

/* NULL hides it. */
void status_area_show_error (StatusArea *area, const GError *error);

#endif
