// SPDX-License-Identifier: GPL-3.0-or-later
// A job: the files a run reads, its options, and the file it writes. As JSON:
//
//     {"inputs": {"content": "photo.jpg",
//                 "styles": [{"file": "painting.jpg", "weight": 1, "mask": "sky.png",
//                             "style-mask": "part.png", "style-scale": 0.5}]},
//      "options": {"size": 512, "iterations": [100, 50], "colors": "content"},
//      "output": "result.png"}
//
// Names in `options` are the option table's. Relative files start at the job's own folder.

#pragma once

#include "core/options.h"
#include "core/stylize.h"
#include "helper/image_file.h"

#include <optional>
#include <string>
#include <vector>

namespace maniera {

struct JobStyle {
    std::string file;
    std::string mask;             // empty = none
    std::string style_mask;       // empty = none
    std::optional<double> weight; // unset = as all others
    double scale = 0;             // 0 = the option `style-scale`
};

struct Job {
    std::string content;
    std::vector<JobStyle> styles;
    ManieraOptions options{};
    std::string output;
};

// Reads a job file. Throws Error{invalid_request} or Error{invalid_option}.
Job read_job(const std::string& path);

// Sets one option from text. Throws Error{invalid_option}.
void set_option(ManieraOptions& options, const std::string& name, const std::string& text);

// The job's pictures, read and checked.
struct JobInputs {
    Inputs inputs;
    FileInfo content_info;
};

// Reads every picture of the job. Throws Error{unreadable_image}; Error{invalid_option} when some
// styles have a weight and others none.
JobInputs load_inputs(const Job& job);

} // namespace maniera
