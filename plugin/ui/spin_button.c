/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers without trailing zeros, and a word in place of one. */

#include "plugin/ui/spin_button.h"

#include "plugin/i18n.h"

#include <math.h>
#include <string.h>

static gboolean
on_print (GtkSpinButton *spin, gpointer data)
{
  const ManieraOption *option = data;
  const double         value = gtk_spin_button_get_value (spin);
  g_autofree char     *text = value < option->min
                              /* Translators: a setting that finds its value
                                 by itself. */
                                  ? g_strdup (_ ("automatic"))
                                  : g_strdup_printf ("%.10g", value);
  if (strcmp (text, gtk_entry_get_text (GTK_ENTRY (spin))) != 0)
    gtk_entry_set_text (GTK_ENTRY (spin), text);
  return TRUE;
}

GtkWidget *
spin_button_new (const ManieraOption *option, gboolean automatic)
{
  const double   least = option->min - (automatic ? 1 : 0);
  GtkAdjustment *adjustment = GTK_ADJUSTMENT (
      gtk_adjustment_new (least, least, option->max, 1, 10, 0));
  const guint digits = option->kind == MANIERA_KIND_INT ? 0 : 6;
  GtkWidget  *spin = gtk_spin_button_new (adjustment, 1, digits);
  gtk_entry_set_width_chars (GTK_ENTRY (spin), 9);
  gtk_entry_set_activates_default (GTK_ENTRY (spin), TRUE);
  g_signal_connect (spin, "output", G_CALLBACK (on_print), (gpointer)option);
  return spin;
}

/* A tenth of the value's power of ten: weights span many powers of ten. */
static double
fitting_step (const ManieraOption *option, double value)
{
  if (option->kind == MANIERA_KIND_INT)
    return 1;
  if (value <= 0)
    return option->max >= 1000 ? 1 : 0.1;
  return pow (10, floor (log10 (value)) - 1);
}

void
spin_button_show (GtkWidget *spin, const ManieraOption *option, double value)
{
  GtkAdjustment *adjustment
      = gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (spin));
  gtk_adjustment_set_step_increment (adjustment, fitting_step (option, value));
  gtk_adjustment_set_value (adjustment, value);
}
