/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dialog's window: which widgets it has and where they stand. What they do
 * is dialog.c's.
 *
 *     DialogView view = { 0 };
 *     dialog_view_make (&view, content, &events, data);
 *     gtk_widget_show (view.window);
 *     ...
 *     dialog_view_clear (&view);
 */

#ifndef MANIERA_PLUGIN_DIALOG_VIEW_H
#define MANIERA_PLUGIN_DIALOG_VIEW_H

#include "plugin/gimp/host.h"
#include "plugin/ui/option_rows.h"
#include "plugin/ui/output_row.h"
#include "plugin/ui/parts_view.h"
#include "plugin/ui/preset_row.h"
#include "plugin/ui/preview_view.h"
#include "plugin/ui/quick_look.h"
#include "plugin/ui/status_area.h"
#include "plugin/ui/style_list.h"
#include "plugin/ui/thumbnails.h"
#include "plugin/ui/tries_row.h"

enum
{
  PREVIEW_SIDE = 1024 /* px; GIMP makes no larger thumbnails */
};

/* Responses of the window beside GTK's own. */
enum
{
  RESPONSE_RESET = 1,
  RESPONSE_KEEP,
  RESPONSE_APPLY
};

typedef struct
{
  GtkWidget   *window;
  PreviewView *preview;
  SmallWork   *work;
  QuickLook   *look;
  PartsView   *parts;
  GtkWidget   *inputs;   /* what is insensitive while something runs */
  GtkWidget   *fixed[4]; /* and what of it is so where the look may change */
  GtkWidget   *tries;    /* shown after the first */
  GtkWidget   *presets;
  GtkWidget   *output;
  StyleList   *styles;
  OptionRows  *options;
  StatusArea  *status;
  Thumbnails  *thumbnails;
  void (*focused) (gpointer data);
  gpointer data;
} DialogView;

typedef struct
{
  void (*styles_changed) (gpointer data);
  void (*try_wanted) (gpointer data); /* of all styles */
  void (*options_changed) (gpointer data);
  void (*output_changed) (gpointer data);
  void (*look_wanted) (gpointer data);
  void (*parts_wanted) (gpointer data);
  void (*parts_paired) (gpointer data);
  PresetListener presets;
  void (*fetch_model) (gpointer data);
  void (*focused) (
      gpointer data); /* what is open or made in GIMP may be more */
  void (*responded) (GtkDialog *window, gint response, gpointer data);
} DialogEvents;

/* Makes the window for a layer, not yet shown. `view` must stay where it is. */
void dialog_view_make (DialogView         *view,
                       const HostDrawable *content,
                       const DialogEvents *events,
                       gpointer            data);
void dialog_view_clear (DialogView *view);

/* What can be done in the window. */
typedef struct
{
  gboolean busy;      /* something runs */
  gboolean painting;  /* it paints */
  gboolean kept;      /* it was told to stop and keep */
  gboolean changes;   /* the look of what it paints can be changed */
  gboolean can_paint; /* with what is set */
  gboolean can_try;   /* all styles */
  gboolean can_apply;
  gboolean frames; /* an animation has no second try */
  gboolean tried;
  gboolean can_go_on;
} DialogState;

void dialog_view_show_state (const DialogView *view, const DialogState *state);

/* The button of a response. */
GtkWidget *dialog_view_button (const DialogView *view, gint response);

#endif
