/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences of what can go wrong. */

#include "plugin/client/errors.h"

#include "helper/messages/protocol.h"
#include "plugin/i18n.h"

#include <string.h>

/* By PaintErrorCode. The sentences are for people who paint: what happened,
 * then what to do. */
static const struct
{
  const char *wire; /* NULL = never on the wire */
  const char *sentence;
} errors[] = {
  { "protocol-mismatch",
    N_ ("Maniera's plug-in and the program that paints for it are of different "
        "versions. Install Maniera again, then restart GIMP.") },
  { "invalid-request", N_ ("This cannot be painted as it was asked for. Change "
                           "what follows, then try again.") },
  { "invalid-option",
    N_ ("One of the settings has a value that cannot be used. "
        "Change it, or reset the settings.") },
  { "unreadable-image", N_ ("A picture cannot be read. Choose another one, or "
                            "open it in GIMP and export it as PNG.") },
  { "unreadable-model",
    N_ ("The network that Maniera paints with is damaged, or of a kind that it "
        "cannot read. Fetch it again, or choose another model.") },
  { "no-model", N_ ("The network that Maniera paints with was not found. Fetch "
                    "it: the dialog offers that, and so does \"maniera models "
                    "fetch\" in a terminal.") },
  { "no-device",
    N_ ("This computer does not have the device that was chosen to "
        "compute on. Set \"Device\" to auto.") },
  { "out-of-memory",
    N_ ("There is not enough memory for this painting. Choose a smaller size, "
        "or close other images and programs.") },
  { "no-space", N_ ("The disk is full. Make room on it, then try again.") },
  { "stopped", N_ ("The painting was stopped.") },
  { "internal", N_ ("Something went wrong inside Maniera. Try again; if it "
                    "happens again, report it together with what follows.") },
  { NULL, N_ ("The program that paints, \"maniera\", was not found. Install "
              "Maniera again, or set MANIERA_HELPER to where the program "
              "is.") },
  { NULL, N_ ("The program that paints is there but cannot be started. Install "
              "Maniera again.") },
  { NULL, N_ ("The program that paints ended before it was done. Try again, "
              "with a smaller size if that happens again.") },
  { NULL, N_ ("The program that paints gave no sign of life, so it was ended. "
              "Close other programs, then try again.") },
  { NULL, N_ ("The program that paints said what the plug-in does not "
              "understand. Install Maniera again, then restart GIMP.") },
  { NULL, N_ ("GIMP refused to do what the plug-in asked for. Look at what "
              "follows, then try again.") },
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
    N_ ("Memory is short: the painting goes on in smaller parts, which takes "
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
