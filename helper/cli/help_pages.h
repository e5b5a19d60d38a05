// SPDX-License-Identifier: GPL-3.0-or-later
// What `maniera help TOPIC` prints.

#pragma once

#include <vector>

namespace maniera {

struct HelpPage {
    const char* topic;
    const char* text; // nullptr = made from the option table
};

const std::vector<HelpPage>& help_pages(); // in the order of the manual

} // namespace maniera
