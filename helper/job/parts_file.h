// SPDX-License-Identifier: GPL-3.0-or-later
// Parts in a folder: a mask a part and picture, and parts.json, which names them. People edit both.
//
//     {"format": 1, "content": "face.jpg", "styles": ["painting.jpg"],
//      "parts": [{"name": "face", "mask": "face.png", "styles": ["face-style1.png"]}]}
//
// A style without the part has null in its place. Parts of one name are one part. What no part
// holds is painted in the manner of what the parts leave of the styles.

#pragma once

#include "core/inputs.h"

#include <string>
#include <vector>

namespace maniera {

// The parts of such a file, for as many styles; masks lie beside it. What a person should know goes
// to the remarks. Throws Error{invalid_request} with what to mend in the file, or
// Error{unreadable_image} for a mask.
std::vector<PartPair> read_parts(const std::string& path, std::size_t styles,
                                 std::vector<std::string>& remarks);

// The file and the masks that it names, as far as it can be read.
std::vector<std::string> parts_files(const std::string& path);

// Writes masks and parts.json into a folder, which is made. `content` and `styles` are the names of
// the pictures' files. Throws Error{invalid_request}.
void write_parts(const std::vector<PartPair>& parts, const std::string& content,
                 const std::vector<std::string>& styles, const std::string& folder);

} // namespace maniera
