/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drawing area with a zoom and a position, and the buttons below it. */

#include "plugin/ui/preview_view.h"

#include "plugin/i18n.h"
#include "plugin/ui/widgets.h"

#include <gdk/gdkkeysyms.h>
#include <math.h>

/* A zoom is screen pixels per layer pixel. */
#define ZOOM_STEP 1.41421356
#define ZOOM_MOST 16.0
#define KEY_MOVE  40.0 /* screen pixels an arrow key moves by */
#define STEADY    4.0  /* screen pixels that the pointer may move in a click */

struct _PreviewView
{
  GtkWidget     *box;
  GtkWidget     *area;
  GtkWidget     *bar;
  GtkWidget     *before; /* the toggle */
  GtkWidget     *percent;
  GdkPixbuf     *layer;
  GdkPixbuf     *painting;
  GdkPixbuf     *overlay;       /* over the layer; NULL = nothing */
  gint           width, height; /* of the layer */
  gboolean       fits;          /* zoom follows the area's size */
  double         zoom;
  double         x, y; /* the layer's point in the middle of the area */
  gboolean       dragged;
  double         drag_x, drag_y;   /* the last position of the pointer */
  double         press_x, press_y; /* where it was pressed */
  gboolean       moved;            /* since, so that it is no click */
  PreviewClicked clicked;          /* NULL = nobody listens */
  gpointer       data;
};

static GtkAllocation
room (const PreviewView *view)
{
  GtkAllocation allocation;
  gtk_widget_get_allocation (view->area, &allocation);
  return allocation;
}

static double
fitting_zoom (const PreviewView *view)
{
  const GtkAllocation area = room (view);
  return MIN ((double)area.width / view->width,
              (double)area.height / view->height);
}

static double
least_zoom (const PreviewView *view)
{
  return MIN (fitting_zoom (view), 1.0) / 2;
}

/* The point in the middle of the area, such that a smaller picture is centered
 * and a larger one fills the area. */
static double
clamp_middle (double middle, double side, double seen)
{
  return seen >= side ? side / 2 : CLAMP (middle, seen / 2, side - seen / 2);
}

static void
settle (PreviewView *view)
{
  const GtkAllocation area = room (view);
  if (view->fits)
    view->zoom = fitting_zoom (view);
  view->x = clamp_middle (view->x, view->width, area.width / view->zoom);
  view->y = clamp_middle (view->y, view->height, area.height / view->zoom);
  /* Translators: the preview's zoom. */
  g_autofree char *text = g_strdup_printf (_ ("%.0f %%"), view->zoom * 100);
  gtk_label_set_text (GTK_LABEL (view->percent), text);
  gtk_widget_queue_draw (view->area);
}

static void
fit (PreviewView *view)
{
  view->fits = TRUE;
  settle (view);
}

/* Zooms around a point of the area. */
static void
zoom_by (PreviewView *view, double factor, double at_x, double at_y)
{
  const GtkAllocation area = room (view);
  const double        old = view->zoom;
  const double dx = at_x - area.width / 2.0, dy = at_y - area.height / 2.0;
  view->fits = FALSE;
  view->zoom = CLAMP (old * factor, least_zoom (view), ZOOM_MOST);
  view->x += dx / old - dx / view->zoom;
  view->y += dy / old - dy / view->zoom;
  settle (view);
}

static void
zoom_middle (PreviewView *view, double factor)
{
  const GtkAllocation area = room (view);
  zoom_by (view, factor, area.width / 2.0, area.height / 2.0);
}

static void
move_by (PreviewView *view, double dx, double dy)
{
  view->x += dx / view->zoom;
  view->y += dy / view->zoom;
  settle (view);
}

static GdkPixbuf *
shown (const PreviewView *view)
{
  const gboolean before
      = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (view->before));
  return view->painting && !before && !view->overlay ? view->painting
                                                     : view->layer;
}

