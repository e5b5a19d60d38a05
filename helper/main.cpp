// SPDX-License-Identifier: GPL-3.0-or-later
// The program: prepares the process, runs the command, turns errors into a sentence and a code.

#include "core/base/file_io.h"
#include "core/device/processors.h"
#include "core/memory/malloc_tuning.h"
#include "core/memory/tensor_allocator.h"
#include "helper/cli/command_line.h"
#include "helper/cli/commands.h"
#include "helper/cli/errors.h"
#include "helper/job/report.h"
#include "helper/run/precision_choice.h"
#include "helper/run/threads.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

int run(const std::vector<std::string>& words) {
    const bool json = std::find(words.begin(), words.end(), "--json") != words.end();
    try {
        return maniera::run_command(maniera::parse_command_line(words));
    } catch (...) {
        const maniera::Error error = maniera::current_error();
        maniera::report_error(error, json);
        return maniera::exit_code(error.code());
    }
}

// A stream that was closed would be the number of the next file that is opened, such as a picture,
// which messages would then be written into. The wrong way round, so that use is still an error.
void occupy_closed_streams() {
    for (const auto& [stream, way] :
         {std::pair(STDIN_FILENO, O_WRONLY), {STDOUT_FILENO, O_RDONLY}, {STDERR_FILENO, O_WRONLY}})
        if (fcntl(stream, F_GETFD) < 0)
            open("/dev/null", way); // takes the lowest number that is free, which is this one
}

// What a program reads must be whole, or its writer must not say that all is well.
int check_output_written(int code) {
    errno = 0;
    const bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
    if (!lost || code != 0)
        return code;
    // What was lost before left no reason behind; another write fails for the same.
    int reason = errno;
    if (reason == 0 && write(STDOUT_FILENO, "\n", 1) < 0)
        reason = errno;
    const maniera::Error error(
        maniera::is_of_space(reason) ? maniera::ErrorCode::no_space
                                     : maniera::ErrorCode::invalid_request,
        std::string("Standard output could not be written") +
            (reason != 0 ? std::string(" (") + std::strerror(reason) + ")" : "") +
            "; check where it goes.");
    maniera::report_error(error, false);
    return maniera::exit_code(error.code());
}

} // namespace

int main(int count, char** arguments) {
    occupy_closed_streams();
    maniera::limit_threads(maniera::threads_in_environment(std::getenv("OMP_NUM_THREADS")));
    maniera::set_mmap_threshold(maniera::fast_mmap_threshold);
    maniera::reuse_memory_of_tensors();
    maniera::choose_precision_by_measurement();
    const int code = check_output_written(run({arguments + 1, arguments + count}));
    // LibTorch would take a tenth of a second to undo what it registered at the start.
    std::fflush(nullptr);
    std::_Exit(code);
}
