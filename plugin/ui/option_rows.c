/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A label, a control that fits the option's kind, and the reset button. */

#include "plugin/ui/option_rows.h"

#include "plugin/client/option_words.h"
#include "plugin/i18n.h"
#include "plugin/ui/picture_chooser.h"
#include "plugin/ui/spin_button.h"
#include "plugin/ui/widgets.h"

#include <math.h>
#include <string.h>

typedef struct
{
  OptionRows          *rows;
  const ManieraOption *option;
  GtkWidget           *control;  /* NULL = has no row yet */
  GtkWidget           *reset;    /* shown when the option is set */
  GtkWidget           *all[3];   /* label, control with its unit, reset */
  double               shown_as; /* NAN = "automatic" */
  char                *complaint;
} Row;

struct _OptionRows
{
  ManieraOptions options;
  Row           *each; /* in the table's order */
  gsize          count;
  gboolean       fixed;        /* all but the look */
  gboolean       one_painting; /* is the style */
  guint          quiet;        /* above 0: we set controls, the user does not */
  void (*changed) (gpointer data);
  gpointer data;
};

OptionRows *
option_rows_new (void (*changed) (gpointer data), gpointer data)
{
  OptionRows          *rows = g_new0 (OptionRows, 1);
  const ManieraOption *table = maniera_option_table (&rows->count);
  maniera_options_init (&rows->options);
  rows->changed = changed;
  rows->data = data;
  rows->each = g_new0 (Row, rows->count);
  for (gsize i = 0; i < rows->count; ++i)
    rows->each[i] = (Row){ .rows = rows, .option = &table[i], .shown_as = NAN };
  return rows;
}

void
option_rows_free (OptionRows *rows)
{
  if (!rows)
    return;
  for (gsize i = 0; i < rows->count; ++i)
    g_free (rows->each[i].complaint);
  g_free (rows->each);
  g_free (rows);
}

static Row *
row_of (OptionRows *rows, const char *name)
{
  for (gsize i = 0; i < rows->count; ++i)
    if (strcmp (rows->each[i].option->name, name) == 0)
      return &rows->each[i];
  return NULL;
}

void
option_rows_show_as (OptionRows *rows, const char *name, double number)
{
  row_of (rows, name)->shown_as = number;
}

static gboolean
is_number (const Row *row)
{
  return row->option->kind == MANIERA_KIND_INT
         || row->option->kind == MANIERA_KIND_REAL;
}

static gboolean
is_choice (const Row *row)
{
  return row->option->kind == MANIERA_KIND_CHOICE
         || row->option->kind == MANIERA_KIND_CHOICE_OR_FILE;
}

/* Only an option without a default is. */
static gboolean
can_be_automatic (const Row *row)
{
  return !row->option->default_text && isnan (row->shown_as);
}

static gint
choice_count (const ManieraOption *option)
{
  return (gint)g_strv_length ((char **)option->choices);
}

static char *
text_of (const ManieraOptions *options, const Row *row)
{
  char text[MANIERA_TEXT_MAX];
  maniera_option_get (options, row->option->name, text, sizeof text);
  return g_strdup (text);
}

/* Showing */

static void
show_number (Row *row, const ManieraOptions *resolved)
{
  g_autofree char *text = text_of (resolved, row);
  const double     value = *text                   ? g_ascii_strtod (text, NULL)
                           : isnan (row->shown_as) ? row->option->min - 1
                                                   : row->shown_as;
  spin_button_show (row->control, row->option, value);
}

/* After the choices: "Picture from disk...", then the picture that was chosen.
 */
