// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/job/overwriting.h"

#include "core/error.h"
#include "core/resolved_options.h"
#include "helper/files/same_file.h"
#include "helper/job/parts_file.h"

#include <algorithm>
#include <map>

namespace maniera {

std::vector<std::string> input_files(const Job& job) {
    std::vector<std::string> files = {job.content.file};
    for (const JobStyle& style : job.styles)
        for (const PictureLocation* location : {&style.picture, &style.mask, &style.style_mask})
            files.push_back(location->file);
    const ResolvedOptions resolved = resolve(job.options);
    if (names_a_file(resolved.init))
        files.emplace_back(resolved.init);
    if (*resolved.parts_file)
        for (const std::string& file : parts_files(resolved.parts_file))
            files.push_back(file);
    files.erase(std::remove(files.begin(), files.end(), ""), files.end());
    return files;
}

void refuse_overwriting(const Job& job, const std::string& checkpoint) {
    std::map<std::string, std::string> taken; // identities, and what has them
    for (const std::string& file : input_files(job))
        taken.emplace(file_identity(file), "the picture " + file + ", which the run reads");
    const auto take = [&](const std::string& what, const std::string& file) {
        if (file.empty())
            return;
        const auto [other, free] = taken.emplace(file_identity(file), "the " + what + " " + file);
        if (!free)
            throw Error(ErrorCode::invalid_request, "The " + what + " " + file + " would replace " +
                                                        other->second + "; name another " + what +
                                                        ".");
    };
    take("output", job.output.file);
    take("preview", resolve(job.options).preview);
    take("checkpoint", checkpoint);
}

} // namespace maniera
