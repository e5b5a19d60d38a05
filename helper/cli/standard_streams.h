// SPDX-License-Identifier: GPL-3.0-or-later
// A content that comes by standard input and a result that goes to standard output, both named "-".
//
//     StandardStreams streams(job, "png");   // the job's names are now those of files
//     run_job(job, ...);
//     streams.deliver();

#pragma once

#include "helper/files/output_file.h"
#include "helper/job/job.h"

#include <optional>
#include <string>

namespace maniera {

inline constexpr const char* standard_stream = "-";

bool uses_standard_streams(const Job& job);

class StandardStreams {
public:
    // Reads standard input to its end, into a file among the scratch files. `format` is the
    // result's ending, without a dot. Throws Error{invalid_request} where a stream is a terminal or
    // empty, Error{no_space} when the disk is full.
    StandardStreams(Job& job, const std::string& format);

    // Copies the result to standard output. Throws Error{invalid_request} or Error{no_space}.
    void deliver() const;

    // A sentence about the files, with the streams' names in place of theirs.
    std::string in_words(std::string sentence) const;

private:
    std::optional<OutputFile> input_, output_; // never committed
};

} // namespace maniera
