// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_host.h"

#include <algorithm>

namespace maniera::test {

FakeHost& fake_host() {
    static FakeHost host;
    return host;
}

int FakeHost::add(FakeDrawable drawable) {
    const int channels = drawable.kind == HOST_LAYER ? 4 : 1;
    if (drawable.pixels.empty())
        for (int i = 0; i < drawable.width * drawable.height * channels; ++i)
            drawable.pixels.push_back(
                channels == 4 && i % 4 == 3 ? 1.0f : static_cast<float>(i % 251) / 250);
    drawables[++newest] = std::move(drawable);
    return newest;
}

int FakeHost::add_layer(const std::string& name, int image, int width, int height) {
    FakeDrawable layer;
    layer.name = name;
    layer.image = image;
    layer.image_name = "picture" + std::to_string(image) + ".xcf";
    layer.width = width;
    layer.height = height;
    return add(layer);
}

void FakeHost::clear() {
    const int last = newest;
    *this = FakeHost();
    newest = last; // GIMP's ids do not come again
}

static HostDrawable* describe(int id, const FakeDrawable& from) {
    HostDrawable* drawable = g_new0(HostDrawable, 1);
    drawable->id = id;
    drawable->image = from.image;
    drawable->name = g_strdup(from.name.c_str());
    drawable->image_name = g_strdup(from.image_name.c_str());
    drawable->kind = from.kind;
    drawable->width = from.width;
    drawable->height = from.height;
    drawable->offset_x = from.x;
    drawable->offset_y = from.y;
    return drawable;
}

} // namespace maniera::test

using namespace maniera::test;

extern "C" {

GPtrArray* host_list(guint kinds) {
    GPtrArray* list = host_drawables_new();
    for (const auto& [id, drawable] : fake_host().drawables)
        if (drawable.in_image && drawable.shown_in_list && (kinds >> drawable.kind & 1))
            g_ptr_array_add(list, describe(id, drawable));
    return list;
}

HostDrawable* host_describe(gint id) {
    const auto found = fake_host().drawables.find(id);
    return found == fake_host().drawables.end() ? nullptr : describe(id, found->second);
}

GdkPixbuf* host_thumbnail(gint id, gint side) {
    const auto& thumbnail = fake_host().drawables.at(id).thumbnail;
    return thumbnail ? thumbnail(side) : nullptr;
}

GdkPixbuf* host_thumbnail_alpha(gint id, gint side) {
    const FakeDrawable& from = fake_host().drawables.at(id);
    const double scale = static_cast<double>(side) / std::max(from.width, from.height);
    const int width = std::max(1, static_cast<int>(from.width * scale + 0.5));
    const int height = std::max(1, static_cast<int>(from.height * scale + 0.5));
    const bool layer = from.kind == HOST_LAYER;
    GdkPixbuf* small = gdk_pixbuf_new(GDK_COLORSPACE_RGB, layer, 8, width, height);
    const int channels = layer ? 4 : 3;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < channels; ++c) {
                const int at = (y * from.height / height) * from.width + x * from.width / width;
                const float value =
                    from.pixels.at(static_cast<std::size_t>(layer ? at * 4 + c : at));
                gdk_pixbuf_get_pixels(
                    small)[y * gdk_pixbuf_get_rowstride(small) + x * channels + c] =
                    static_cast<guchar>(value * 255 + 0.5f);
            }
    return small;
}

GeglBuffer* host_buffer(gint id) {
    FakeDrawable& drawable = fake_host().drawables.at(id);
    const Babl* format = babl_format(drawable.kind == HOST_LAYER ? "R'G'B'A float" : "Y float");
    // Over the drawable's own pixels: what is written is there at once.
    return gegl_buffer_linear_new_from_data(drawable.pixels.data(), format,
                                            GEGL_RECTANGLE(0, 0, drawable.width, drawable.height),
                                            GEGL_AUTO_ROWSTRIDE, nullptr, nullptr);
}

GeglBuffer* host_pixels(gint id) { return host_buffer(id); }

HostColors host_colors(gint) {
    const Babl* format = babl_format("R'G'B'A float");
    return {format, format};
}

gboolean host_selection_is_empty(gint) { return fake_host().selection_is_empty; }

