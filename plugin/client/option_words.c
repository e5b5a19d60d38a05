/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences about options. */

#include "plugin/client/option_words.h"

#include "plugin/i18n.h"

char *
option_complaint (const ManieraOption *option, const char *text)
{
  const char *label = _ (option->label);
  switch (option->kind)
    {
    case MANIERA_KIND_INT:
    case MANIERA_KIND_REAL:
      /* Translators: a setting's label, the least and the largest number. */
      return g_strdup_printf (_ ("%s: give a number from %.10g to %.10g."),
                              label, option->min, option->max);
    case MANIERA_KIND_INT_LIST:
      return g_strdup_printf (
          /* Translators: a setting's label, what was typed, and the least and
             the largest number. */
          _ ("%s: \"%s\" cannot be read. Write whole numbers from %.10g to "
             "%.10g with commas between them, such as 40,20,10."),
          label, text, option->min, option->max);
    case MANIERA_KIND_LAYER_LIST:
      return g_strdup_printf (
          /* Translators: a setting's label and what was typed. */
          _ ("%s: \"%s\" cannot be read. Write layers of the model with their "
             "weights, such as relu1_1:256,relu2_1:64."),
          label, text);
    default:
      /* Translators: a setting's label and what was typed. */
      return g_strdup_printf (_ ("%s cannot be \"%s\". Choose something else."),
                              label, text);
    }
}

static gboolean
put_label (const GMatchInfo *match, GString *words, gpointer data)
{
  (void)data;
  g_autofree char     *name = g_match_info_fetch (match, 1);
  const ManieraOption *option = maniera_option_find (name);
  if (option)
    g_string_append_printf (words, "\"%s\"", _ (option->label));
  else
    g_string_append_printf (words, "--%s", name);
  return FALSE;
}

static gboolean
put_number (const GMatchInfo *match, GString *words, gpointer data)
{
  (void)data;
  g_autofree char *number = g_match_info_fetch (match, 0);
  g_string_append_printf (words, "%.0f", g_ascii_strtod (number, NULL));
  return FALSE;
}

static char *
replaced (const char *pattern, const char *text, GRegexEvalCallback put)
{
  GRegex *regex = g_regex_new (pattern, 0, 0, NULL);
  char   *words = g_regex_replace_eval (regex, text, -1, 0, 0, put, NULL, NULL);
  g_regex_unref (regex);
  return words ? words : g_strdup (text); /* what is no UTF-8 stays */
}

char *
dialog_words (const char *text)
{
  g_autofree char *labels
      = replaced ("--([a-z]+(?:-[a-z]+)*)", text, put_label);
  return replaced ("\\b[0-9]+(?:\\.[0-9]+)?e\\+[0-9]+", labels, put_number);
}
