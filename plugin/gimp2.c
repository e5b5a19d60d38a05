/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plug-in as GIMP 2.10 sees it: its procedures and their arguments. */

#include "plugin/gimp/gimp_any.h"
#include "plugin/gimp/host.h"
#include "plugin/i18n.h"
#include "plugin/procedures.h"
#include "plugin/run/arguments.h"
#include "plugin/run/run.h"

#include <libgimp/gimp.h>
#include <string.h>

#define AUTHORS "The Maniera developers"
#define DATE    "2026"

/* In 2.10 every argument must be given, and a count comes before each array. */
static const GimpParamDef paint_arguments[] = {
  { GIMP_PDB_INT32, "run-mode",
    "The run mode { RUN-INTERACTIVE (0), RUN-NONINTERACTIVE (1), "
    "RUN-WITH-LAST-VALS (2) }" },
  { GIMP_PDB_IMAGE, "image", "The image" },
  { GIMP_PDB_DRAWABLE, "drawable",
    "The layer to paint; where all are painted, any" },
  { GIMP_PDB_INT32, "num-styles", "Number of style layers" },
  { GIMP_PDB_INT32ARRAY, "styles", "Layers whose style is used" },
  { GIMP_PDB_STRING, "style-files",
    "Picture files whose style is used, one path a line" },
  { GIMP_PDB_INT32, "num-weights", "Number of weights, or 0" },
  { GIMP_PDB_FLOATARRAY, "weights",
    "A weight for each style, then for each style file" },
  { GIMP_PDB_INT32, "num-masks", "Number of masks, or 0" },
  { GIMP_PDB_INT32ARRAY, "masks",
    "For each style, then for each style file, the drawable whose gray says "
    "where in the layer the style is painted, or -1" },
  { GIMP_PDB_INT32, "num-style-masks", "Number of style masks, or 0" },
  { GIMP_PDB_INT32ARRAY, "style-masks",
    "For each style, then for each style file, the drawable whose gray says "
    "what part of the style to learn from, or -1" },
  { GIMP_PDB_STRING, "options",
    "Settings by the names of the command line's options, such as "
    "\"size=512 quality=draft\", and of the output: placement=new-layer, "
    "replace, hide-original or new-image, and layer-mode=normal or inherited; "
    "\"\" takes the defaults" },
};

static const GimpParamDef repeat_arguments[] = {
  { GIMP_PDB_INT32, "run-mode",
    "The run mode { RUN-INTERACTIVE (0), RUN-NONINTERACTIVE (1) }" },
  { GIMP_PDB_IMAGE, "image", "The image" },
  { GIMP_PDB_DRAWABLE, "drawable", "The layer to paint" },
  { GIMP_PDB_LAYER, "recipe-layer",
    "A layer that Maniera has painted, in any open image" },
};

static const GimpParamDef edit_arguments[] = {
  { GIMP_PDB_INT32, "run-mode",
    "The run mode { RUN-INTERACTIVE (0), RUN-NONINTERACTIVE (1) }" },
  { GIMP_PDB_IMAGE, "image", "The image" },
  { GIMP_PDB_DRAWABLE, "drawable", "A layer that Maniera has painted" },
};

static const GimpParamDef new_layer
    = { GIMP_PDB_LAYER, "new-layer", "The painting" };
static const GimpParamDef new_image
    = { GIMP_PDB_IMAGE, "new-image", "The painted frames" };

static gboolean
is_frames (const char *name)
{
  return strcmp (name, FRAMES_PROCEDURE) == 0;
}

static void
install (const char         *name,
         const char         *blurb,
         const char         *help,
         const char         *label,
         const GimpParamDef *arguments,
         gint                count)
{
  g_autofree char *icon = host_own_file (MENU_ICON);
  gimp_install_procedure (name, blurb, help, AUTHORS, AUTHORS, DATE, label,
                          "RGB*, GRAY*, INDEXED*", GIMP_PLUGIN, count, 1,
                          arguments,
                          is_frames (name) ? &new_image : &new_layer);
  gimp_plugin_menu_register (name, is_frames (name)
                                       ? "<Image>/Filters/Animation"
                                       : "<Image>/Filters/Artistic");
  gimp_plugin_icon_register (name, GIMP_ICON_TYPE_IMAGE_FILE,
                             (const guint8 *)icon);
}

static void
query (void)
{
  g_autofree char *locale = locale_folder ();
  gimp_plugin_domain_register (MANIERA_TEXT_DOMAIN, locale);
  g_autofree char *help = host_own_file (HELP_FOLDER);
  g_autofree char *help_uri = g_filename_to_uri (help, NULL, NULL);
  gimp_plugin_help_register (HELP_DOMAIN, help_uri);
  /* GIMP itself translates labels and blurbs. */
  install (PAINT_PROCEDURE,
           N_ ("Repaint a layer in the style of other pictures"),
           "Neural style transfer: paints a new layer with the shapes of the "
           "given layer and the strokes and colors of the styles, which are "
           "layers or picture files.",
           N_ ("_Neural Style (Maniera)..."), paint_arguments,
           G_N_ELEMENTS (paint_arguments));
  install (REPEAT_PROCEDURE,
           N_ ("Paint this layer with the styles and settings of a layer that "
               "Maniera has painted"),
           "Takes the recipe that plug-in-maniera attaches to each layer it "
           "paints, and paints another layer with it.",
           N_ ("_Repeat Maniera Recipe..."), repeat_arguments,
           G_N_ELEMENTS (repeat_arguments));
  install (EDIT_PROCEDURE,
           N_ ("Change the styles and settings that this layer was painted "
               "with, and paint it again"),
           "Takes the recipe that plug-in-maniera attaches to each layer it "
           "paints, and paints the photograph of that layer again, with what "
           "the user makes of the recipe.",
           N_ ("_Edit Maniera Recipe..."), edit_arguments,
           G_N_ELEMENTS (edit_arguments));
  gimp_plugin_menu_register (EDIT_PROCEDURE, "<Layers>");
  install (FRAMES_PROCEDURE,
           N_ ("Repaint an animation, whose frames are layers, without "
               "flicker"),
           "Paints each layer as a player shows it, the lowest first, with the "
           "same styles: each begins with the painting of the one before. The "
           "paintings are the layers of a new image.",
           N_ ("_Neural Style on All Layers (Maniera)..."), paint_arguments,
           G_N_ELEMENTS (paint_arguments));
}

