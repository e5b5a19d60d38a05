/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows for options, made from the option table. A row shows the value that
 * counts: the user's, else what quality and objective bring, else the default.
 * What the user has set is told by a button that takes it back. */

#ifndef MANIERA_PLUGIN_OPTION_ROWS_H
#define MANIERA_PLUGIN_OPTION_ROWS_H

#include "core/options.h"

#include <gtk/gtk.h>

typedef struct _OptionRows OptionRows;

/* `changed` is called after what the user does. */
OptionRows *option_rows_new (void (*changed) (gpointer data), gpointer data);
void        option_rows_free (OptionRows *rows);

/* The number shown where an option without a default is not set; else
 * "automatic" stands there. Before its row is made. */
void option_rows_show_as (OptionRows *rows, const char *name, double number);

/* Three columns: label, control, the button that takes back. */
GtkWidget *option_table_new (void);

/* A row of such a table; `label` has a mnemonic. */
void option_rows_put (OptionRows *rows,
                      GtkWidget  *table,
                      guint       line,
                      const char *name,
                      const char *label);

/* A table of every option that has no row yet, by groups. */
GtkWidget *option_rows_all_others (OptionRows *rows);

void option_rows_set (OptionRows *rows, const ManieraOptions *options);
const ManieraOptions *option_rows_get (const OptionRows *rows);

/* Why what was typed somewhere cannot be; NULL = all can. */
const char *option_rows_complaint (const OptionRows *rows);

#endif
