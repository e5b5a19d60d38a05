// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/cli/errors.h"

#include "core/base/control_characters.h"
#include "helper/job/report.h"

#include <cstdio>

namespace maniera {

int exit_code(ErrorCode code) {
    switch (code) {
    case ErrorCode::protocol_mismatch:
    case ErrorCode::invalid_request:
    case ErrorCode::invalid_option: return 2;
    case ErrorCode::unreadable_image: return 3;
    case ErrorCode::unreadable_model:
    case ErrorCode::no_model: return 4;
    case ErrorCode::no_device: return 5;
    case ErrorCode::out_of_memory: return 6;
    case ErrorCode::no_space: return 7;
    case ErrorCode::stopped: return 130;
    case ErrorCode::internal: return 1;
    }
    return 1;
}

void print_sentence(const std::string& text) {
    std::fprintf(stderr, "maniera: %s\n", with_controls_shown(text).c_str());
}

void report_error(const Error& error, bool json) {
    if (json)
        print_line(
            {{"event", "error"}, {"code", error_name(error.code())}, {"message", error.what()}});
    else
        print_sentence(error.what());
}

} // namespace maniera
