/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "plugin/gimp3_procedures.h"

#include "core/options.h"
#include "plugin/client/output.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/procedures.h"

#include <string.h>

/* We keep last values ourselves: GIMP's own cannot hold drawables. */
#define ARGUMENT (G_PARAM_READWRITE | GIMP_PARAM_DONT_SERIALIZE)

/* GIMP 3.0 refuses an object array that is empty or left out, unless it is not
 * validated. */
#define OBJECTS (ARGUMENT | GIMP_PARAM_NO_VALIDATE | G_PARAM_LAX_VALIDATION)

typedef struct
{
  GimpPlugIn      *plug_in;
  GimpRunImageFunc called;
} Caller;

gboolean
paints_frames (const char *procedure)
{
  return strcmp (procedure, FRAMES_PROCEDURE) == 0;
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
new_procedure (const Caller *caller, const char *name, const char *label)
{
  GimpProcedure *procedure = gimp_image_procedure_new (
      caller->plug_in, name, GIMP_PDB_PROC_TYPE_PLUGIN, caller->called, NULL,
      NULL);
  gimp_procedure_set_image_types (procedure, "RGB*, GRAY*, INDEXED*");
  gimp_procedure_set_sensitivity_mask (procedure,
                                       GIMP_PROCEDURE_SENSITIVE_DRAWABLE);
  gimp_procedure_set_menu_label (procedure, label);
  gimp_procedure_add_menu_path (procedure, paints_frames (name)
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
create_repeat (const Caller *caller)
{
  GimpProcedure *procedure = new_procedure (caller, REPEAT_PROCEDURE,
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
create_edit (const Caller *caller)
{
  GimpProcedure *procedure
      = new_procedure (caller, EDIT_PROCEDURE, _ ("_Edit Maniera Recipe..."));
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
create_paint (const Caller *caller)
{
  GimpProcedure *procedure = new_procedure (caller, PAINT_PROCEDURE,
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
create_frames (const Caller *caller)
{
  GimpProcedure *procedure = new_procedure (
      caller, FRAMES_PROCEDURE, _ ("_Neural Style on All Layers (Maniera)..."));
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

GimpProcedure *
procedure_new (GimpPlugIn *plug_in, const char *name, GimpRunImageFunc called)
{
  const Caller caller = { plug_in, called };
  if (paints_frames (name))
    return create_frames (&caller);
  GimpProcedure *procedure
      = strcmp (name, REPEAT_PROCEDURE) == 0 ? create_repeat (&caller)
        : strcmp (name, EDIT_PROCEDURE) == 0 ? create_edit (&caller)
                                             : create_paint (&caller);
  gimp_procedure_add_layer_return_value (procedure, "new-layer",
                                         _ ("New layer"), _ ("The painting"),
                                         TRUE, G_PARAM_READWRITE);
  return procedure;
}
