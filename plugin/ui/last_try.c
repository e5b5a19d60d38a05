/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "plugin/ui/last_try.h"

#include "plugin/gimp/host.h"

void
last_try_yield (gint last, gint now, gint content, gboolean leaves)
{
  HostDrawable *old = last < 0 ? NULL : host_describe (last);
  HostDrawable *newest = host_describe (now);
  if (old && newest && old->image == newest->image)
    {
      if (leaves)
        host_layer_remove (last);
      else
        {
          host_layer_put_above (now, last);
          if (!host_layer_is_visible (content))
            host_layer_hide (last);
        }
    }
  host_drawable_free (old);
  host_drawable_free (newest);
}

gboolean
last_try_fits (gint last, gint content)
{
  HostDrawable  *painting = last < 0 ? NULL : host_describe (last);
  HostDrawable  *layer = host_describe (content);
  const gboolean fits = painting && layer && painting->width == layer->width
                        && painting->height == layer->height;
  host_drawable_free (painting);
  host_drawable_free (layer);
  return fits;
}
