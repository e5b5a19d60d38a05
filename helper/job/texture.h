// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera texture`: a style alone, without a photograph. It is painted on noise that weighs
// nothing.
//
//     job.content.noise = parse_size("512x256");
//     set_texture_options(job.options);
//     const NoiseContent noise(job);   // where it is a texture, its content
//     run_job(job, ...);

#pragma once

#include "core/image/geometry.h"
#include "helper/files/output_file.h"
#include "helper/job/job.h"

#include <optional>
#include <string>

namespace maniera {

// "512" or "512x256", in pixels. Throws Error{invalid_option}.
Size parse_size(const std::string& text);

// What is not set in a texture's options: no content, and a tile in both directions.
void set_texture_options(ManieraOptions& options);

inline bool is_texture(const Job& job) { return job.content.noise.width > 0; }

// A texture's content in a scratch file, by the job's seed. Painting starts from it in the styles'
// colors. Nothing for other jobs.
class NoiseContent {
public:
    explicit NoiseContent(Job& job);

private:
    std::optional<OutputFile> file_; // never committed
};

} // namespace maniera
