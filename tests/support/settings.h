// SPDX-License-Identifier: GPL-3.0-or-later
// Options by name, as a user sets them.

#pragma once

#include "core/options.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace maniera::test {

using Settings = std::vector<std::pair<std::string, std::string>>;

// On one thread in float32, so that runs are repeatable, with so many steps a scale and no search
// for parts, so that they are short; then what is set.
inline ManieraOptions repeatable(const char* iterations, const Settings& settings) {
    ManieraOptions options;
    maniera_options_init(&options);
    char message[MANIERA_MESSAGE_MAX];
    Settings all{
        {"threads", "1"}, {"precision", "fp32"}, {"iterations", iterations}, {"parts", "off"}};
    all.insert(all.end(), settings.begin(), settings.end());
    for (const auto& [name, text] : all)
        EXPECT_TRUE(maniera_option_set(&options, name.c_str(), text.c_str(), message)) << message;
    return options;
}

} // namespace maniera::test
