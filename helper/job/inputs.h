// SPDX-License-Identifier: GPL-3.0-or-later
// A job's pictures, read from files and from shared memory, and checked.

#pragma once

#include "core/stylize.h"
#include "helper/images/image_file.h"
#include "helper/job/job.h"
#include "helper/job/shared_memory.h"

#include <functional>
#include <string>
#include <vector>

namespace maniera {

// Something a person should know that is no error.
using Warn = std::function<void(const std::string&)>;

struct JobInputs {
    Inputs inputs;
    FileInfo content_info;            // empty for a content in memory
    std::vector<std::string> remarks; // on pictures, for a person
};

// The styles and the start picture of a job, unchecked; no content. Throws as load_inputs does.
// What a person should know goes to the remarks.
Inputs load_styles(const Job& job, std::vector<std::string>& remarks,
                   const SharedMemory& memory = SharedMemory());

// Reads every picture of the job. Throws Error{unreadable_image}; Error{invalid_request} for what
// does not lie in the memory; Error{invalid_option} when some styles have a weight and others none.
JobInputs load_inputs(const Job& job, const SharedMemory& memory, const Warn& warn);

// By rows what is as large as the result: content, masks and start picture. They are read, and
// refused, when they are wanted. All are files.
JobInputs open_inputs(const Job& job);

// The same as load_inputs where all pictures are files.
JobInputs load_inputs(const Job& job);

} // namespace maniera
