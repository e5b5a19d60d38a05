/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plug-in as GIMP 3 sees it: what it does when its procedures are called.
 */

#include "plugin/client/errors.h"
#include "plugin/gimp/gimp_any.h"
#include "plugin/gimp/host.h"
#include "plugin/gimp3_procedures.h"
#include "plugin/i18n.h"
#include "plugin/procedures.h"
#include "plugin/run/arguments.h"
#include "plugin/run/run.h"

#include <libgimp/gimp.h>
#include <string.h>

#define MANIERA_TYPE (maniera_get_type ())
G_DECLARE_FINAL_TYPE (Maniera, maniera, MANIERA, PLUG_IN, GimpPlugIn)

struct _Maniera
{
  GimpPlugIn parent_instance;
};

G_DEFINE_TYPE (Maniera, maniera, GIMP_TYPE_PLUG_IN)

/* Reading the arguments */

typedef struct
{
  gint *ids;
  gsize count;
} Ids;

static Ids
object_ids (GimpProcedureConfig *config, const char *name)
{
  Ids                  ids = { NULL, 0 };
  g_autofree GObject **objects
      = gimp_procedure_config_get_core_object_array (config, name);
  while (objects && objects[ids.count])
    ++ids.count;
  ids.ids = g_new (gint, ids.count);
  for (gsize i = 0; i < ids.count; ++i)
    ids.ids[i] = gimp_item_get_id (GIMP_ITEM (objects[i]));
  return ids;
}

/* Not all procedures that paint have all arguments. */
static gboolean
has_argument (GimpProcedureConfig *config, const char *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (config), name)
         != NULL;
}

/* The masks of the argument `name`, or of `old_name`, which it had in version
 * 0.1.0. An object array has no value for "none": the content's own drawable
 * stands for it. FALSE with an error where both were given. */
static gboolean
take_masks (GimpProcedureConfig *config,
            const char          *name,
            const char          *old_name,
            gint                 content,
            Ids                 *masks,
            GError             **error)
{
  Ids old = { NULL, 0 };
  if (has_argument (config, old_name))
    old = object_ids (config, old_name);
  Ids new = object_ids (config, name);
  const gboolean both = old.count > 0 && new.count > 0;
  *masks = old.count > 0 ? old : new;
  g_free (old.count > 0 ? new.ids : old.ids);
  for (gsize i = 0; i < masks->count; ++i)
    if (masks->ids[i] == content)
      masks->ids[i] = -1;
  if (!both)
    return TRUE;
  g_autofree char *why = g_strdup_printf (
      /* Translators: two names of an argument, such as masks and regions. */
      _ ("%s: %s is its old name. Give only one of the two."), name, old_name);
  g_propagate_error (error, paint_error_new (PAINT_ERROR_INVALID_REQUEST, why));
  return FALSE;
}

/* An option's value as text, "" where it was not given. */
static char *
option_text (GimpProcedureConfig *config, const ManieraOption *option)
{
  char   digits[G_ASCII_DTOSTR_BUF_SIZE];
  gint   whole = UNSET;
  double real = UNSET;
  char  *text = NULL;
  switch (option->kind)
    {
    case MANIERA_KIND_INT:
      g_object_get (config, option->name, &whole, NULL);
      return whole == UNSET ? g_strdup ("") : g_strdup_printf ("%d", whole);
    case MANIERA_KIND_REAL:
      g_object_get (config, option->name, &real, NULL);
      return g_strdup (
          real == UNSET ? "" : g_ascii_dtostr (digits, sizeof digits, real));
    default:
      g_object_get (config, option->name, &text, NULL);
      return text ? text : g_strdup ("");
    }
}

static gboolean
take_options (Request *request, GimpProcedureConfig *config, GError **error)
{
  gsize                count;
  const ManieraOption *option = maniera_option_table (&count);
  for (; count > 0; --count, ++option)
    {
      g_autofree char *text = option_text (config, option);
      if (*text && !arguments_set_option (request, option->name, text, error))
        return FALSE;
    }
  const OutputSetting *setting = output_settings (&count);
  for (; count > 0; --count, ++setting)
    {
      g_autofree char *word = NULL;
      if (has_argument (config, setting->name))
        g_object_get (config, setting->name, &word, NULL);
      if (word && *word
          && !arguments_set_option (request, setting->name, word, error))
        return FALSE;
    }
  return TRUE;
}