static void
show_choice (Row *row, const ManieraOptions *resolved)
{
  GtkComboBox     *combo = GTK_COMBO_BOX (row->control);
  GtkComboBoxText *texts = GTK_COMBO_BOX_TEXT (row->control);
  g_autofree char *text = text_of (resolved, row);
  const gint       count = choice_count (row->option);
  gint             at = 0;
  while (at < count && strcmp (row->option->choices[at], text) != 0)
    ++at;
  if (row->option->kind == MANIERA_KIND_CHOICE_OR_FILE)
    {
      if (gtk_tree_model_iter_n_children (gtk_combo_box_get_model (combo), NULL)
          > count + 1)
        gtk_combo_box_text_remove (texts, count + 1);
      if (at == count)
        {
          g_autofree char *name = g_filename_display_basename (text);
          gtk_combo_box_text_append_text (texts, name);
          at = count + 1;
        }
    }
  gtk_combo_box_set_active (combo, at);
}

/* What the user is typing stays as it is. */
static void
show_text (Row *row, const ManieraOptions *resolved)
{
  if (row->complaint || gtk_widget_is_focus (row->control))
    return;
  g_autofree char *text = text_of (resolved, row);
  gtk_entry_set_text (GTK_ENTRY (row->control), text);
}

static void
refresh (OptionRows *rows)
{
  ManieraOptions resolved;
  maniera_options_resolve_for (&rows->options, rows->one_painting, &resolved);
  ++rows->quiet;
  for (gsize i = 0; i < rows->count; ++i)
    {
      Row *row = &rows->each[i];
      if (!row->control)
        continue;
      if (is_number (row))
        show_number (row, &resolved);
      else if (is_choice (row))
        show_choice (row, &resolved);
      else
        show_text (row, &resolved);
      gtk_widget_set_visible (
          row->reset,
          row->complaint
              || maniera_option_is_set (&rows->options, row->option->name));
    }
  --rows->quiet;
}

/* What the user does */

static void
set (Row *row, const char *text)
{
  char        message[MANIERA_MESSAGE_MAX];
  OptionRows *rows = row->rows;
  g_clear_pointer (&row->complaint, g_free);
  if (!*text)
    maniera_option_unset (&rows->options, row->option->name);
  else if (!maniera_option_set (&rows->options, row->option->name, text,
                                message))
    row->complaint = option_complaint (row->option, text);
  refresh (rows);
  rows->changed (rows->data);
}

static void
on_number (GtkSpinButton *spin, gpointer data)
{
  Row         *row = data;
  const double value = gtk_spin_button_get_value (spin);
  char         text[G_ASCII_DTOSTR_BUF_SIZE] = "";
  if (row->rows->quiet)
    return;
  if (row->option->kind == MANIERA_KIND_INT)
    g_snprintf (text, sizeof text, "%ld", lround (value));
  else
    g_ascii_formatd (text, sizeof text, "%.6g", value);
  /* What is shown when nothing is set is not remembered as a number. */
  set (row, value < row->option->min || value == row->shown_as ? "" : text);
}

static void
on_choice (GtkComboBox *combo, gpointer data)
{
  Row       *row = data;
  const gint at = gtk_combo_box_get_active (combo);
  const gint count = choice_count (row->option);
  if (row->rows->quiet || at < 0 || at > count)
    return;
  if (at < count)
    {
      set (row, row->option->choices[at]);
      return;
    }
  g_autofree char *file
      = choose_picture (gtk_widget_get_toplevel (GTK_WIDGET (combo)));
  if (file)
    set (row, file);
  else
    refresh (row->rows);
}

static void
on_text (GtkEditable *entry, gpointer data)
{
  Row *row = data;
  if (!row->rows->quiet)
    set (row, gtk_entry_get_text (GTK_ENTRY (entry)));
}

static gboolean
on_typed (GtkWidget *entry, GdkEventFocus *event, gpointer data)
{
  Row *row = data;
  (void)entry;
  (void)event;
  refresh (row->rows);
  return FALSE;
}

static void
on_reset (GtkWidget *button, gpointer data)
{
  Row *row = data;
  (void)button;
  gtk_widget_grab_focus (row->control); /* the button goes */
  set (row, "");
  if (GTK_IS_ENTRY (row->control) && !is_number (row))
    {
      /* It has the focus, but the user is not typing. */
      ManieraOptions resolved;
      maniera_options_resolve_for (&row->rows->options, row->rows->one_painting,
                                   &resolved);
      g_autofree char *text = text_of (&resolved, row);
      ++row->rows->quiet;
      gtk_entry_set_text (GTK_ENTRY (row->control), text);
      --row->rows->quiet;
    }
}

