// SPDX-License-Identifier: GPL-3.0-or-later
// The manual page maniera(1), made of the help topics and the option table when Maniera is built.

#pragma once

#include <string>

namespace maniera {

// The page in roff, for man(1).
std::string manual_page();

// Text as roff reads it: with its own characters escaped.
std::string roff_text(const std::string& text);

} // namespace maniera
