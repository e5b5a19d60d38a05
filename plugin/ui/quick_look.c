/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tick and a draft. */

#include "plugin/ui/quick_look.h"

#include "plugin/i18n.h"
#include "plugin/run/settings.h"
#include "plugin/ui/thumbnails.h"
#include "plugin/ui/widgets.h"

enum
{
  SECONDS = 3 /* most drafts take less; Gatys' hundred steps do not */
};

struct _QuickLook
{
  GtkWidget   *tick;
  PreviewView *preview;
  SmallWork   *work;
  gboolean     wished, shown;
  void (*wanted) (gpointer data);
  gpointer data;
};

gboolean
quick_look_is_ticked (const QuickLook *look)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (look->tick));
}

/* An error is not told: the painting will. */
static void
on_ready (GdkPixbuf *picture, const GError *error, gpointer data)
{
  QuickLook *look = data;
  (void)error;
  if (!picture)
    return;
  g_autoptr (GdkPixbuf) opaque = thumbnail_over_checks (picture);
  look->shown = TRUE;
  preview_view_set_painting (look->preview, opaque);
}

static void
on_toggled (GtkToggleButton *tick, gpointer data)
{
  QuickLook *look = data;
  (void)tick;
  quick_look_save (quick_look_is_ticked (look));
  if (quick_look_is_ticked (look))
    look->wanted (look->data);
  else
    quick_look_drop (look);
}

static void
on_destroy (GtkWidget *tick, gpointer data)
{
  QuickLook *look = data;
  (void)tick;
  small_work_stop (look->work, look);
  g_free (look);
}

QuickLook *
quick_look_new (PreviewView *preview,
                SmallWork   *work,
                void (*wanted) (gpointer data),
                gpointer data)
{
  QuickLook *look = g_new0 (QuickLook, 1);
  look->tick = bright_tick_new (
      _ ("Qu_ick look"),
      _ ("Shows a small draft of what is set, seconds after each change"));
  look->preview = preview;
  look->work = work;
  look->wanted = wanted;
  look->data = data;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (look->tick),
                                quick_look_load ());
  g_signal_connect (look->tick, "toggled", G_CALLBACK (on_toggled), look);
  g_signal_connect (look->tick, "destroy", G_CALLBACK (on_destroy), look);
  preview_view_add (preview, look->tick);
  return look;
}

void
quick_look_wish (QuickLook *look)
{
  look->wished = TRUE;
}

void
quick_look_paint (QuickLook *look, Estimator *estimator, const Request *request)
{
  if (look->wished && quick_look_is_ticked (look))
    draft_paint (look->work, estimator, request, SECONDS, on_ready, look);
  look->wished = FALSE;
}

void
quick_look_drop (QuickLook *look)
{
  look->wished = FALSE;
  small_work_stop (look->work, look);
  if (look->shown)
    preview_view_set_painting (look->preview, NULL);
  look->shown = FALSE;
}

void
quick_look_allow (QuickLook *look, gboolean allowed)
{
  gtk_widget_set_sensitive (look->tick, allowed);
}