gint host_selection(gint image) {
    for (const auto& [id, drawable] : fake_host().drawables)
        if (drawable.kind == HOST_SELECTION && drawable.image == image)
            return id;
    return -1;
}

gboolean host_image_size(gint image, gint* width, gint* height) {
    const auto found = fake_host().canvases.find(image);
    const auto size = found == fake_host().canvases.end() ? std::pair(80, 60) : found->second;
    *width = size.first;
    *height = size.second;
    return fake_host().closed.count(image) == 0;
}

char* host_active(gint) { return g_strdup(fake_host().active.c_str()); }

gint host_image_new(gint width, gint height, const Babl*, gint) {
    const int image = 1000 + ++fake_host().newest;
    fake_host().canvases[image] = {width, height};
    return image;
}

void host_image_show(gint image) { fake_host().shown.push_back(image); }
void host_image_delete(gint image) { fake_host().canvases.erase(image); }

gint host_layer_new(gint image, const char* name, gint width, gint height, gboolean) {
    const int id = fake_host().add_layer(name, image, width, height);
    FakeDrawable& layer = fake_host().drawables.at(id);
    layer.in_image = false;
    layer.pixels.assign(layer.pixels.size(), 0);
    return id;
}

gboolean host_layer_insert(gint layer, gint image, const HostPlace* place) {
    FakeDrawable& inserted = fake_host().drawables.at(layer);
    inserted.in_image = fake_host().takes_layers && fake_host().full.count(image) == 0;
    inserted.place = *place;
    return inserted.in_image;
}

void host_layer_delete(gint layer) { fake_host().drawables.erase(layer); }

void host_layer_put_above(gint, gint) {}
void host_layer_remove(gint layer) { fake_host().drawables.erase(layer); }

gint host_channel_new(gint image, const char* name) {
    FakeDrawable channel;
    channel.kind = HOST_CHANNEL;
    channel.name = name;
    channel.image = image;
    host_image_size(image, &channel.width, &channel.height);
    channel.in_image = channel.visible = false;
    channel.pixels.assign(static_cast<std::size_t>(channel.width) * channel.height, 0.25f);
    return fake_host().add(channel);
}

gboolean host_channel_insert(gint channel, gint image) {
    if (fake_host().full.count(image) > 0)
        fake_host().drawables.erase(channel);
    else
        fake_host().drawables.at(channel).in_image = true;
    return fake_host().full.count(image) == 0;
}

void host_undo_start(gint) { fake_host().undo_steps += fake_host().undo_depth++ == 0; }
void host_undo_end(gint) { --fake_host().undo_depth; }
void host_undo_pause(gint) {}
void host_undo_resume(gint) {}
void host_layer_hide(gint layer) { fake_host().drawables.at(layer).visible = false; }
gboolean host_layer_is_visible(gint layer) { return fake_host().drawables.at(layer).visible; }
gboolean host_layer_is_plain(gint layer) { return fake_host().drawables.at(layer).plain; }
gboolean host_layer_is_pixels(gint layer) { return fake_host().drawables.at(layer).is_pixels; }
void host_layer_inherit(gint layer, gint from) { fake_host().drawables.at(layer).inherits = from; }
gint host_mask_of(gint layer) { return fake_host().drawables.at(layer).mask; }

gboolean host_layer_take(gint layer, gint from) {
    FakeDrawable& to = fake_host().drawables.at(layer);
    if (!to.locked)
        to.pixels = fake_host().drawables.at(from).pixels;
    return !to.locked;
}

void host_attach(gint layer, const char* name, const char* text) {
    fake_host().drawables.at(layer).attached[name] = text;
}

char* host_attached(gint layer, const char* name) {
    const auto& attached = fake_host().drawables.at(layer).attached;
    const auto found = attached.find(name);
    return found == attached.end() ? nullptr : g_strdup(found->second.c_str());
}

void host_progress_start(const char*) { fake_host().progress.clear(); }
void host_message(const char* text) { fake_host().messages.emplace_back(text); }
void host_progress_set(double fraction) { fake_host().progress.push_back(fraction); }
void host_progress_end(void) {}

const char* host_folder(void) { return fake_host().folder.c_str(); }
const char* host_cache_folder(void) {
    static std::string folder;
    folder = fake_host().folder + "/cache";
    return folder.c_str();
}

gboolean host_ui_start(GError**) { return FALSE; }
void host_window_attach(void*) {}
}
