// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/run/model_cache.h"

#include "core/resolved_options.h"
#include "helper/files/folders.h"

namespace maniera {

const Model& ModelCache::get(const ManieraOptions& options) {
    const Manifest manifest = find_model(resolve(options).model, model_folders());
    const std::string key = manifest.path + "\n" + manifest.sha256;
    if (key != key_) {
        key_.clear();
        model_ = Model(); // the old one's memory first
        model_ = load_model(manifest);
        key_ = key;
    }
    return model_;
}

} // namespace maniera
