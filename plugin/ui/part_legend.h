/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts by color and name, each a toggle, and below them what the chosen
 * one is painted like.
 *
 *     PartLegend *legend = part_legend_new (pairs, chosen, paired, data);
 *     part_legend_fill (legend, request, maps);
 *     part_legend_choose (legend, 2);
 */

#ifndef MANIERA_PLUGIN_PART_LEGEND_H
#define MANIERA_PLUGIN_PART_LEGEND_H

#include "plugin/run/part_maps.h"

#include <gtk/gtk.h>

typedef struct _PartLegend PartLegend;

/* Borrows the pairs and changes them. `chosen` is called with the part whose
 * toggle is pressed, `paired` when the user has changed the pairs. Freed with
 * its widget. */
PartLegend *part_legend_new (PartPairs *pairs,
                             void (*chosen) (guint part, gpointer data),
                             void (*paired) (gpointer data),
                             gpointer data);
GtkWidget  *part_legend_widget (PartLegend *legend);

/* Borrows both until it is filled again; `maps` NULL or without parts = there
 * is no legend. */
void part_legend_fill (PartLegend     *legend,
                       const Request  *request,
                       const PartMaps *maps);
/* Has one part stand out; 0 = none. */
void part_legend_choose (PartLegend *legend, guint part);

#endif
