/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The procedures as GIMP 3 lists them: their menus, texts and arguments. */

#ifndef MANIERA_PLUGIN_GIMP3_PROCEDURES_H
#define MANIERA_PLUGIN_GIMP3_PROCEDURES_H

#include <libgimp/gimp.h>

/* A number that was not given; below every option's least value. */
enum
{
  UNSET = -1
};

/* Whether the procedure paints all layers of an image. */
gboolean paints_frames (const char *procedure);

/* One of those in plugin/procedures.h. */
GimpProcedure *
procedure_new (GimpPlugIn *plug_in, const char *name, GimpRunImageFunc called);

#endif
