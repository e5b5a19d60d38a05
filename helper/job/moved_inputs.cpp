// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/moved_inputs.h"

#include "core/base/sha256.h"
#include "core/objective/style_pack.h"
#include "helper/images/output_format.h"
#include "helper/job/overwriting.h"

#include <algorithm>
#include <filesystem>
#include <functional>

namespace maniera {
namespace {

namespace fs = std::filesystem;

// The names of a job's pictures, in the order of input_files.
void for_each_input(Job& job, const std::function<void(std::string& file)>& use) {
    const auto use_one = [&](PictureLocation& location) {
        if (!location.file.empty())
            use(location.file);
    };
    use_one(job.content);
    for (JobStyle& style : job.styles)
        for (PictureLocation* location : {&style.picture, &style.mask, &style.style_mask})
            use_one(*location);
    std::string init = resolve(job.options).init;
    if (!names_a_file(init))
        return;
    use(init);
    set_option(job.options, "init", init);
}

class Search {
public:
    Search(const fs::path& before, const fs::path& now) : before_(before), now_(now) {}

    // Empty where it is nowhere.
    std::string find(const std::string& file, const std::string& hash) {
        const fs::path path(file);
        for (const fs::path& at :
             {path, now_ / path.lexically_relative(before_), now_ / path.filename()})
            if (sha256_of_file(at.string()) == hash)
                return at.lexically_normal().string();
        for (const std::string& at : pictures())
            if (sha256_of_file(at) == hash)
                return at;
        return {};
    }

private:
    // Those beside the checkpoint, by name.
    const std::vector<std::string>& pictures() {
        if (!looked_) {
            std::error_code failed;
            for (fs::directory_iterator entry(now_, failed), end; !failed && entry != end;
                 entry.increment(failed)) {
                std::error_code ignored;
                const std::string name = entry->path().string();
                const bool may_be =
                    has_picture_ending(name) || entry->path().extension() == style_pack_ending;
                if (may_be && entry->is_regular_file(ignored))
                    pictures_.push_back(name);
            }
            std::sort(pictures_.begin(), pictures_.end());
        }
        looked_ = true;
        return pictures_;
    }

    fs::path before_, now_; // the folder of the output, and the checkpoint's
    std::vector<std::string> pictures_;
    bool looked_ = false;
};

// A file to write, in the checkpoint's folder where its own is gone.
std::string moved(const std::string& file, const fs::path& now) {
    std::error_code ignored;
    const fs::path path(file);
    return file.empty() || fs::is_directory(path.parent_path(), ignored)
               ? file
               : (now / path.filename()).string();
}

} // namespace

void find_moved_inputs(SavedRun& saved) {
    Job& job = saved.job;
    std::error_code ignored;
    const fs::path now = fs::absolute(saved.file, ignored).parent_path();
    Search search(fs::path(job.output.file).parent_path(), now);
    std::size_t input = 0;
    for_each_input(job, [&](std::string& file) {
        const std::string hash = input < saved.inputs.size() ? saved.inputs[input] : "";
        ++input;
        const std::string found = hash.empty() ? "" : search.find(file, hash);
        if (!found.empty())
            file = found;
    });
    job.output.file = moved(job.output.file, now);
    const std::string preview = resolve(job.options).preview;
    if (!preview.empty())
        set_option(job.options, "preview", moved(preview, now));
}

} // namespace maniera
