/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tick that has a picture painted part by part, and what shows the parts:
 * in the preview and in the styles' pictures below it the same color is the
 * same part.
 *
 *     PartsView *parts = parts_view_new (preview, options, work, thumbnails,
 *                                        events, data);
 *     parts_view_set_pairs (parts, &request->pairs);
 *     parts_view_follow (parts, request);           after each change
 *     parts_view_find (parts, estimator, request);  a moment later
 *     parts_view_stop (parts);                      before the estimator goes
 */

#ifndef MANIERA_PLUGIN_PARTS_VIEW_H
#define MANIERA_PLUGIN_PARTS_VIEW_H

#include "plugin/run/part_maps.h"
#include "plugin/ui/option_rows.h"
#include "plugin/ui/preview_view.h"
#include "plugin/ui/thumbnails.h"

typedef struct _PartsView PartsView;

typedef struct
{
  void (*wanted) (gpointer data); /* there is something to find */
  void (*paired) (gpointer data); /* the user changed the pairs */
  void (*saved) (gpointer data);  /* the image has new channels */
} PartsEvents;

/* Adds a toggle below the preview's bar, and below it what this shows. Freed
 * with the preview, before all that it is given. */
PartsView *parts_view_new (PreviewView       *preview,
                           OptionRows        *options,
                           SmallWork         *work,
                           Thumbnails        *thumbnails,
                           const PartsEvents *events,
                           gpointer           data);

/* The tick. It shows and sets the option `parts`. */
GtkWidget *parts_view_tick (PartsView *view);

/* Which counterpart each part is painted like. They are those of the request
 * that is followed next, and are forgotten with its parts. */
void      parts_view_set_pairs (PartsView *view, const PartPairs *pairs);
PartPairs parts_view_pairs (const PartsView *view);

/* Forgets parts of other pictures than the request's. */
void parts_view_follow (PartsView *view, const Request *request);
/* Finds the request's parts, where they are to be shown and are not known. */
void
parts_view_find (PartsView *view, Estimator *estimator, const Request *request);
void parts_view_stop (PartsView *view);

/* Shows the painting again. */
void parts_view_hide (PartsView *view);
/* Whether they can be shown. */
void parts_view_allow (PartsView *view, gboolean allowed);

#endif
