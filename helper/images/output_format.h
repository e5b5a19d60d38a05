// SPDX-License-Identifier: GPL-3.0-or-later
// What a format of picture files can hold, and whether a result can be saved in it.
//
//     check_output("painting.webp");                 // before any work
//     check_output_size("painting.webp", {512, 384});

#pragma once

#include "core/image/image.h"
#include "core/image/pyramid.h"
#include "helper/images/file_info.h"
#include "helper/images/format.h"
#include "helper/images/saving.h"

#include <string>

namespace maniera {

// Bits a channel of the file that a result like this one is saved in; 32 = float.
int saved_depth(const FileInfo& like, const std::string& path);

// Refuses, before any work, an output that could not be saved, or not so: Error{invalid_request},
// Error{invalid_option} or Error{no_space}.
void check_output(const std::string& path, const Saving& saving = {});
// Refuses more pixels than the format takes.
void check_output_size(const std::string& path, Size size);

} // namespace maniera
