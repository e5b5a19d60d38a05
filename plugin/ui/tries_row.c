/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "plugin/ui/tries_row.h"

#include "plugin/i18n.h"
#include "plugin/ui/widgets.h"

typedef struct
{
  GtkWidget *newest;
  GtkWidget *goes_on;
  void (*changed) (gpointer data);
  gpointer data;
} TriesRow;

#define TRIES_KEY "maniera-tries"

static TriesRow *
parts_of (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), TRIES_KEY);
}

static void
on_toggled (GtkToggleButton *tick, gpointer data)
{
  TriesRow *parts = data;
  (void)tick;
  parts->changed (parts->data);
}

static GtkWidget *
add_tick (GtkWidget *row, const char *label, const char *tooltip)
{
  GtkWidget *tick = bright_tick_new (label, tooltip);
  gtk_widget_show (tick);
  gtk_box_pack_start (GTK_BOX (row), tick, FALSE, FALSE, 0);
  return tick;
}

GtkWidget *
tries_row_new (void (*changed) (gpointer data), gpointer data)
{
  GtkWidget *row = gtk_hbox_new (FALSE, 18);
  TriesRow  *parts = g_new0 (TriesRow, 1);
  parts->changed = changed;
  parts->data = data;
  parts->newest = add_tick (
      row, _ ("Only the _newest try stays"),
      _ ("The layer of the last try is removed when the next one is painted"));
  parts->goes_on = add_tick (
      row, _ ("_Go on from the last try"),
      _ ("Changes the painting of the last try instead of starting over, in "
         "less than half the time. Its largest shapes and colors stay."));
  g_signal_connect (parts->goes_on, "toggled", G_CALLBACK (on_toggled), parts);
  g_object_set_data_full (G_OBJECT (row), TRIES_KEY, parts, g_free);
  gtk_widget_set_no_show_all (row, TRUE);
  return row;
}

void
tries_row_show (GtkWidget *row, gboolean shown, gboolean can_go_on)
{
  gtk_widget_set_visible (row, shown);
  gtk_widget_set_sensitive (parts_of (row)->goes_on, can_go_on);
}

gboolean
tries_row_newest_stays (GtkWidget *row)
{
  return gtk_toggle_button_get_active (
      GTK_TOGGLE_BUTTON (parts_of (row)->newest));
}

gboolean
tries_row_goes_on (GtkWidget *row)
{
  return gtk_toggle_button_get_active (
      GTK_TOGGLE_BUTTON (parts_of (row)->goes_on));
}
