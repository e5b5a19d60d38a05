// SPDX-License-Identifier: GPL-3.0-or-later
// A recipe in an XMP packet: the text of the property `recipe` of a namespace of ours, beside
// whatever else the packet says. What is read may be anybody's.

#pragma once

#include <string>

namespace maniera {

inline constexpr const char* recipe_namespace = "urn:maniera:recipe:1/";

// The packet with the recipe in place of one that it may have; a new packet where it is empty. A
// packet that is no RDF stays as it is, without a recipe.
std::string with_recipe(const std::string& packet, const std::string& recipe);

// The packet without a recipe that with_recipe() put into it.
std::string without_recipe(const std::string& packet);

// The recipe in a packet, under whatever prefix other programs gave it; empty where there is none.
std::string recipe_in(const std::string& packet);

} // namespace maniera
