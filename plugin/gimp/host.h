/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shared code needs of a GIMP, whatever its version.
 *
 *     g_autoptr (GPtrArray) layers = host_list (1u << HOST_LAYER);
 *     const HostDrawable *first = g_ptr_array_index (layers, 0);
 *     g_autoptr (GeglBuffer) pixels = host_pixels (first->id);
 *
 * gimp2_host.c and gimp3_host.c each implement it for their GIMP. gimp_any.c
 * has the functions that are the same in both. Only these and the procedures in
 * gimp2.c and gimp3.c know which GIMP they run in. Ids are GIMP's own; -1 is
 * none. */

#ifndef MANIERA_PLUGIN_HOST_H
#define MANIERA_PLUGIN_HOST_H

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gegl.h>
#include <glib.h>

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
  gint     id;
  gint     image;
  char    *name;       /* a layer mask has its layer's; "" for a selection */
  char    *image_name; /* as the title bar has it */
  HostKind kind;
  gint     width; /* px */
  gint     height;
  gint     offset_x; /* px, in the image */
  gint     offset_y;
} HostDrawable;

void host_drawable_free (HostDrawable *drawable);

/* An empty list that owns its elements. */
GPtrArray *host_drawables_new (void);

/* Every drawable of the `kinds` (1u << HOST_LAYER | ...) in every open image:
 * images in GIMP's order, layers from the top. A selection is listed only where
 * it is not empty. The list owns its elements. */
GPtrArray *host_list (guint kinds);

/* One of them; NULL when the id is (no longer) a drawable. */
HostDrawable *host_describe (gint id);

/* The layer that a layer mask belongs to; any other drawable itself. */
gint host_layer_of (gint id);

/* The picture of host_pixels() within `side` x `side`; NULL when there is none.
 */
GdkPixbuf *host_thumbnail (gint id, gint side);
/* The same with its alpha, where it has one, in place of a checkerboard. */
GdkPixbuf *host_thumbnail_alpha (gint id, gint side);

/* A drawable's pixels to read, as it looks by itself: with the effects that
 * stay live on a layer, without its mask, opacity and mode. NULL when GIMP
 * refuses. */
GeglBuffer *host_pixels (gint id);
/* The pixels of a drawable without effects. What is written to them reaches
 * GIMP when the caller unrefs them. */
GeglBuffer *host_buffer (gint id);

/* A layer's colors as four floats a pixel. GEGL reads and writes them in the
 * format `read`. The same floats are colors in the format `means`, which has
 * the color space of the image's profile. */
typedef struct
{
  const Babl *read;
  const Babl *means;
} HostColors;

HostColors host_colors (gint layer);

gboolean host_selection_is_empty (gint image);
gint     host_selection (gint image); /* its drawable */

/* FALSE when the image is closed. */
gboolean host_image_size (gint image, gint *width, gint *height);
/* The ids of what is active there, as a text to compare. Free with g_free(). */
char *host_active (gint image);

/* An empty RGB image whose precision holds the components of `like`, without a
 * window. It has the resolution and, where they are RGB too, the color profile
 * of the image `from`, if that is still open. */
gint host_image_new (gint width, gint height, const Babl *like, gint from);
void host_image_show (gint image);
void host_image_delete (gint image); /* one that was not shown */

/* An empty layer of the image's type, not yet in it; -1 when GIMP refuses. */
gint host_layer_new (
    gint image, const char *name, gint width, gint height, gboolean alpha);

/* Where a new layer goes. */
typedef struct
{
  gint above;    /* the layer below it, whose layer mask it gets a copy of; -1 =
                    it goes to the top of its image */
  gint     x, y; /* px, in the image */
  gint     width; /* px that it is scaled to; 0 = it keeps its size */
  gint     height;
  gboolean active; /* it becomes the active layer; else what is active stays */
} HostPlace;

/* In one undo step. FALSE when GIMP refuses. */
gboolean host_layer_insert (gint layer, gint image, const HostPlace *place);
void     host_layer_delete (gint layer); /* one that was not inserted */
void     host_layer_remove (gint layer); /* one that is in an image */
/* Moves a layer to above another one of its image. */
void host_layer_put_above (gint layer, gint other);

/* A channel of an image's size that is not seen, not yet in it; -1 when GIMP
 * refuses. */
gint host_channel_new (gint image, const char *name);
/* Puts it on top of the image's channels, under another name where there is one
 * of its name. What is active stays. FALSE when GIMP refuses: the channel is
 * gone. */
gboolean host_channel_insert (gint channel, gint image);

/* Whatever is done between the two is one undo step of the image. */
void host_undo_start (gint image);
void host_undo_end (gint image);

/* What is done between the two is no step at all. */
void host_undo_pause (gint image);
void host_undo_resume (gint image);

void     host_layer_hide (gint layer);
gboolean host_layer_is_visible (gint layer);
gboolean host_layer_is_plain (gint layer); /* opaque, in the mode Normal */
/* FALSE where other pixels would not be what is seen, or would end what they
 * are made of: effects, text, a linked file, paths. */
gboolean host_layer_is_pixels (gint layer);
/* Gives a layer the mode and the opacity of another. */
void host_layer_inherit (gint layer, gint from);
/* Gives a layer in an image the pixels of one of its size that is in none,
 * whatever is selected. FALSE when GIMP refuses, as where they are locked. */
gboolean host_layer_take (gint layer, gint from);
/* A layer's mask; -1 = none. */
gint host_mask_of (gint layer);

/* The text that is kept with a layer under a name. NULL = none. */
void  host_attach (gint layer, const char *name, const char *text);
char *host_attached (gint layer, const char *name);

/* Progress where GIMP shows it, for runs without our dialog; 0 to 1. */
void host_progress_start (const char *text);
void host_progress_set (double fraction);
void host_progress_end (void);

void host_message (const char *text); /* where GIMP shows messages */

/* The user's GIMP folder, where settings are kept. */
const char *host_folder (void);
/* Where what can be made again is kept. */
const char *host_cache_folder (void);
/* A name of this run of GIMP. Ids are valid only within it. */
const char *host_session (void);

/* The path of a file or folder that is installed beside the plug-in. Free with
 * g_free(). */
char *host_own_file (const char *name);

/* Before the first window. FALSE with PAINT_ERROR_HOST where there is no
 * display. */
gboolean host_ui_start (GError **error);
/* Keeps a GtkWindow above the image's window. */
void host_window_attach (void *gtk_window);

#endif
