/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A label, a progress bar and a framed message. */

#include "plugin/ui/status_area.h"

#include "plugin/client/errors.h"
#include "plugin/client/option_words.h"
#include "plugin/i18n.h"
#include "plugin/ui/widgets.h"

#include <math.h>
#include <string.h>

enum
{
  NOTE_WIDTH = 700,   /* px that it wraps at */
  ERROR_WIDTH = 620,  /* px that a sentence wraps at */
  DETAIL_HEIGHT = 70, /* px */
  BAR_WIDTH = 260,    /* px */
  PULSE = 80          /* ms */
};

struct _StatusArea
{
  GtkWidget *box;
  GtkWidget *line;      /* a label */
  GtkWidget *bar_place; /* hidden where there is no bar */
  GtkWidget *bar;
  guint      pulse;   /* the source that moves the bar; 0 = none */
  GtkWidget *note;    /* a label */
  GtkWidget *trouble; /* a frame */
  GtkWidget *sentence;
  GtkWidget *more; /* an expander over the detail */
  GtkWidget *detail;
  GtkWidget *fetch;
  void (*fetch_wanted) (gpointer data);
  gpointer data;
};

static void
on_destroy (GtkWidget *box, gpointer data)
{
  StatusArea *area = data;
  (void)box;
  if (area->pulse)
    g_source_remove (area->pulse);
  g_free (area);
}

static void
on_fetch (GtkWidget *button, gpointer data)
{
  StatusArea *area = data;
  (void)button;
  area->fetch_wanted (area->data);
}

static GtkWidget *
detail_new (StatusArea *area)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);
  area->detail = gtk_text_view_new ();
  gtk_text_view_set_editable (GTK_TEXT_VIEW (area->detail), FALSE);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (area->detail), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (area->detail), FALSE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (area->detail),
                               GTK_WRAP_WORD_CHAR);
  widget_name (area->detail, _ ("Details of the error"));
  widget_name (scrolled, _ ("Details of the error"));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled),
                                  GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_shadow_type (GTK_SCROLLED_WINDOW (scrolled),
                                       GTK_SHADOW_IN);
  gtk_widget_set_size_request (scrolled, -1, DETAIL_HEIGHT);
  gtk_container_add (GTK_CONTAINER (scrolled), area->detail);
  return scrolled;
}

static GtkWidget *
trouble_new (StatusArea *area)
{
  /* Not a GtkInfoBar: its colors are too loud in GIMP's themes. */
  GtkWidget *trouble = gtk_frame_new (NULL);
  GtkWidget *line = gtk_hbox_new (FALSE, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-error",
                                                  GTK_ICON_SIZE_LARGE_TOOLBAR);
  GtkWidget *texts = gtk_vbox_new (FALSE, 6);
  GtkWidget *middle = gtk_alignment_new (0.5, 0.5, 0, 0);
  area->sentence = text_label_new ("");
  gtk_label_set_line_wrap (GTK_LABEL (area->sentence), TRUE);
  gtk_label_set_selectable (GTK_LABEL (area->sentence), TRUE);
  gtk_widget_set_size_request (area->sentence, ERROR_WIDTH, -1);
  area->more = gtk_expander_new (_ ("Details"));
  gtk_container_add (GTK_CONTAINER (area->more), detail_new (area));
  area->fetch = gtk_button_new_with_mnemonic (_ ("_Fetch the model (58 MB)"));
  gtk_container_add (GTK_CONTAINER (middle), area->fetch);
  gtk_box_pack_start (GTK_BOX (texts), area->sentence, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (texts), area->more, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (line), icon, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (line), texts, TRUE, TRUE, 0);
  gtk_box_pack_end (GTK_BOX (line), middle, FALSE, FALSE, 0);
  gtk_container_set_border_width (GTK_CONTAINER (line), 9);
  gtk_container_add (GTK_CONTAINER (trouble), line);
  g_signal_connect (area->fetch, "clicked", G_CALLBACK (on_fetch), area);
  gtk_widget_show_all (trouble);
  gtk_widget_set_no_show_all (trouble, TRUE);
  gtk_widget_hide (trouble);
  return trouble;
}

