// SPDX-License-Identifier: GPL-3.0-or-later
// The model that was used last.
//
//     ModelCache models;
//     const Model& model = models.get(job.options); // read and checked the first time alone

#pragma once

#include "core/network/model.h"
#include "core/options.h"

#include <string>

namespace maniera {

// Keeps one model, so that the next run need not read and check it again. A reference that get()
// gave lasts until it is asked for another model.
class ModelCache {
public:
    // Throws as find_model and load_model do.
    const Model& get(const ManieraOptions& options);
    const Model& last() const { return model_; }

private:
    Model model_;
    std::string key_; // manifest's path and the weights' hash
};

} // namespace maniera
