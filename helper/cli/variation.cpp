// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/variation.h"

#include "core/error.h"
#include "helper/job/job.h"

#include <algorithm>

namespace maniera {

Variation parse_variation(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
        throw Error(ErrorCode::invalid_option,
                    "--vary takes NAME=VALUE,VALUE,..., such as strength=25,50,75, and \"" +
                        text.substr(0, 80) + "\" is not.");
    Variation variation;
    variation.option = text.substr(0, equals);
    std::size_t from = equals + 1;
    while (from <= text.size()) {
        const std::size_t end = std::min(text.find(',', from), text.size());
        variation.values.push_back(text.substr(from, end - from));
        ManieraOptions options{};
        set_option(options, variation.option, variation.values.back());
        from = end + 1;
    }
    return variation;
}

} // namespace maniera
