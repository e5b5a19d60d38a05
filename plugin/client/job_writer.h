/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job as the helper reads it (docs/protocol.md), as JSON. Knows nothing of
 * GIMP.
 *
 *     JsonObject *params = job_params (&plan);
 */

#ifndef MANIERA_PLUGIN_JOB_WRITER_H
#define MANIERA_PLUGIN_JOB_WRITER_H

#include "core/options.h"
#include "plugin/client/part_pairs.h"

#include <glib.h>
#include <json-glib/json-glib.h>

/* A picture in the shared memory. */
typedef struct
{
  gint64      offset;
  gint        width; /* 0 = no picture */
  gint        height;
  gint        channels;
  const char *name; /* for messages; may be NULL */
} MemoryPicture;

typedef struct
{
  MemoryPicture picture;    /* of a layer */
  const char   *file;       /* or a file's path; NULL = the picture above */
  double        weight;     /* NAN = not given */
  double        scale;      /* 0 = as the option says */
  MemoryPicture mask;       /* where in the content the style is painted */
  MemoryPicture style_mask; /* what part of the style is learned from */
} JobStyle;

typedef struct JobPlan
{
  MemoryPicture content;
  MemoryPicture painting; /* to go on from; of width 0: none */
  gint lacking_scales; /* of the painting, with the one it was stopped at; 0 =
                          it is finished */
  gint                  lacking_steps; /* at that scale */
  const JobStyle       *styles;
  gsize                 style_count;
  PartPairs             pairs;   /* of the parts in */
  const struct JobPlan *copies;  /* small copies of content and styles; NULL =
                                    each part has its own counterpart */
  const ManieraOptions *options; /* only what is set is written */
  MemoryPicture         output;
  gint64                preview_offset;
  gint                  preview_side; /* 0 = no preview */
} JobPlan;

/* {"job": {...}}, the params of `estimate` and `stylize`. */
JsonObject *job_params (const JobPlan *plan);

/* The options that are set, as {"size": 512, "quality": "draft"}: numbers as
 * numbers, all else as text. */
JsonObject *options_to_json (const ManieraOptions *options);
/* And back. FALSE with PAINT_ERROR_INVALID_OPTION at the first unknown name or
 * value; the members before it are set in `options`. */
gboolean
options_from_json (JsonObject *object, ManieraOptions *options, GError **error);

#endif