static gint
paint_request (const Arguments     *arguments,
               GimpProcedureConfig *config,
               GError             **error)
{
  g_autoptr (Request) request = arguments_to_request (arguments, error);
  if (!request || !take_options (request, config, error))
    return -1;
  return run_to_end (request, error);
}

static gint
paint_with_masks (gint                 image,
                  gint                 drawable,
                  gboolean             frames,
                  const Ids           *masks,
                  const Ids           *style_masks,
                  GimpProcedureConfig *config,
                  GError             **error)
{
  const Ids styles = object_ids (config, "styles");
  g_auto (GStrv) files = NULL;
  g_object_get (config, "style-files", &files, NULL);
  GValue weights = G_VALUE_INIT;
  gsize  weight_count = 0;
  g_value_init (&weights, GIMP_TYPE_DOUBLE_ARRAY);
  g_object_get_property (G_OBJECT (config), "weights", &weights);
  Arguments arguments = {
    .image = image,
    .drawable = drawable,
    .frames = frames,
    .styles = styles.ids,
    .style_count = styles.count,
    .files = (const char *const *)files,
    .masks = masks->ids,
    .mask_count = masks->count,
    .style_masks = style_masks->ids,
    .style_mask_count = style_masks->count,
  };
  /* gimp_value_get_double_array() would look into an array that was left out.
   */
  if (g_value_get_boxed (&weights))
    arguments.weights = gimp_value_get_double_array (&weights, &weight_count);
  arguments.weight_count = weight_count;
  g_autofree char   *text = NULL;
  g_autofree double *numbers = NULL;
  gint               layer = -1;
  g_object_get (config, "weights-text", &text, NULL);
  if (arguments_weights_text (&arguments, text, &numbers, error))
    layer = paint_request (&arguments, config, error);
  g_value_unset (&weights);
  g_free (styles.ids);
  return layer;
}

static gint
paint_by_arguments (gint                 image,
                    gint                 drawable,
                    gboolean             frames,
                    GimpProcedureConfig *config,
                    GError             **error)
{
  Ids  masks = { NULL, 0 }, style_masks = { NULL, 0 };
  gint layer = -1;
  if (take_masks (config, "masks", "regions", drawable, &masks, error)
      && take_masks (config, "style-masks", "style-regions", drawable,
                     &style_masks, error))
    layer = paint_with_masks (image, drawable, frames, &masks, &style_masks,
                              config, error);
  g_free (masks.ids);
  g_free (style_masks.ids);
  return layer;
}

/* Calls */

static GimpValueArray *
answer (GimpProcedure *procedure, gint layer, GError *error)
{
  if (error && any_status_of (error) == GIMP_PDB_CANCEL)
    g_clear_error (&error);
  if (error)
    return gimp_procedure_new_return_values (procedure, any_status_of (error),
                                             error);
  if (layer < 0)
    return gimp_procedure_new_return_values (procedure, GIMP_PDB_CANCEL, NULL);
  GimpValueArray *values
      = gimp_procedure_new_return_values (procedure, GIMP_PDB_SUCCESS, NULL);
  if (paints_frames (gimp_procedure_get_name (procedure)))
    GIMP_VALUES_SET_IMAGE (values, 1,
                           gimp_image_get_by_id (image_of_layer (layer)));
  else
    GIMP_VALUES_SET_LAYER (values, 1, gimp_layer_get_by_id (layer));
  return values;
}

/* The only drawable; -1 with an error. */
static gint
only_drawable (GimpDrawable **drawables, GError **error)
{
  if (drawables && drawables[0] && !drawables[1])
    return gimp_item_get_id (GIMP_ITEM (drawables[0]));
  g_propagate_error (
      error, paint_error_new (PAINT_ERROR_INVALID_REQUEST,
                              _ ("drawables: one layer is painted at a time. "
                                 "Give or select exactly one.")));
  return -1;
}

/* These return the new layer; -1 with an error; or -1 without one when the user
 * canceled. */

static gint
paint (GimpRunMode          mode,
       gint                 image,
       gint                 drawable,
       GimpProcedureConfig *config,
       GError             **error)
{
  if (mode == GIMP_RUN_INTERACTIVE)
    return paint_with_dialog (image, drawable, error);
  if (mode == GIMP_RUN_WITH_LAST_VALS)
    return paint_again (image, drawable, error);
  return paint_by_arguments (image, drawable, FALSE, config, error);
}

