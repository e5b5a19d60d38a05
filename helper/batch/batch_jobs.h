// SPDX-License-Identifier: GPL-3.0-or-later
// What a batch shall paint, and the file that each result becomes: names alone, no picture is
// opened.

#pragma once

#include "helper/job/job.h"

#include <string>
#include <vector>

namespace maniera {

// One of `count` parts of a batch, which may run at the same time and in the same folder.
struct Shard {
    int index = 1; // from 1 to count
    int count = 1;
};

// "2/8". Throws Error{invalid_request}.
Shard parse_shard(const std::string& text);

struct Batch {
    Job recipe;                       // styles and options; no content, no output
    std::vector<std::string> sources; // pictures, and folders of them
    std::string list;                 // a file that names more, one a line; "-" = standard input
    std::string output_folder;
    std::string suffix; // of results: between a picture's stem and its ending
    std::string format; // an output's ending; empty = the picture's own if it is png, jpg, tif or
                        // webp, else png
    bool recursive = false;
    bool resume = false;
    Shard shard;
};

struct BatchPicture {
    std::string file;
    std::string name;   // its result's, from the output folder on
    std::string output; // the same with the folder
};

// The shard's pictures: of all, sorted by name and each once, every count-th. What lies in a folder
// below a source goes to such a folder below the output folder. Throws Error{invalid_request}: for
// two pictures with one result, a result that would replace a picture or a style, a list or folder
// that cannot be read, and where there is no picture at all.
std::vector<BatchPicture> batch_pictures(const Batch& batch);

} // namespace maniera
