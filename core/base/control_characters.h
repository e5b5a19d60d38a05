// SPDX-License-Identifier: GPL-3.0-or-later
// Characters that change what is seen of a text, or where it ends, instead of being seen: NUL,
// newlines and a terminal's escapes (C0 and C1), Unicode's line ends, and its overrides, embeddings
// and isolates, by which "photo\u202Egpj.exe" is shown as "photoexe.jpg". Marks of direction and
// joiners are none: names in many languages have them.

#pragma once

#include <optional>
#include <string>

namespace maniera {

// The first of a UTF-8 text, as "U+202E".
std::optional<std::string> control_character_in(const std::string& text);

// With "\u{202E}" in their places; newlines and tabs stay.
std::string with_controls_shown(const std::string& text);

} // namespace maniera