static gint
paint_frames (GimpRunMode          mode,
              gint                 image,
              gint                 drawable,
              GimpProcedureConfig *config,
              GError             **error)
{
  if (mode == GIMP_RUN_INTERACTIVE)
    return paint_frames_with_dialog (image, error);
  if (mode == GIMP_RUN_WITH_LAST_VALS)
    return paint_frames_again (image, error);
  return paint_by_arguments (image, drawable, TRUE, config, error);
}

static gint
repeat (GimpRunMode          mode,
        gint                 image,
        gint                 drawable,
        GimpProcedureConfig *config,
        GError             **error)
{
  if (mode != GIMP_RUN_NONINTERACTIVE)
    return repeat_with_dialog (image, drawable, error);
  g_autoptr (GimpLayer) from = NULL;
  g_object_get (config, "recipe-layer", &from, NULL);
  return repeat_recipe (image, drawable,
                        from ? gimp_item_get_id (GIMP_ITEM (from)) : -1, error);
}

static gint
edit (GimpRunMode mode, gint image, gint drawable, GError **error)
{
  if (mode == GIMP_RUN_INTERACTIVE)
    return edit_with_dialog (image, drawable, error);
  if (mode == GIMP_RUN_WITH_LAST_VALS)
    return paint_again (image, drawable, error);
  return repaint (image, drawable, error);
}

/* A call of any of the procedures. */
static GimpValueArray *
called (GimpProcedure       *procedure,
        GimpRunMode          mode,
        GimpImage           *image,
        GimpDrawable       **drawables,
        GimpProcedureConfig *config,
        gpointer             data)
{
  (void)data;
  const char *name = gimp_procedure_get_name (procedure);
  const gint  image_id = gimp_image_get_id (image);
  GError     *error = NULL;
  gint        layer = -1;
  procedures_set_up ();
  gegl_init (NULL, NULL);
  /* Where all layers are painted, it does not matter which are selected. */
  const gint drawable = !paints_frames (name)
                            ? only_drawable (drawables, &error)
                        : drawables && drawables[0]
                            ? gimp_item_get_id (GIMP_ITEM (drawables[0]))
                            : -1;
  if (paints_frames (name))
    layer = paint_frames (mode, image_id, drawable, config, &error);
  else if (drawable >= 0 && strcmp (name, EDIT_PROCEDURE) == 0)
    layer = edit (mode, image_id, drawable, &error);
  else if (drawable >= 0)
    layer = (strcmp (name, REPEAT_PROCEDURE) == 0 ? repeat : paint) (
        mode, image_id, drawable, config, &error);
  return answer (procedure, layer, error);
}

/* Registration */

static GList *
query_procedures (GimpPlugIn *plug_in)
{
  g_autofree char *help = host_own_file (HELP_FOLDER);
  g_autoptr (GFile) help_folder = g_file_new_for_path (help);
  gimp_plug_in_set_help_domain (plug_in, HELP_DOMAIN, help_folder);
  GList *names = g_list_append (NULL, g_strdup (PAINT_PROCEDURE));
  names = g_list_append (names, g_strdup (REPEAT_PROCEDURE));
  names = g_list_append (names, g_strdup (EDIT_PROCEDURE));
  return g_list_append (names, g_strdup (FRAMES_PROCEDURE));
}

static GimpProcedure *
create_procedure (GimpPlugIn *plug_in, const gchar *name)
{
  return procedure_new (plug_in, name, called);
}

/* GIMP looks for the catalogs beside the plug-in, and logs an error where there
 * are none. */
static gboolean
set_i18n (GimpPlugIn  *plug_in,
          const gchar *procedure,
          gchar      **domain,
          gchar      **folder)
{
  (void)plug_in;
  (void)procedure;
  g_autofree char *locale = locale_folder ();
  if (!g_str_has_suffix (locale, "/maniera/locale"))
    return FALSE;
  *domain = g_strdup (MANIERA_TEXT_DOMAIN);
  *folder = NULL;
  return TRUE;
}

static void
maniera_class_init (ManieraClass *class)
{
  GimpPlugInClass *plug_in = GIMP_PLUG_IN_CLASS (class);
  plug_in->query_procedures = query_procedures;
  plug_in->create_procedure = create_procedure;
  plug_in->set_i18n = set_i18n;
}

static void
maniera_init (Maniera *maniera)
{
  (void)maniera;
}

GIMP_MAIN (MANIERA_TYPE)
