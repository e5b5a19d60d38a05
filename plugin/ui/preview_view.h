/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture in the dialog: the layer, or the painting while it is made.
 * Wheel, buttons and keys zoom; dragging and arrow keys move. */

#ifndef MANIERA_PLUGIN_PREVIEW_VIEW_H
#define MANIERA_PLUGIN_PREVIEW_VIEW_H

#include <gtk/gtk.h>

typedef struct _PreviewView PreviewView;

/* `width` and `height` are the layer's. At 100 % a pixel of the layer is a
 * pixel of the screen, whatever the size of the pictures shown. Freed with its
 * widget. */
PreviewView *preview_view_new (gint width, gint height);
GtkWidget   *preview_view_widget (PreviewView *view);

/* Adds a widget to the bar below the picture, or below the bar. */
void preview_view_add (PreviewView *view, GtkWidget *widget);
void preview_view_add_below (PreviewView *view, GtkWidget *widget);

/* Both keep a reference; NULL = none. The painting is shown where there is one,
 * unless the user asks for the original. */
void preview_view_set_layer (PreviewView *view, GdkPixbuf *picture);
void preview_view_set_painting (PreviewView *view, GdkPixbuf *picture);
/* What is laid over the layer, which is then shown without its colors, whatever
 * is painted. Keeps a reference; NULL = nothing. */
void preview_view_set_overlay (PreviewView *view, GdkPixbuf *overlay);

/* A click that is no drag, at a place of the layer: from 0 to 1 within it. */
typedef void (*PreviewClicked) (double x, double y, gpointer data);
void preview_view_on_click (PreviewView   *view,
                            PreviewClicked clicked,
                            gpointer       data);

#endif
