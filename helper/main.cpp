// SPDX-License-Identifier: GPL-3.0-or-later
// The program: prepares the process, runs the command, turns errors into a sentence and a code.

#include "core/error.h"
#include "core/heap.h"
#include "helper/commands.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <vector>

namespace {

int fail(maniera::ErrorCode code, const std::string& message, bool json) {
    maniera::report_error(maniera::Error(code, message), json);
    return maniera::exit_code(code);
}

int run(const std::vector<std::string>& words) {
    using maniera::ErrorCode;
    const bool json = std::find(words.begin(), words.end(), "--json") != words.end();
    try {
        return maniera::run_command(maniera::parse_command_line(words));
    } catch (const maniera::Error& error) {
        return fail(error.code(), error.what(), json);
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::out_of_memory,
                    "There is not enough memory; choose a smaller --size, or close other "
                    "programs.",
                    json);
    } catch (const std::exception& error) {
        return fail(ErrorCode::internal,
                    std::string("Something unexpected happened: ") + error.what(), json);
    }
}

} // namespace

int main(int count, char** arguments) {
    maniera::keep_large_blocks();
    const int code = run({arguments + 1, arguments + count});
    // LibTorch would take a tenth of a second to undo what it registered at the start.
    std::fflush(nullptr);
    std::_Exit(code);
}
