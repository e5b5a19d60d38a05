/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tick, a toggle, and a strip with a legend and the styles' pictures. */

#include "plugin/ui/parts_view.h"

#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/run/part_channels.h"
#include "plugin/run/style_packs.h"
#include "plugin/ui/part_legend.h"
#include "plugin/ui/part_overlay.h"
#include "plugin/ui/part_pictures.h"
#include "plugin/ui/widgets.h"

#include <string.h>

struct _PartsView
{
  PreviewView  *preview;
  OptionRows   *options;
  SmallWork    *work;
  Thumbnails   *thumbnails;
  GtkWidget    *tick;
  GtkWidget    *toggle;
  GtkWidget    *save;
  GtkWidget    *strip;    /* what is below the preview: */
  PartLegend   *legend;   /* in it the parts, */
  GtkWidget    *note;     /* or why there is none, */
  PartPictures *pictures; /* and these */
  Request      *request;  /* whose parts are known or looked for; may be NULL */
  PartMaps     *maps;     /* NULL = not known */
  PartPairs     pairs;
  char         *key;    /* of the request whose parts these are */
  guint         chosen; /* the part that stands out; 0 = none */
  gboolean      searching;
  gboolean      quiet; /* we set a tick, the user does not */
  PartsEvents   events;
  gpointer      data;
};

static gboolean
is_active (GtkWidget *tick)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (tick));
}

static void
set_active (PartsView *view, GtkWidget *tick, gboolean active)
{
  view->quiet = TRUE;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (tick), active);
  view->quiet = FALSE;
}

/* What parts depend on, as a text to compare. */
static char *
key_of (const Request *request)
{
  static const char *const options[] = { "parts", "objective", "model" };
  GString                 *key = g_string_new (NULL);
  g_string_printf (key, "%d", request->content);
  for (gsize i = 0; i < G_N_ELEMENTS (options); ++i)
    {
      char text[MANIERA_TEXT_MAX];
      maniera_option_get (&request->options, options[i], text, sizeof text);
      g_string_append_printf (key, "\n%s", text);
    }
  for (guint i = 0; i < request->styles->len; ++i)
    {
      const StyleChoice *style = g_ptr_array_index (request->styles, i);
      g_string_append_printf (key, "\n%d %g %d %d %s", style->drawable,
                              style->weight, style->mask, style->style_mask,
                              style->file ? style->file : "");
    }
  return g_string_free (key, FALSE);
}

static gboolean
has_parts (const PartsView *view)
{
  return view->maps && view->maps->parts > 0;
}

/* The strip */

static void
say (PartsView *view, const char *text)
{
  note_set (view->note, text ? text : "");
  gtk_widget_set_visible (view->note, text != NULL);
}

static void show (PartsView *view);

/* Has one part stand out, or none again where it does already. */
static void
choose (PartsView *view, guint part)
{
  view->chosen = part == view->chosen ? 0 : part;
  part_legend_choose (view->legend, view->chosen);
  part_pictures_choose (view->pictures, view->chosen);
  show (view);
}

static void
on_clicked (double x, double y, gpointer data)
{
  PartsView *view = data;
  if (is_active (view->toggle) && has_parts (view))
    choose (view, part_map_at (&view->maps->maps[0], x, y));
}

static void
on_part (guint part, gpointer data)
{
  choose (data, part);
}

static void
on_paired (gpointer data)
{
  PartsView *view = data;
  part_pictures_choose (view->pictures, view->chosen);
  show (view);
  view->events.paired (view->data);
}

static void
fill_strip (PartsView *view)
{
  const gboolean any = has_parts (view);
  view->chosen = 0;
  part_legend_fill (view->legend, view->request, any ? view->maps : NULL);
  part_pictures_fill (view->pictures, view->request, any ? view->maps : NULL,
                      &view->pairs);
  if (view->maps)
    say (view, any ? NULL
                   : _ ("The layer and its styles have no parts in common, so "
                        "it is painted as a whole."));
}

static void
show (PartsView *view)
{
  const gboolean shown = is_active (view->toggle);
  const gboolean any = shown && has_parts (view);
  g_autoptr (GdkPixbuf) overlay
      = any ? part_overlay_new (&view->maps->maps[0], &view->pairs,
                                view->chosen)
            : NULL;
  preview_view_set_overlay (view->preview, overlay);
  gtk_widget_set_visible (view->save, any);
  gtk_widget_set_visible (view->strip, shown);
}

/* The search */

static void
on_found (PartMaps *maps, const GError *error, gpointer data)
{
  PartsView *view = data;
  view->searching = FALSE;
  view->maps = maps;
  if (maps && view->pairs.count != maps->parts) /* of parts that are gone */
    view->pairs = (PartPairs){ 0 };
  if (error)
    say (view, error->message);
  fill_strip (view);
  show (view);
}

static void
forget (PartsView *view)
{
  parts_view_stop (view);
  g_clear_pointer (&view->maps, part_maps_free);
  g_clear_pointer (&view->request, request_free);
  fill_strip (view);
  say (view, NULL);
  show (view);
}

void
parts_view_stop (PartsView *view)
{
  small_work_stop (view->work, view);
  view->searching = FALSE;
}

void
parts_view_find (PartsView *view, Estimator *estimator, const Request *request)
{
  if (!is_active (view->toggle) || view->maps || view->searching)
    return;
  forget (view);
  view->request = request_copy (request);
  view->searching = TRUE;
  say (view, _ ("Looking for parts..."));
  part_maps_find (view->work, estimator, request, on_found, view);
}