StatusArea *
status_area_new (void (*fetch) (gpointer data), gpointer data)
{
  StatusArea *area = g_new0 (StatusArea, 1);
  GtkWidget  *line = gtk_hbox_new (FALSE, 12);
  area->fetch_wanted = fetch;
  area->data = data;
  area->box = gtk_vbox_new (FALSE, 6);
  area->line = text_label_new ("");
  area->bar = gtk_progress_bar_new ();
  area->bar_place = gtk_alignment_new (0, 0.5, 0, 0);
  gtk_label_set_ellipsize (GTK_LABEL (area->line), PANGO_ELLIPSIZE_END);
  gtk_widget_set_size_request (area->bar, BAR_WIDTH, -1);
  gtk_progress_bar_set_pulse_step (GTK_PROGRESS_BAR (area->bar), 0.05);
  widget_name (area->bar, _ ("Progress"));
  gtk_container_add (GTK_CONTAINER (area->bar_place), area->bar);
  gtk_box_pack_start (GTK_BOX (line), area->bar_place, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (line), area->line, TRUE, TRUE, 0);
  area->note = note_new ("");
  gtk_label_set_line_wrap (GTK_LABEL (area->note), TRUE);
  gtk_widget_set_size_request (area->note, NOTE_WIDTH, -1);
  gtk_widget_set_no_show_all (area->note, TRUE);
  area->trouble = trouble_new (area);
  gtk_box_pack_start (GTK_BOX (area->box), area->trouble, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (area->box), area->note, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (area->box), line, FALSE, FALSE, 0);
  gtk_widget_show_all (area->box);
  gtk_widget_set_no_show_all (area->bar_place, TRUE);
  gtk_widget_hide (area->bar_place);
  g_signal_connect (area->box, "destroy", G_CALLBACK (on_destroy), area);
  return area;
}

GtkWidget *
status_area_widget (StatusArea *area)
{
  return area->box;
}

void
status_area_say (StatusArea *area, const char *text)
{
  gtk_label_set_text (GTK_LABEL (area->line), text);
  gtk_widget_set_tooltip_text (area->line, text); /* it may be cut short */
}

/* No more exact than an estimate is. */
static char *
duration_text (double seconds)
{
  const gint whole = (gint)fmin (ceil (seconds), 1e8);
  if (whole < 90)
    return g_strdup_printf (dngettext (MANIERA_TEXT_DOMAIN, "%d second",
                                       "%d seconds", (gulong)whole),
                            whole);
  if (whole < 90 * 60)
    return g_strdup_printf (dngettext (MANIERA_TEXT_DOMAIN, "%d minute",
                                       "%d minutes", (gulong)(whole + 30) / 60),
                            (whole + 30) / 60);
  return g_strdup_printf (dngettext (MANIERA_TEXT_DOMAIN, "%d hour", "%d hours",
                                     (gulong)(whole + 1800) / 3600),
                          (whole + 1800) / 3600);
}

void
status_area_say_estimate (StatusArea *area, const RunEstimate *estimate)
{
  g_autofree char *duration = duration_text (estimate->seconds);
  g_autofree char *memory = g_format_size ((guint64)estimate->bytes);
  g_autofree char *tiles
      = estimate->tiles > 1 ? g_strdup_printf (
            /* Translators: follows the memory; the picture is painted in
               pieces. */
            dngettext (MANIERA_TEXT_DOMAIN, ", in %d tile", ", in %d tiles",
                       (gulong)estimate->tiles),
            estimate->tiles)
                            : g_strdup ("");
  g_autofree char *text
      = estimate->frames
            ? g_strdup_printf (
                /* Translators: a number, at least 2, then as in the next. */
                _ ("Paints %u frames of %d × %d pixels in about %s, with %s of "
                   "memory%s."),
                estimate->frames, estimate->width, estimate->height, duration,
                memory, tiles)
            : g_strdup_printf (
                /* Translators: width, height, time, memory, tiles (may be
                   empty). */
                _ ("Paints %d × %d pixels in about %s, with %s of memory%s."),
                estimate->width, estimate->height, duration, memory, tiles);
  status_area_say (area, text);
}

