// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/pack_checks.h"

#include "core/error.h"
#include "core/objective/style_pack.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace maniera {
namespace {

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::invalid_option, why); }

void check_options(const StylePack& pack, const ResolvedOptions& resolved) {
    const auto same = [&](const char* name, int chosen, const std::string& made_with) {
        const std::string word = maniera_option_find(name)->choices[chosen];
        if (word != made_with)
            refuse("The style pack " + pack.file + " was made with --" + name + " " + made_with +
                   ", and this run has " + word + "; make another one with --" + name + " " + word +
                   ".");
    };
    same("objective", resolved.objective, pack.objective);
    same("pooling", resolved.pooling, pack.pooling);
    for (int i = 0; i < resolved.style_layers.count; ++i) {
        const std::string name = resolved.style_layers.items[i].name;
        if (std::none_of(pack.layers.begin(), pack.layers.end(),
                         [&](const PackedLayer& layer) { return layer.name == name; }))
            refuse("The style pack " + pack.file + " has no layer " + name +
                   "; make another one with this --style-layers, or leave that out.");
    }
}

} // namespace

void check_models(const Inputs& inputs, const Manifest& model) {
    for (const StyleInput& style : inputs.styles)
        if (style.pack && style.pack->model_sha256 != model.sha256)
            refuse("The style pack " + style.pack->file + " was made with other weights (" +
                   style.pack->model + ") than those of the model " + model.name +
                   "; take --model " + style.pack->model + ", or make a pack with --model " +
                   model.name + ".");
}

void check_packs(const Inputs& inputs, const ResolvedOptions& resolved) {
    for (std::size_t i = 0; i < inputs.styles.size(); ++i) {
        const StyleInput& style = inputs.styles[i];
        if (!style.pack)
            continue;
        const std::string no_painting =
            "The style pack " + style.pack->file + " has no painting in it";
        check_options(*style.pack, resolved);
        if (!style.style_mask.empty())
            refuse(no_painting + " that a style mask could lie on; leave --style-mask out, or take "
                                 "it to maniera pack.");
        if (resolved.parts != MANIERA_PARTS_OFF || !inputs.parts.empty())
            refuse(no_painting + " to find parts in; leave --parts and --parts-file out.");
        if (resolved.colors == MANIERA_COLORS_MATCH)
            refuse(no_painting + " to recolor; take --colors content, or name the painting.");
        if (i == 0 && std::strcmp(resolved.init, "style") == 0)
            refuse(no_painting + " to start from; leave --init style out.");
    }
}

} // namespace maniera
