// SPDX-License-Identifier: GPL-3.0-or-later
// What of a batch is done, for --resume. A hidden file in the output folder has a line a result:
//
//     HASH  NAME
//
// HASH is one of the recipe, the result's name, the picture's bytes and the result's bytes. So a
// line counts as long as all four are what they were, and one that was torn never does. Each shard
// writes a file of its own and reads them all.

#pragma once

#include "core/network/model.h"
#include "helper/batch/batch_jobs.h"

#include <string>
#include <unordered_set>

namespace maniera {

// Of all that decides what a picture becomes: the bytes of styles, masks, start picture and model,
// weights, and the options but those of the machine. Throws Error{unreadable_image}.
std::string recipe_hash(const Job& recipe, const Manifest& model);

class BatchLedger {
public:
    // The folder must exist. Throws Error{invalid_request}.
    BatchLedger(const std::string& folder, Shard shard, std::string recipe);
    ~BatchLedger();
    BatchLedger(const BatchLedger&) = delete;
    BatchLedger& operator=(const BatchLedger&) = delete;

    // Whether the result is there, whole, and made of this picture with this recipe.
    bool done(const BatchPicture& picture) const;
    // The same of a picture whose result depends on more than its bytes: `picture_hash` is of all.
    bool done(const BatchPicture& picture, const std::string& picture_hash) const;

    // Notes a result that was written. `picture_hash` is of the picture's bytes before they were
    // read for painting. Throws Error{no_space} or Error{invalid_request}.
    void add(const BatchPicture& picture, const std::string& picture_hash);

private:
    std::string line(const BatchPicture& picture, const std::string& picture_hash) const;
    void append(const std::string& text);

    std::string path_;
    std::string recipe_;
    std::unordered_set<std::string> lines_;
    int descriptor_ = -1;
};

} // namespace maniera
