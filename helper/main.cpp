// SPDX-License-Identifier: GPL-3.0-or-later
// The program: prepares the process, runs the command, turns errors into a sentence and a code.

#include "core/device/processors.h"
#include "core/memory/malloc_tuning.h"
#include "helper/cli/command_line.h"
#include "helper/cli/commands.h"
#include "helper/cli/errors.h"
#include "helper/job/report.h"
#include "helper/run/threads.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
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

} // namespace

int main(int count, char** arguments) {
    maniera::limit_threads(maniera::threads_in_environment(std::getenv("OMP_NUM_THREADS")));
    maniera::set_mmap_threshold(maniera::fast_mmap_threshold);
    const int code = run({arguments + 1, arguments + count});
    // LibTorch would take a tenth of a second to undo what it registered at the start.
    std::fflush(nullptr);
    std::_Exit(code);
}
