/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plug-in as GIMP 3 sees it: its procedures and their arguments. */

#include "plugin/client/errors.h"
#include "plugin/gimp/gimp_any.h"
#include "plugin/gimp/host.h"
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

/* We keep last values ourselves: GIMP's own cannot hold drawables. */
#define ARGUMENT (G_PARAM_READWRITE | GIMP_PARAM_DONT_SERIALIZE)

/* GIMP 3.0 refuses an object array that is empty or left out, unless it is not
 * validated. */
#define OBJECTS (ARGUMENT | GIMP_PARAM_NO_VALIDATE | G_PARAM_LAX_VALIDATION)

/* A number that was not given; below every option's least value. */
enum
{
  UNSET = -1
};

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

static gboolean
is_frames (const char *procedure)
{
  return strcmp (procedure, FRAMES_PROCEDURE) == 0;
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
  if (is_frames (gimp_procedure_get_name (procedure)))
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
  const gint drawable = !is_frames (name) ? only_drawable (drawables, &error)
                        : drawables && drawables[0]
                            ? gimp_item_get_id (GIMP_ITEM (drawables[0]))
                            : -1;
  if (is_frames (name))
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

/* The help of a row of the option table, its range, and its value for "not
 * given". */
static char *
option_blurb (const ManieraOption *option)
{
  GString *blurb = g_string_new (_ (option->help));
  if (*option->unit)
    g_string_append_printf (blurb, " (%s)", option->unit);
  if (option->max > option->min)
    g_string_append_printf (blurb, " { %g <= %s <= %g }", option->min,
                            option->name, option->max);
  if (option->choices)
    {
      g_autofree char *choices
          = g_strjoinv (", ", (char **)(void *)option->choices);
      g_string_append_printf (blurb, " { %s }", choices);
    }
  const gboolean number
      = option->kind == MANIERA_KIND_INT || option->kind == MANIERA_KIND_REAL;
  /* Translators: %s is the value that stands for "not given". */
  g_string_append_printf (blurb, _ (". %s = not given"),
                          number ? "-1" : "\"\"");
  return g_string_free (blurb, FALSE);
}

static void
add_option (GimpProcedure *procedure, const ManieraOption *option)
{
  g_autofree char *blurb = option_blurb (option);
  const char      *label = _ (option->label);
  switch (option->kind)
    {
    case MANIERA_KIND_INT:
      /* We check ranges ourselves: GIMP's error would not name the option, and
       * in Python it would drop the value and paint. */
      gimp_procedure_add_int_argument (procedure, option->name, label, blurb,
                                       G_MININT, G_MAXINT, UNSET, ARGUMENT);
      break;
    case MANIERA_KIND_REAL:
      gimp_procedure_add_double_argument (procedure, option->name, label, blurb,
                                          -G_MAXDOUBLE, G_MAXDOUBLE, UNSET,
                                          ARGUMENT);
      break;
    default:
      /* Choices too: for an unknown one GIMP would take the default. */
      gimp_procedure_add_string_argument (procedure, option->name, label, blurb,
                                          "", ARGUMENT);
    }
}

static void
add_drawables (GimpProcedure *procedure,
               const char    *name,
               const char    *label,
               const char    *blurb)
{
  gimp_procedure_add_core_object_array_argument (procedure, name, label, blurb,
                                                 GIMP_TYPE_DRAWABLE, OBJECTS);
}

static void
add_output_setting (GimpProcedure *procedure, const OutputSetting *setting)
{
  g_autofree char *choices
      = g_strjoinv (", ", (char **)(void *)setting->choices);
  g_autofree char *blurb
      = g_strdup_printf ("%s { %s }", _ (setting->help), choices);
  gimp_procedure_add_string_argument (procedure, setting->name,
                                      _ (setting->label), blurb,
                                      setting->choices[0], ARGUMENT);
}

/* What an argument was called in version 0.1.0; scripts may still give it. */
static void
add_old_name (GimpProcedure *procedure, const char *old_name, const char *name)
{
  g_autofree char *blurb = g_strdup_printf (
      /* Translators: an argument's name. */
      _ ("Deprecated: the old name of the argument %s"), name);
  add_drawables (procedure, old_name, blurb, blurb);
}

static void
add_paint_arguments (GimpProcedure *procedure)
{
  add_drawables (procedure, "styles", _ ("Styles"),
                 _ ("Layers whose style is used"));
  gimp_procedure_add_string_array_argument (
      procedure, "style-files", _ ("Style files"),
      _ ("Picture files whose style is used"), ARGUMENT);
  gimp_procedure_add_double_array_argument (
      procedure, "weights", _ ("Weights"),
      _ ("A weight for each style, then for each style file"), ARGUMENT);
  gimp_procedure_add_string_argument (
      procedure, "weights-text", _ ("Weights as text"),
      _ ("The weights as a text such as \"3,1\", for languages that cannot "
         "pass "
         "an array of numbers"),
      "", ARGUMENT);
  add_drawables (procedure, "masks", _ ("Masks"),
                 _ ("For each style, then for each style file, the drawable "
                    "whose gray says where in the layer the style is painted; "
                    "the painted layer itself means no mask"));
  add_drawables (procedure, "style-masks", _ ("Style masks"),
                 _ ("For each style, then for each style file, the drawable "
                    "whose gray says what part of the style to learn from; "
                    "the painted layer itself means no mask"));
  gsize                count;
  const ManieraOption *option = maniera_option_table (&count);
  for (; count > 0; --count, ++option)
    add_option (procedure, option);
}

static void
add_layer_arguments (GimpProcedure *procedure)
{
  gsize                count;
  const OutputSetting *setting = output_settings (&count);
  for (; count > 0; --count, ++setting)
    add_output_setting (procedure, setting);
  add_old_name (procedure, "regions", "masks");
  add_old_name (procedure, "style-regions", "style-masks");
}

static GimpProcedure *
new_procedure (GimpPlugIn *plug_in, const char *name, const char *label)
{
  GimpProcedure *procedure = gimp_image_procedure_new (
      plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN, called, NULL, NULL);
  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*, INDEXED*");
  gimp_procedure_set_sensitivity_mask (procedure,
                                       GIMP_PROCEDURE_SENSITIVE_DRAWABLE);
  gimp_procedure_set_menu_label (procedure, label);
  gimp_procedure_add_menu_path (procedure, is_frames (name)
                                               ? "<Image>/Filters/Animation"
                                               : "<Image>/Filters/Artistic");
  g_autofree char *icon = host_own_file (MENU_ICON);
  g_autoptr (GFile) file = g_file_new_for_path (icon);
  gimp_procedure_set_icon_file (procedure, file);
  gimp_procedure_set_attribution (procedure, "The Maniera developers",
                                  "The Maniera developers", "2026");
  return procedure;
}

static GimpProcedure *
create_repeat (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure = new_procedure (plug_in, REPEAT_PROCEDURE,
                                            _ ("_Repeat Maniera Recipe..."));
  gimp_procedure_set_documentation (
      procedure,
      _ ("Paint this layer with the styles and settings of a layer that "
         "Maniera has painted"),
      _ ("Takes the recipe that plug-in-maniera attaches to each layer it "
         "paints, and paints another layer with it."),
      REPEAT_PROCEDURE);
  gimp_procedure_add_layer_argument (
      procedure, "recipe-layer", _ ("Recipe layer"),
      _ ("A layer that Maniera has painted, in any open image"), TRUE,
      ARGUMENT);
  return procedure;
}

static GimpProcedure *
create_edit (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure
      = new_procedure (plug_in, EDIT_PROCEDURE, _ ("_Edit Maniera Recipe..."));
  gimp_procedure_set_documentation (
      procedure,
      _ ("Change the styles and settings that this layer was painted with, and "
         "paint it again"),
      _ ("Takes the recipe that plug-in-maniera attaches to each layer it "
         "paints, and paints the photograph of that layer again, with what the "
         "user makes of the recipe."),
      EDIT_PROCEDURE);
  gimp_procedure_add_menu_path (procedure, "<Layers>");
  return procedure;
}

static GimpProcedure *
create_paint (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure = new_procedure (plug_in, PAINT_PROCEDURE,
                                            _ ("_Neural Style (Maniera)..."));
  gimp_procedure_set_documentation (
      procedure, _ ("Repaint a layer in the style of other pictures"),
      _ ("Neural style transfer: paints a new layer with the shapes of the "
         "given layer and the strokes and colors of the styles, which are "
         "layers or picture files."),
      PAINT_PROCEDURE);
  add_paint_arguments (procedure);
  add_layer_arguments (procedure);
  return procedure;
}

static GimpProcedure *
create_frames (GimpPlugIn *plug_in)
{
  GimpProcedure *procedure
      = new_procedure (plug_in, FRAMES_PROCEDURE,
                       _ ("_Neural Style on All Layers (Maniera)..."));
  gimp_procedure_set_sensitivity_mask (
      procedure, GIMP_PROCEDURE_SENSITIVE_DRAWABLE
                     | GIMP_PROCEDURE_SENSITIVE_DRAWABLES
                     | GIMP_PROCEDURE_SENSITIVE_NO_DRAWABLES);
  gimp_procedure_set_documentation (
      procedure,
      _ ("Repaint an animation, whose frames are layers, without flicker"),
      _ ("Paints each layer as a player shows it, the lowest first, with the "
         "same styles: each begins with the painting of the one before. The "
         "paintings are the layers of a new image."),
      FRAMES_PROCEDURE);
  add_paint_arguments (procedure);
  gimp_procedure_add_image_return_value (
      procedure, "new-image", _ ("New image"), _ ("The painted frames"), TRUE,
      G_PARAM_READWRITE);
  return procedure;
}

static GimpProcedure *
create_procedure (GimpPlugIn *plug_in, const gchar *name)
{
  if (is_frames (name))
    return create_frames (plug_in);
  GimpProcedure *procedure
      = strcmp (name, REPEAT_PROCEDURE) == 0 ? create_repeat (plug_in)
        : strcmp (name, EDIT_PROCEDURE) == 0 ? create_edit (plug_in)
                                             : create_paint (plug_in);
  gimp_procedure_add_layer_return_value (procedure, "new-layer",
                                         _ ("New layer"), _ ("The painting"),
                                         TRUE, G_PARAM_READWRITE);
  return procedure;
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
