/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shared code needs of a GIMP. gimp2_host.c and gimp3_host.c provide
 * it, and gimp_any.c what both call the same; nothing else, but the procedures
 * in gimp2.c and gimp3.c, knows which one it runs in. Ids are GIMP's own; -1 is
 * none. */

#ifndef MANIERA_PLUGIN_HOST_H
#define MANIERA_PLUGIN_HOST_H

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gegl.h>
#include <glib.h>

#define HOST_HELP_ID "plug-in-maniera"

typedef enum
{
  HOST_LAYER,
  HOST_LAYER_MASK,
  HOST_CHANNEL,
  HOST_SELECTION,
  HOST_GROUP,
  HOST_FLOATING_SELECTION
} HostKind;

typedef struct
{
  gint  id;
  gint  image;
  char *name; /* of the layer or channel; a mask has its layer's; "" for a
                 selection */
  char    *image_name; /* as the title bar has it */
  HostKind kind;
  gint     width;
  gint     height;
  gint     offset_x; /* in the image */
  gint     offset_y;
  gboolean has_alpha;
} HostDrawable;

void host_drawable_free (HostDrawable *drawable);

/* Every drawable of every open image that is one of the kinds of `kinds` (1 <<
 * HOST_LAYER ...), images in GIMP's order, layers from the top. A selection is
 * listed where one is made. Owned elements. */
GPtrArray *host_list (guint kinds);

/* One of them; NULL when the id is (no longer) a drawable. */
HostDrawable *host_describe (gint id);

/* The layer that a mask is of; any other drawable itself. */
gint host_layer_of (gint id);

/* The drawable's picture within `side` x `side`, as GIMP shows it; NULL when
 * there is none. */
GdkPixbuf *host_thumbnail (gint id, gint side);

/* A drawable's pixels; the caller unrefs them, after which what was written is
 * in GIMP. */
GeglBuffer *host_buffer (gint id);

/* A layer's colors as four floats a pixel. GEGL gives and takes `read`, which
 * leaves the values as they are stored or undoes their curve; what those floats
 * mean is `means`, a format with the color space of the image's profile. */
typedef struct
{
  const Babl *read;
  const Babl *means;
} HostColors;

HostColors host_colors (gint layer);

gboolean host_selection_is_empty (gint image);
gint     host_selection (gint image); /* its drawable */

/* A layer like `like` (size, kind, alpha, offsets, mask), not yet in the image,
 * empty. */
gint host_layer_new (gint like, const char *name);
/* One undo step; shows it. FALSE when GIMP refuses. */
gboolean host_layer_insert_above (gint layer, gint like);
void     host_layer_delete (gint layer); /* one that was not inserted */

/* The text that is kept with a layer under a name. NULL = none. */
void  host_attach (gint layer, const char *name, const char *text);
char *host_attached (gint layer, const char *name);

/* Progress in GIMP's own place, for runs without our dialog. A text starts it,
 * NULL ends it. */
void host_progress_start (const char *text);
void host_progress_set (double fraction);
void host_progress_end (void);

void host_message (const char *text); /* where GIMP shows messages */

const char *
host_folder (void); /* the user's GIMP folder, where settings are kept */
const char *host_name (void);    /* "GIMP 2.10.34" */
const char *host_session (void); /* the same for as long as this GIMP runs: ids
                                    mean nothing after it */

/* A file or folder that is installed with the plug-in, beside it. Free. */
char *host_own_file (const char *name);

/* Windows. */
gboolean
host_ui_start (GError **error); /* PAINT_ERROR_HOST where there is no display */
void
host_window_attach (void *gtk_window); /* keeps it above the image's window */
void host_help (void);

#endif