void
parts_view_follow (PartsView *view, const Request *request)
{
  ManieraOptions resolved;
  resolve_request (request, &resolved);
  const gboolean ticked = resolved.parts != MANIERA_PARTS_OFF;
  set_active (view, view->tick, ticked);
  if (!ticked)
    parts_view_hide (view);
  char *key = key_of (request);
  if (view->key && strcmp (view->key, key) != 0)
    {
      view->pairs = (PartPairs){ 0 };
      forget (view);
    }
  g_free (view->key);
  view->key = key;
}

void
parts_view_set_pairs (PartsView *view, const PartPairs *pairs)
{
  view->pairs = *pairs;
}

PartPairs
parts_view_pairs (const PartsView *view)
{
  return view->pairs;
}

void
parts_view_hide (PartsView *view)
{
  set_active (view, view->toggle, FALSE);
  show (view);
}

void
parts_view_allow (PartsView *view, gboolean allowed)
{
  gtk_widget_set_sensitive (view->toggle, allowed && is_active (view->tick));
}

/* Making */

/* Who ticks it wants to see what it does. */
static void
on_tick (GtkWidget *tick, gpointer data)
{
  PartsView *view = data;
  if (view->quiet)
    return;
  const gboolean ticked = is_active (tick);
  set_active (view, view->toggle, ticked);
  show (view);
  option_rows_choose (view->options, "parts", ticked ? "auto" : "off");
}

static void
on_toggle (GtkWidget *toggle, gpointer data)
{
  PartsView *view = data;
  if (view->quiet)
    return;
  show (view);
  if (is_active (toggle) && !view->maps)
    view->events.wanted (view->data);
}

static void
on_save (GtkWidget *button, gpointer data)
{
  PartsView *view = data;
  (void)button;
  const gboolean saved = part_channels_save (
      view->request->content, &view->maps->maps[0], view->maps->parts);
  say (view, saved ? _ ("The image has a channel of each part now. Paint on "
                        "them as you like, and choose them as masks.")
                   : _ ("GIMP made no channels. See whether the layer is still "
                        "there."));
  view->events.saved (view->data);
}

static void
on_destroy (GtkWidget *strip, gpointer data)
{
  PartsView *view = data;
  (void)strip;
  small_work_stop (view->work, view);
  part_maps_free (view->maps);
  g_clear_pointer (&view->request, request_free);
  g_free (view->key);
  g_free (view);
}

/* The bar has no room for them. */
static GtkWidget *
line_new (PartsView *view)
{
  GtkWidget *line = gtk_hbox_new (FALSE, 6);
  view->toggle = bright_tick_new (
      _ ("Sho_w parts"),
      _ ("Colors the parts of the layer and of its styles: the same color is "
         "the same part"));
  view->save = gtk_button_new_with_label (_ ("Save as channels"));
  gtk_widget_set_tooltip_text (
      view->save, _ ("Makes a channel of each part of the layer, to paint on "
                     "and to choose as a style's mask"));
  gtk_box_pack_start (GTK_BOX (line), view->toggle, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (line), view->save, FALSE, FALSE, 0);
  gtk_widget_show_all (view->save);
  gtk_widget_hide (view->save);
  gtk_widget_set_no_show_all (view->save, TRUE);
  g_signal_connect (view->toggle, "toggled", G_CALLBACK (on_toggle), view);
  g_signal_connect (view->save, "clicked", G_CALLBACK (on_save), view);
  return line;
}

static GtkWidget *
strip_new (PartsView *view)
{
  GtkWidget *strip = gtk_vbox_new (FALSE, 6);
  view->pictures = part_pictures_new (view->thumbnails, on_part, view);
  view->legend = part_legend_new (&view->pairs, on_part, on_paired, view);
  view->note = note_new ("");
  gtk_label_set_line_wrap (GTK_LABEL (view->note), TRUE);
  gtk_widget_set_no_show_all (view->note, TRUE);
  gtk_box_pack_start (GTK_BOX (strip), view->note, FALSE, FALSE, 0);
  gtk_box_pack_start (GTK_BOX (strip), part_legend_widget (view->legend), FALSE,
                      FALSE, 0);
  gtk_box_pack_start (GTK_BOX (strip), part_pictures_widget (view->pictures),
                      FALSE, FALSE, 0);
  gtk_widget_show_all (strip);
  gtk_widget_hide (strip);
  gtk_widget_set_no_show_all (strip, TRUE);
  return strip;
}

PartsView *
parts_view_new (PreviewView       *preview,
                OptionRows        *options,
                SmallWork         *work,
                Thumbnails        *thumbnails,
                const PartsEvents *events,
                gpointer           data)
{
  PartsView *view = g_new0 (PartsView, 1);
  view->preview = preview;
  view->options = options;
  view->work = work;
  view->thumbnails = thumbnails;
  view->events = *events;
  view->data = data;
  view->tick = bright_tick_new (
      _ ("Part _by part"),
      _ ("Finds what the layer and its styles have in common, such as face, "
         "clothes and background, and paints each part like its counterpart"));
  GtkWidget *line = line_new (view);
  view->strip = strip_new (view);
  g_signal_connect (view->tick, "toggled", G_CALLBACK (on_tick), view);
  g_signal_connect (view->strip, "destroy", G_CALLBACK (on_destroy), view);
  preview_view_on_click (preview, on_clicked, view);
  preview_view_add_below (preview, line);
  preview_view_add_below (preview, view->strip);
  return view;
}

GtkWidget *
parts_view_tick (PartsView *view)
{
  return view->tick;
}