/* Making */

static GtkWidget *
number_new (Row *row)
{
  GtkWidget *spin = spin_button_new (row->option, can_be_automatic (row));
  g_signal_connect (spin, "value-changed", G_CALLBACK (on_number), row);
  return spin;
}

static GtkWidget *
choice_new (Row *row)
{
  GtkWidget *combo = gtk_combo_box_text_new ();
  for (gint i = 0; i < choice_count (row->option); ++i)
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo),
                                    _ (row->option->choice_labels[i]));
  if (row->option->kind == MANIERA_KIND_CHOICE_OR_FILE)
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo),
                                    _ ("Picture from disk..."));
  combo_may_be_narrow (combo);
  g_signal_connect (combo, "changed", G_CALLBACK (on_choice), row);
  return combo;
}

static GtkWidget *
text_new (Row *row)
{
  GtkWidget *entry = gtk_entry_new ();
  gtk_entry_set_width_chars (GTK_ENTRY (entry), 16);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  g_signal_connect (entry, "changed", G_CALLBACK (on_text), row);
  g_signal_connect (entry, "focus-out-event", G_CALLBACK (on_typed), row);
  return entry;
}

/* Percents have a slider too. */
static GtkWidget *
with_slider (Row *row)
{
  GtkWidget *line = gtk_hbox_new (FALSE, 6);
  GtkWidget *slider = gtk_hscale_new (
      gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (row->control)));
  gtk_scale_set_draw_value (GTK_SCALE (slider), FALSE);
  gtk_entry_set_width_chars (GTK_ENTRY (row->control), 4);
  widget_name (slider, _ (row->option->label));
  gtk_widget_set_tooltip_text (slider, _ (row->option->help));
  wheel_scrolls_list (slider);
  gtk_box_pack_start (GTK_BOX (line), slider, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (line), row->control, FALSE, FALSE, 0);
  return line;
}

static GtkWidget *
with_unit (Row *row)
{
  GtkWidget *line = gtk_hbox_new (FALSE, 6);
  gtk_box_pack_start (GTK_BOX (line), row->control, TRUE, TRUE, 0);
  gtk_box_pack_start (GTK_BOX (line), text_label_new (_ (row->option->unit)),
                      FALSE, FALSE, 0);
  return line;
}

static GtkWidget *
reset_new (Row *row)
{
  GtkWidget *place = gtk_alignment_new (0.5, 0.5, 0, 0);
  /* Translators: of an option that the user has set. */
  row->reset = icon_button_new ("edit-clear", _ ("Back to the default"));
  g_autofree char *name = g_strdup_printf ("%s: %s", _ (row->option->label),
                                           _ ("Back to the default"));
  GtkRequisition   size;
  widget_name (row->reset, name);
  gtk_widget_show_all (row->reset);
  gtk_widget_set_no_show_all (row->reset, TRUE);
  /* Kept when the button is hidden, or the controls would jump. */
  gtk_widget_size_request (row->reset, &size);
  gtk_widget_set_size_request (place, size.width, size.height);
  gtk_container_add (GTK_CONTAINER (place), row->reset);
  g_signal_connect (row->reset, "clicked", G_CALLBACK (on_reset), row);
  return place;
}

/* What may change while it is painted: the pictures' sizes stay as they are. */
static gboolean
is_look (const Row *row)
{
  return strcmp (row->option->group, "look") == 0
         || strcmp (row->option->name, "quality") == 0;
}

static void
show_whether_fixed (Row *row)
{
  for (gsize i = 0; row->control && i < G_N_ELEMENTS (row->all); ++i)
    gtk_widget_set_sensitive (row->all[i], !row->rows->fixed || is_look (row));
}

