// SPDX-License-Identifier: GPL-3.0-or-later
// The pages behind `maniera help TOPIC`.

#pragma once

#include <string>

namespace maniera {

std::string help_topic_names(); // with commas

// Throws Error{invalid_request} with the nearest right name.
std::string help_topic(const std::string& name);

} // namespace maniera
