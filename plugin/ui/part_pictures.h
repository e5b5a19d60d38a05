/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The styles' pictures in a row, with their parts in colors.
 *
 *     PartPictures *pictures = part_pictures_new (thumbnails, clicked, data);
 *     part_pictures_fill (pictures, request, maps, pairs);
 *     part_pictures_choose (pictures, 2);
 */

#ifndef MANIERA_PLUGIN_PART_PICTURES_H
#define MANIERA_PLUGIN_PART_PICTURES_H

#include "plugin/run/part_maps.h"
#include "plugin/ui/thumbnails.h"

#include <gtk/gtk.h>

typedef struct _PartPictures PartPictures;

/* `clicked` is called with the part that is clicked; 0 = none. Freed with its
 * widget. */
PartPictures *part_pictures_new (Thumbnails *thumbnails,
                                 void (*clicked) (guint part, gpointer data),
                                 gpointer data);
GtkWidget    *part_pictures_widget (PartPictures *pictures);

/* Shows the request's styles; hides itself where `maps` is NULL. Borrows maps
 * and pairs until it is filled again. */
void part_pictures_fill (PartPictures    *pictures,
                         const Request   *request,
                         const PartMaps  *maps,
                         const PartPairs *pairs);
/* Has one part stand out; 0 = none. Shows the pairs as they are now. */
void part_pictures_choose (PartPictures *pictures, guint part);

/* What the content (0) or a style is called. Free with g_free(). */
char *part_picture_name (const Request *request, guint number);

#endif
