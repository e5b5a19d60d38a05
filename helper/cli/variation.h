// SPDX-License-Identifier: GPL-3.0-or-later

#pragma once

#include <string>
#include <vector>

namespace maniera {

// Values of an option, of which each is tried.
struct Variation {
    std::string option;
    std::vector<std::string> values;
};

// "strength=25,50,75". Throws Error{invalid_option} for what no option takes.
Variation parse_variation(const std::string& text);

} // namespace maniera