void
option_rows_set_one_painting (OptionRows *rows, gboolean one_painting)
{
  if (one_painting == rows->one_painting)
    return;
  rows->one_painting = one_painting;
  refresh (rows);
}

void
option_rows_fix (OptionRows *rows, gboolean fixed)
{
  rows->fixed = fixed;
  for (gsize i = 0; i < rows->count; ++i)
    show_whether_fixed (&rows->each[i]);
}

static void
make_row (Row *row, GtkWidget *table, guint line, const char *label)
{
  const ManieraOption *option = row->option;
  row->control = is_number (row)   ? number_new (row)
                 : is_choice (row) ? choice_new (row)
                                   : text_new (row);
  GtkWidget *whole = is_number (row) && option->min == 0 && option->max == 100
                         ? with_slider (row)
                     : *option->unit ? with_unit (row)
                                     : row->control;
  GtkWidget *text = label ? mnemonic_label_new (label, row->control)
                          : text_label_new (_ (option->label));
  widget_name (row->control, _ (option->label));
  gtk_widget_set_tooltip_text (row->control, _ (option->help));
  gtk_widget_set_tooltip_text (text, _ (option->help));
  wheel_scrolls_list (row->control);
  row->all[0] = text;
  row->all[1] = whole;
  row->all[2] = reset_new (row);
  for (guint i = 0; i < G_N_ELEMENTS (row->all); ++i)
    table_put (table, row->all[i], i, line, i == 1);
  show_whether_fixed (row);
}

GtkWidget *
option_table_new (void)
{
  GtkWidget *table = gtk_table_new (1, 3, FALSE);
  gtk_table_set_row_spacings (GTK_TABLE (table), 3);
  gtk_table_set_col_spacings (GTK_TABLE (table), 6);
  gtk_table_set_col_spacing (GTK_TABLE (table), 1, 0);
  return table;
}

void
option_rows_put (OptionRows *rows,
                 GtkWidget  *table,
                 guint       line,
                 const char *name,
                 const char *label)
{
  make_row (row_of (rows, name), table, line, label);
  refresh (rows);
}

static const char *
heading_of (const char *group)
{
  static const char *const headings[][2] = { { "result", N_ ("Result") },
                                             { "look", N_ ("Look") },
                                             { "solver", N_ ("Method") },
                                             { "machine", N_ ("Computer") } };
  for (gsize i = 0; i < G_N_ELEMENTS (headings); ++i)
    if (strcmp (headings[i][0], group) == 0)
      return _ (headings[i][1]);
  return group;
}

GtkWidget *
option_rows_all_others (OptionRows *rows)
{
  GtkWidget  *table = option_table_new ();
  const char *group = "";
  guint       line = 0;
  for (gsize i = 0; i < rows->count; ++i)
    {
      Row *row = &rows->each[i];
      if (row->control || strcmp (row->option->group, "command-line") == 0)
        continue;
      if (strcmp (row->option->group, group) != 0)
        {
          group = row->option->group;
          gtk_table_attach (GTK_TABLE (table), heading_new (heading_of (group)),
                            0, 3, line, line + 1, GTK_FILL, GTK_FILL, 0, 3);
          ++line;
        }
      make_row (row, table, line++, NULL);
    }
  refresh (rows);
  return table;
}

void
option_rows_set (OptionRows *rows, const ManieraOptions *options)
{
  rows->options = *options;
  for (gsize i = 0; i < rows->count; ++i)
    g_clear_pointer (&rows->each[i].complaint, g_free);
  refresh (rows);
}

void
option_rows_choose (OptionRows *rows, const char *name, const char *text)
{
  set (row_of (rows, name), text);
}

const ManieraOptions *
option_rows_get (const OptionRows *rows)
{
  return &rows->options;
}

const char *
option_rows_complaint (const OptionRows *rows)
{
  for (gsize i = 0; i < rows->count; ++i)
    if (rows->each[i].complaint)
      return rows->each[i].complaint;
  return NULL;
}