static gboolean
on_pulse (gpointer data)
{
  StatusArea *area = data;
  gtk_widget_show (area->bar_place);
  gtk_progress_bar_pulse (GTK_PROGRESS_BAR (area->bar));
  return G_SOURCE_CONTINUE;
}

static void
stop_pulse (StatusArea *area)
{
  if (area->pulse)
    g_source_remove (area->pulse);
  area->pulse = 0;
}

void
status_area_pulse (StatusArea *area)
{
  stop_pulse (area);
  area->pulse = g_timeout_add (PULSE, on_pulse, area);
}

static char *
place_text (const RunProgress *progress)
{
  if (progress->frames)
    return g_strdup_printf (
        /* Translators: of an animation; each frame is painted at one size or
           at several, each in steps. */
        _ ("Frame %d of %d, size %d of %d, step %d of %d"), progress->frame,
        progress->frames, progress->scale, progress->scales, progress->step,
        progress->steps);
  return g_strdup_printf (
      /* Translators: the painting is made at several sizes, each in steps. */
      _ ("Size %d of %d, step %d of %d"), progress->scale, progress->scales,
      progress->step, progress->steps);
}

void
status_area_say_progress (StatusArea *area, const RunProgress *progress)
{
  g_autofree char *left = progress->seconds_left >= 1 /* and no NAN */
                              ? duration_text (progress->seconds_left)
                              : NULL;
  g_autofree char *place = place_text (progress);
  g_autofree char *where
      = progress->changed
            /* Translators: where it is, after the user changed settings while
               it painted. */
            ? g_strdup_printf (_ ("%s, with the new settings"), place)
            : g_strdup (place);
  g_autofree char *text
      /* Translators: where it is, then a time such as "12 seconds". */
      = left ? g_strdup_printf (_ ("%s, about %s left"), where, left)
             : g_strdup (where);
  stop_pulse (area);
  gtk_widget_show (area->bar_place);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (area->bar),
                                 MIN (progress->fraction, 1.0));
  status_area_say (area, text);
}

void
status_area_hide_bar (StatusArea *area)
{
  stop_pulse (area);
  gtk_widget_hide (area->bar_place);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (area->bar), 0);
}

void
status_area_note (StatusArea *area, const char *text)
{
  note_set (area->note, text ? text : "");
  gtk_widget_set_visible (area->note, text != NULL);
}

/* The line of a text that begins at *text, which moves to the next one, or
 * becomes NULL at the end. Free with g_free(). */
static char *
next_line (const char **text)
{
  const char *end = strchr (*text, '\n');
  char *line = end ? g_strndup (*text, (gsize)(end - *text)) : g_strdup (*text);
  *text = end ? end + 1 : NULL;
  return line;
}

/* An error is a sentence, then its reason, then details (errors.h). A reason
 * that is a sentence of its own needs no other. */
void
status_area_show_error (StatusArea *area, const GError *error)
{
  gtk_widget_set_visible (area->trouble, error != NULL);
  if (!error)
    return;
  const char      *rest = error->message;
  g_autofree char *sentence = next_line (&rest);
  g_autofree char *line = rest ? next_line (&rest) : NULL;
  g_autofree char *reason = line ? dialog_words (line) : NULL;
  const gboolean   whole
      = reason
        && (g_error_matches (error, PAINT_ERROR, PAINT_ERROR_INVALID_REQUEST)
            || g_error_matches (error, PAINT_ERROR,
                                PAINT_ERROR_INVALID_OPTION));
  g_autofree char *open = whole ? g_strdup (reason)
                          : reason
                              ? g_strdup_printf ("%s\n%s", sentence, reason)
                              : g_strdup (sentence);
  gtk_label_set_text (GTK_LABEL (area->sentence), open);
  gtk_text_buffer_set_text (
      gtk_text_view_get_buffer (GTK_TEXT_VIEW (area->detail)), rest ? rest : "",
      -1);
  gtk_widget_set_visible (area->more, rest != NULL);
  gtk_widget_set_visible (
      area->fetch, g_error_matches (error, PAINT_ERROR, PAINT_ERROR_NO_MODEL));
}
