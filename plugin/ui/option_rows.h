/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows for options, made from the option table. A row shows the resolved value:
 * the user's, else that of quality and objective, else the default. An option
 * that the user has set has a button that resets it.
 *
 *     OptionRows *rows = option_rows_new (changed, data);
 *     GtkWidget *table = option_table_new ();
 *     option_rows_put (rows, table, 0, "size", "Si_ze");
 */

#ifndef MANIERA_PLUGIN_OPTION_ROWS_H
#define MANIERA_PLUGIN_OPTION_ROWS_H

#include "core/options.h"

#include <gtk/gtk.h>

typedef struct _OptionRows OptionRows;

/* `changed` is called after each change by the user. */
OptionRows *option_rows_new (void (*changed) (gpointer data), gpointer data);
void        option_rows_free (OptionRows *rows);

/* The number to show where an option without a default is not set; without this
 * call "automatic" is shown. To be called before the row is made. */
void option_rows_show_as (OptionRows *rows, const char *name, double number);

/* A table of three columns: label, control, reset button. */
GtkWidget *option_table_new (void);

/* Adds a row to such a table. `label` has a mnemonic. */
void option_rows_put (OptionRows *rows,
                      GtkWidget  *table,
                      guint       line,
                      const char *name,
                      const char *label);

/* A table of every option that has no row yet, by groups. */
GtkWidget *option_rows_all_others (OptionRows *rows);

void option_rows_set (OptionRows *rows, const ManieraOptions *options);
const ManieraOptions *option_rows_get (const OptionRows *rows);

/* What values depend on where nobody has set them: see
 * maniera_options_resolve_for(). */
void option_rows_set_one_painting (OptionRows *rows, gboolean one_painting);

/* Whether all but quality and look stay as they are, for what is painted. */
void option_rows_fix (OptionRows *rows, gboolean fixed);

/* Sets an option as its row does; "" = back to the default. */
void option_rows_choose (OptionRows *rows, const char *name, const char *text);

/* What is wrong with a value that was typed; NULL where all are right. */
const char *option_rows_complaint (const OptionRows *rows);

#endif
