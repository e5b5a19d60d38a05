/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences of what can go wrong. */

#include "plugin/client/errors.h"

#include "helper/messages/protocol.h"
#include "plugin/i18n.h"

#include <string.h>

/* By PaintErrorCode. A sentence says to the user what happened, then what to
 * do. */
static const struct
{
  const char *wire; /* NULL = never on the wire */
  const char *sentence;
} errors[] = {
  { "protocol-mismatch",
    N_ ("Maniera's plug-in and its painting program have different versions. "
        "Install Maniera again, then restart GIMP.") },
  { "invalid-request", N_ ("This cannot be painted as requested. Correct what "
                           "is named below, then try again.") },
  { "invalid-option",
    N_ ("One of the settings has a value that cannot be used. "
        "Change it, or reset the settings.") },
  { "unreadable-image", N_ ("A picture cannot be read. Choose another one, or "
                            "open it in GIMP and export it as PNG.") },
  { "unreadable-model",
    N_ ("The model that Maniera paints with is damaged, or of a kind that "
        "Maniera cannot read. Fetch it again, or choose another model.") },
  { "no-model",
    N_ ("The model that Maniera paints with was not found. Fetch it "
        "with the button in the dialog, or with \"maniera models "
        "fetch\" in a terminal.") },
  { "no-device",
    N_ ("This computer does not have the device that was chosen. Set "
        "\"Device\" to auto.") },
  { "out-of-memory",
    N_ ("There is not enough memory for this painting. Choose a smaller size, "
        "or close other images and programs.") },
  { "no-space", N_ ("The disk is full. Free some space, then try again.") },
  { "stopped", N_ ("The painting was stopped.") },
  { "internal", N_ ("Something went wrong inside Maniera. Try again. If it "
                    "happens again, report it with the details below.") },
  { NULL, N_ ("The painting program, \"maniera\", was not found. Install "
              "Maniera again, or set MANIERA_HELPER to its path.") },
  { NULL, N_ ("The painting program is there but cannot be started. Install "
              "Maniera again.") },
  { NULL, N_ ("The painting program ended before it was done. Try again. If it "
              "happens again, choose a smaller size.") },
  { NULL, N_ ("The painting program stopped responding, so it was ended. "
              "Close other programs, then try again.") },
  { NULL, N_ ("The painting program sent something that the plug-in does not "
              "understand. Install Maniera again, then restart GIMP.") },
  { NULL, N_ ("GIMP refused something that the plug-in asked for. See the "
              "details below, then try again.") },
};

G_STATIC_ASSERT (G_N_ELEMENTS (errors) == PAINT_ERROR_HOST + 1);

G_DEFINE_QUARK (maniera - paint - error, paint_error)

PaintErrorCode
paint_error_from_wire (const char *name)
{
  for (gsize i = 0; name && i < G_N_ELEMENTS (errors); ++i)
    if (errors[i].wire && strcmp (errors[i].wire, name) == 0)
      return (PaintErrorCode)i;
  return PAINT_ERROR_INTERNAL;
}

static const struct
{
  const char *about, *sentence;
} warnings[] = {
  { MANIERA_ABOUT_SMALLER_TILES,
    N_ ("Memory is short: the painting goes on in smaller tiles, which takes "
        "longer.") },
  { MANIERA_ABOUT_SWAPPING,
    N_ ("This computer has begun to swap, which makes painting many times "
        "slower. Close other programs, or stop and choose a smaller size.") },
  { MANIERA_ABOUT_ODD_VALUES,
    N_ ("A layer has values that are not numbers. They count as black or "
        "white.") },
};

const char *
paint_warning (const char *about, const char *text)
{
  for (gsize i = 0; about && i < G_N_ELEMENTS (warnings); ++i)
    if (strcmp (warnings[i].about, about) == 0)
      return _ (warnings[i].sentence);
  return text;
}

GError *
paint_error_new (PaintErrorCode code, const char *detail)
{
  const char    *sentence = _ (errors[code].sentence);
  const gboolean more = detail && *detail;
  return g_error_new (PAINT_ERROR, (gint)code, "%s%s%s", sentence,
                      more ? "\n" : "", more ? detail : "");
}