/* A picture of the layer's shape where the layer lies: `w` x `h` screen pixels
 * from the origin on. */
static void
paint_picture (cairo_t *cr, GdkPixbuf *picture, double w, double h)
{
  const double scale_x = w / gdk_pixbuf_get_width (picture);
  const double scale_y = h / gdk_pixbuf_get_height (picture);
  cairo_save (cr);
  cairo_scale (cr, scale_x, scale_y);
  gdk_cairo_set_source_pixbuf (cr, picture, 0, 0);
  /* At a large zoom single pixels stay sharp. Padding keeps the edges from
   * fading. */
  cairo_pattern_set_filter (cairo_get_source (cr), scale_x >= 3
                                                       ? CAIRO_FILTER_NEAREST
                                                       : CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_paint (cr);
  cairo_restore (cr);
}

/* Of what is painted so far: those of an overlay would mix with them. */
static void
take_colors (cairo_t *cr)
{
  cairo_save (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_HSL_SATURATION);
  cairo_set_source_rgb (cr, 0.5, 0.5, 0.5);
  cairo_paint (cr);
  cairo_restore (cr);
}

static void
paint (PreviewView *view, cairo_t *cr)
{
  GdkPixbuf *picture = shown (view);
  if (!picture)
    return;
  const GtkAllocation area = room (view);
  const double        left = floor (area.width / 2.0 - view->x * view->zoom);
  const double        top = floor (area.height / 2.0 - view->y * view->zoom);
  const double        w = view->width * view->zoom;
  const double        h = view->height * view->zoom;
  cairo_rectangle (cr, left, top, w, h);
  cairo_clip (cr);
  cairo_translate (cr, left, top);
  paint_picture (cr, picture, w, h);
  if (!view->overlay)
    return;
  take_colors (cr);
  paint_picture (cr, view->overlay, w, h);
}

static void
paint_area (GtkWidget *area, cairo_t *cr, gpointer data)
{
  PreviewView *view = data;
  cairo_save (cr);
  paint (view, cr);
  cairo_restore (cr);
  if (gtk_widget_has_focus (area))
    {
      const GtkAllocation whole = room (view);
      const double        dash = 1;
      cairo_set_line_width (cr, 1);
      cairo_set_dash (cr, &dash, 1, 0);
      cairo_rectangle (cr, 0.5, 0.5, whole.width - 1, whole.height - 1);
      cairo_set_source_rgb (cr, 0.5, 0.5, 0.5);
      cairo_stroke (cr);
    }
}

static void
on_size (GtkWidget *area, GtkAllocation *allocation, gpointer data)
{
  (void)area;
  (void)allocation;
  settle (data);
}

static gboolean
on_scroll (GtkWidget *area, GdkEventScroll *event, gpointer data)
{
  (void)area;
  if (event->direction == GDK_SCROLL_UP)
    zoom_by (data, ZOOM_STEP, event->x, event->y);
  else if (event->direction == GDK_SCROLL_DOWN)
    zoom_by (data, 1 / ZOOM_STEP, event->x, event->y);
  else
    return FALSE;
  return TRUE;
}

static gboolean
on_press (GtkWidget *area, GdkEventButton *event, gpointer data)
{
  PreviewView *view = data;
  gtk_widget_grab_focus (area);
  view->dragged = event->button == 1 || event->button == 2;
  view->drag_x = view->press_x = event->x;
  view->drag_y = view->press_y = event->y;
  view->moved = FALSE;
  return TRUE;
}

static void
click (const PreviewView *view, double x, double y)
{
  const GtkAllocation area = room (view);
  if (view->clicked)
    view->clicked (
        (view->x + (x - area.width / 2.0) / view->zoom) / view->width,
        (view->y + (y - area.height / 2.0) / view->zoom) / view->height,
        view->data);
}

static gboolean
on_release (GtkWidget *area, GdkEventButton *event, gpointer data)
{
  PreviewView *view = data;
  (void)area;
  view->dragged = FALSE;
  if (event->button == 1 && !view->moved)
    click (view, event->x, event->y);
  return TRUE;
}

static gboolean
on_motion (GtkWidget *area, GdkEventMotion *event, gpointer data)
{
  PreviewView *view = data;
  (void)area;
  if (!view->dragged)
    return FALSE;
  view->moved
      = view->moved
        || hypot (event->x - view->press_x, event->y - view->press_y) > STEADY;
  move_by (view, view->drag_x - event->x, view->drag_y - event->y);
  view->drag_x = event->x;
  view->drag_y = event->y;
  return TRUE;
}

static gboolean
on_key (GtkWidget *area, GdkEventKey *event, gpointer data)
{
  (void)area;
  if (event->state & (GDK_CONTROL_MASK | GDK_MOD1_MASK))
    return FALSE;
  switch (event->keyval)
    {
    case '+':
    case '=':
      zoom_middle (data, ZOOM_STEP);
      return TRUE;
    case '-':
      zoom_middle (data, 1 / ZOOM_STEP);
      return TRUE;
    case '0':
      fit (data);
      return TRUE;
    default:
      break;
    }
  /* GDK_KEY_ names are in both GTKs. */
  const double dx = event->keyval == GDK_KEY_Left    ? -KEY_MOVE
                    : event->keyval == GDK_KEY_Right ? KEY_MOVE
                                                     : 0;
  const double dy = event->keyval == GDK_KEY_Up     ? -KEY_MOVE
                    : event->keyval == GDK_KEY_Down ? KEY_MOVE
                                                    : 0;
  if (dx == 0 && dy == 0)
    return FALSE;
  move_by (data, dx, dy);
  return TRUE;
}

static gboolean
on_focus (GtkWidget *area, GdkEventFocus *event, gpointer data)
{
  (void)event;
  (void)data;
  gtk_widget_queue_draw (area);
  return FALSE;
}

static GtkWidget *
area_new (PreviewView *view)
{
  GtkWidget *area = gtk_drawing_area_new ();
  gtk_widget_set_can_focus (area, TRUE);
  gtk_widget_add_events (area, GDK_SCROLL_MASK | GDK_BUTTON_PRESS_MASK
                                   | GDK_BUTTON_RELEASE_MASK
                                   | GDK_BUTTON_MOTION_MASK | GDK_KEY_PRESS_MASK
                                   | GDK_FOCUS_CHANGE_MASK);
  paint_widget_by (area, paint_area, view);
  g_signal_connect (area, "size-allocate", G_CALLBACK (on_size), view);
  g_signal_connect (area, "scroll-event", G_CALLBACK (on_scroll), view);
  g_signal_connect (area, "button-press-event", G_CALLBACK (on_press), view);
  g_signal_connect (area, "button-release-event", G_CALLBACK (on_release),
                    view);
  g_signal_connect (area, "motion-notify-event", G_CALLBACK (on_motion), view);
  g_signal_connect (area, "key-press-event", G_CALLBACK (on_key), view);
  g_signal_connect (area, "focus-in-event", G_CALLBACK (on_focus), NULL);
  g_signal_connect (area, "focus-out-event", G_CALLBACK (on_focus), NULL);
  widget_name (area, _ ("Preview"));
  return area;
}

static void
on_zoom_in (GtkWidget *button, gpointer data)
{
  (void)button;
  zoom_middle (data, ZOOM_STEP);
}

static void
on_zoom_out (GtkWidget *button, gpointer data)
{
  (void)button;
  zoom_middle (data, 1 / ZOOM_STEP);
}

static void
on_fit (GtkWidget *button, gpointer data)
{
  (void)button;
  fit (data);
}

static void
on_before (GtkWidget *toggle, gpointer data)
{
  PreviewView *view = data;
  (void)toggle;
  gtk_widget_queue_draw (view->area);
}

static void
on_destroy (GtkWidget *box, gpointer data)
{
  PreviewView *view = data;
  (void)box;
  g_clear_object (&view->layer);
  g_clear_object (&view->painting);
  g_clear_object (&view->overlay);
  g_free (view);
}

static GtkWidget *
bar_new (PreviewView *view)
{
  GtkWidget *bar = gtk_hbox_new (FALSE, 2);
  view->before = gtk_check_button_new_with_mnemonic (_ ("Show the _original"));
  gtk_widget_set_tooltip_text (
      view->before, _ ("Shows the layer as it was before it was painted"));
  gtk_widget_set_sensitive (view->before, FALSE);
  g_signal_connect (view->before, "toggled", G_CALLBACK (on_before), view);
  gtk_box_pack_start (GTK_BOX (bar), view->before, FALSE, FALSE, 0);

  view->percent = gtk_label_new ("");
  gtk_label_set_width_chars (GTK_LABEL (view->percent), 7);
  gtk_misc_set_alignment (GTK_MISC (view->percent), 1, 0.5);
  GtkWidget *in = icon_button_new ("zoom-in", _ ("Zoom in"));
  GtkWidget *out = icon_button_new ("zoom-out", _ ("Zoom out"));
  GtkWidget *whole
      = icon_button_new ("zoom-fit-best", _ ("Show the whole picture"));
  g_signal_connect (in, "clicked", G_CALLBACK (on_zoom_in), view);
  g_signal_connect (out, "clicked", G_CALLBACK (on_zoom_out), view);
  g_signal_connect (whole, "clicked", G_CALLBACK (on_fit), view);
  gtk_box_pack_end (GTK_BOX (bar), whole, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (bar), in, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (bar), out, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (bar), view->percent, FALSE, FALSE, 4);
  return bar;
}

PreviewView *
preview_view_new (gint width, gint height)
{
  PreviewView *view = g_new0 (PreviewView, 1);
  view->width = width;
  view->height = height;
  view->fits = TRUE;
  view->zoom = 1;
  view->box = gtk_vbox_new (FALSE, 6);
  GtkWidget *frame = gtk_frame_new (NULL);
  view->bar = bar_new (view);
  view->area = area_new (view);
  gtk_frame_set_shadow_type (GTK_FRAME (frame), GTK_SHADOW_IN);
  gtk_container_add (GTK_CONTAINER (frame), view->area);
  gtk_box_pack_start (GTK_BOX (view->box), frame, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (view->box), view->bar, FALSE, FALSE, 0);
  g_signal_connect (view->box, "destroy", G_CALLBACK (on_destroy), view);
  return view;
}

GtkWidget *
preview_view_widget (PreviewView *view)
{
  return view->box;
}

void
preview_view_add (PreviewView *view, GtkWidget *widget)
{
  gtk_box_pack_start (GTK_BOX (view->bar), widget, FALSE, FALSE, 6);
}

void
preview_view_add_below (PreviewView *view, GtkWidget *widget)
{
  gtk_box_pack_start (GTK_BOX (view->box), widget, FALSE, FALSE, 0);
}

static void
replace (PreviewView *view, GdkPixbuf **place, GdkPixbuf *picture)
{
  g_set_object (place, picture);
  gtk_widget_set_sensitive (view->before, view->painting != NULL);
  gtk_widget_queue_draw (view->area);
}

void
preview_view_set_layer (PreviewView *view, GdkPixbuf *picture)
{
  replace (view, &view->layer, picture);
}

void
preview_view_set_painting (PreviewView *view, GdkPixbuf *picture)
{
  replace (view, &view->painting, picture);
}

void
preview_view_set_overlay (PreviewView *view, GdkPixbuf *overlay)
{
  replace (view, &view->overlay, overlay);
}

void
preview_view_on_click (PreviewView *view, PreviewClicked clicked, gpointer data)
{
  view->clicked = clicked;
  view->data = data;
}
