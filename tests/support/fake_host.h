// SPDX-License-Identifier: GPL-3.0-or-later
// A GIMP of a few lines: images with drawables in memory, for tests of the plug-in's shared code.
// It defines the functions of plugin/gimp/host.h that plugin/gimp/host.c does not.

#pragma once

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gegl.h>
#include <json-glib/json-glib.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

extern "C" {
#include "plugin/gimp/host.h"
}

namespace maniera::test {

struct FakeDrawable {
    HostKind kind = HOST_LAYER;
    int image = 1;
    std::string name, image_name = "picture.xcf";
    int width = 64, height = 48, x = 0, y = 0;
    bool in_image = true;
    bool shown_in_list = true;
    std::vector<float> pixels; // R'G'B'A of a layer, one gray value of all else; in [0,1]
    std::map<std::string, std::string> attached;
    std::function<GdkPixbuf*(int side)> thumbnail;
    HostPlace place{}; // where it was inserted
    bool visible = true, plain = true;
    bool locked = false; // its pixels
    bool is_pixels = true;
    int inherits = -1; // mode and opacity, from this one
    int mask = -1;
};

// Everything that is open. Tests change it at will and clear() it.
struct FakeHost {
    std::map<int, FakeDrawable> drawables; // by id
    int newest = 0;
    std::string folder; // GIMP's
    bool selection_is_empty = true;
    bool takes_layers = true;
    std::map<int, std::pair<int, int>> canvases; // of images; else 80 x 60
    std::set<int> closed;                        // images
    std::set<int> full;                          // images that take no layers or channels
    std::string active = "1";
    std::vector<int> shown;
    std::vector<double> progress;
    std::vector<std::string> messages;
    int undo_depth = 0, undo_steps = 0; // groups that are open, and that there were

    int add(FakeDrawable drawable);
    int add_layer(const std::string& name, int image = 1, int width = 64, int height = 48);
    void clear();
};

FakeHost& fake_host();

} // namespace maniera::test
