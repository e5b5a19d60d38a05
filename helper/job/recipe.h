// SPDX-License-Identifier: GPL-3.0-or-later
// How a result was painted, as text that goes into its file: names of pictures without their
// folders, their SHA-256, and the options of size, look and method. As JSON:
//
//     {"maniera": "0.1.0", "model": "SHA-256 of the weights",
//      "content": {"name": "photo.jpg", "sha256": "..."},   a texture's has "noise": "512x256" too
//      "styles": [{"name": "painting.jpg", "sha256": "...", "weight": 3, "style-scale": 0.5,
//                  "mask": {"name": ..., "sha256": ...}, "style-mask": {...}}],
//      "options": {"size": "512"}, "output-options": {"Q": "80"},
//      "init": {"name": ..., "sha256": ...}, "parts-file": {...}}
//
// A recipe that is read may be a stranger's: it decides nothing but those options, and its pictures
// are those with the right bytes in folders that the user names.

#pragma once

#include "core/stylize.h"
#include "helper/job/job.h"

#include <string>
#include <vector>

namespace maniera {

struct Recipe {
    std::string text;                // as JSON
    Job job;                         // file names without folders; no output
    std::vector<std::string> hashes; // SHA-256 of content, styles with their masks, options' files
    std::string model;               // SHA-256 of the weights
    std::vector<std::string> aside;  // options that it named and that are not a recipe's to set
};

// Reads the job's pictures for their hashes. Empty where the job's result has none: a picture is in
// memory or cannot be read any more, or metadata are not kept.
std::string recipe_text(const Job& job, const Manifest& model);

// Throws Error{invalid_request} or Error{invalid_option} for what is no recipe.
Recipe parse_recipe(const std::string& text);

// The recipe in a picture's metadata. Throws Error{unreadable_image}, and Error{invalid_request}
// where there is none.
Recipe read_recipe_of(const std::string& picture);

// Its pictures by name and bytes in these folders. Throws Error{invalid_request} that names what is
// not there. `content`, where it is not empty, is taken for the recipe's, whatever its bytes.
Job find_pictures(const Recipe& recipe, const std::vector<std::string>& folders,
                  const std::string& content);

// As one types it, for a shell. The output's name is `output`.
std::string command_of(const Job& job, const std::string& output);

} // namespace maniera