static gint
paint_by_arguments (const GimpParam *params, gboolean frames, GError **error)
{
  g_auto (GStrv) files = arguments_lines (params[5].data.d_string);
  const Arguments arguments = {
    .image = params[1].data.d_image,
    .drawable = params[2].data.d_drawable,
    .frames = frames,
    .styles = params[4].data.d_int32array,
    .style_count = (gsize)MAX (0, params[3].data.d_int32),
    .files = (const char *const *)files,
    .weights = params[7].data.d_floatarray,
    .weight_count = (gsize)MAX (0, params[6].data.d_int32),
    .masks = params[9].data.d_int32array,
    .mask_count = (gsize)MAX (0, params[8].data.d_int32),
    .style_masks = params[11].data.d_int32array,
    .style_mask_count = (gsize)MAX (0, params[10].data.d_int32),
  };
  const char *options = params[12].data.d_string;
  g_autoptr (Request) request = arguments_to_request (&arguments, error);
  if (!request
      || !arguments_set_options (request, options ? options : "", error))
    return -1;
  return run_to_end (request, error);
}

static gint
paint (const GimpParam *params, GError **error)
{
  const gint image = params[1].data.d_image;
  const gint drawable = params[2].data.d_drawable;
  switch (params[0].data.d_int32)
    {
    case GIMP_RUN_INTERACTIVE:
      return paint_with_dialog (image, drawable, error);
    case GIMP_RUN_WITH_LAST_VALS:
      return paint_again (image, drawable, error);
    default:
      return paint_by_arguments (params, FALSE, error);
    }
}

static gint
paint_frames (const GimpParam *params, GError **error)
{
  const gint image = params[1].data.d_image;
  switch (params[0].data.d_int32)
    {
    case GIMP_RUN_INTERACTIVE:
      return paint_frames_with_dialog (image, error);
    case GIMP_RUN_WITH_LAST_VALS:
      return paint_frames_again (image, error);
    default:
      return paint_by_arguments (params, TRUE, error);
    }
}

static gint
repeat (const GimpParam *params, GError **error)
{
  const gint image = params[1].data.d_image;
  const gint drawable = params[2].data.d_drawable;
  if (params[0].data.d_int32 == GIMP_RUN_NONINTERACTIVE)
    return repeat_recipe (image, drawable, params[3].data.d_layer, error);
  return repeat_with_dialog (image, drawable, error);
}

static gint
edit (const GimpParam *params, GError **error)
{
  const gint image = params[1].data.d_image;
  const gint drawable = params[2].data.d_drawable;
  switch (params[0].data.d_int32)
    {
    case GIMP_RUN_INTERACTIVE:
      return edit_with_dialog (image, drawable, error);
    case GIMP_RUN_WITH_LAST_VALS:
      return paint_again (image, drawable, error);
    default:
      return repaint (image, drawable, error);
    }
}

static gint
call (const char *name, const GimpParam *params, GError **error)
{
  if (strcmp (name, REPEAT_PROCEDURE) == 0)
    return repeat (params, error);
  if (strcmp (name, EDIT_PROCEDURE) == 0)
    return edit (params, error);
  if (is_frames (name))
    return paint_frames (params, error);
  return paint (params, error);
}

static void
run (const gchar     *name,
     gint             n_params,
     const GimpParam *params,
     gint            *n_values,
     GimpParam      **values)
{
  static GimpParam returned[2]; /* GIMP reads it after the call */
  static GError   *error = NULL;
  (void)n_params; /* GIMP refuses calls with fewer */
  procedures_set_up ();
  const gint layer = call (name, params, &error);
  *values = returned;
  *n_values = 2;
  returned[0].type = GIMP_PDB_STATUS;
  if (error && any_status_of (error) != GIMP_PDB_CANCEL)
    {
      returned[0].data.d_status = any_status_of (error);
      returned[1].type = GIMP_PDB_STRING;
      returned[1].data.d_string = error->message;
    }
  else if (layer < 0)
    {
      returned[0].data.d_status = GIMP_PDB_CANCEL;
      *n_values = 1;
    }
  else
    {
      returned[0].data.d_status = GIMP_PDB_SUCCESS;
      returned[1].type = is_frames (name) ? GIMP_PDB_IMAGE : GIMP_PDB_LAYER;
      if (is_frames (name))
        returned[1].data.d_image = image_of_layer (layer);
      else
        returned[1].data.d_layer = layer;
    }
}

const GimpPlugInInfo PLUG_IN_INFO = { NULL, NULL, query, run };

MAIN ()
