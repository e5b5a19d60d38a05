// SPDX-License-Identifier: GPL-3.0-or-later
// How a result is saved, beyond what its name says.

#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace maniera {

// What of the photograph's file stays in the result.
enum class MetadataChoice {
    keep,    // words on the work, and the profile
    profile, // the color profile alone
    strip,   // nothing: colors are sRGB
};

struct Saving {
    // libvips' names and values, such as Q and 80; later ones count.
    std::vector<std::pair<std::string, std::string>> options;
    std::optional<MetadataChoice> chosen; // unset = keep
    std::string recipe; // what is added to the metadata (xmp_recipe.h); empty = nothing

    MetadataChoice metadata() const { return chosen.value_or(MetadataChoice::keep); }
};

} // namespace maniera
