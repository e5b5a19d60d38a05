// SPDX-License-Identifier: GPL-3.0-or-later
// What can go wrong in a way that the user can act on: a code for programs, a sentence for people.

#pragma once

#include <stdexcept>
#include <string>

namespace maniera {

// A closed list, shared with the wire; programs test the code and never the text.
enum class ErrorCode {
    protocol_mismatch,
    invalid_request,
    invalid_option,
    unreadable_image,
    unreadable_model,
    no_model,
    no_device,
    out_of_memory,
    no_space,
    stopped,
    internal,
};

// The code's spelling on the wire and in `--json`: "invalid-option" and so on.
constexpr const char* error_name(ErrorCode code) {
    switch (code) {
    case ErrorCode::protocol_mismatch: return "protocol-mismatch";
    case ErrorCode::invalid_request: return "invalid-request";
    case ErrorCode::invalid_option: return "invalid-option";
    case ErrorCode::unreadable_image: return "unreadable-image";
    case ErrorCode::unreadable_model: return "unreadable-model";
    case ErrorCode::no_model: return "no-model";
    case ErrorCode::no_device: return "no-device";
    case ErrorCode::out_of_memory: return "out-of-memory";
    case ErrorCode::no_space: return "no-space";
    case ErrorCode::stopped: return "stopped";
    case ErrorCode::internal: return "internal";
    }
    return "internal";
}

// The message is one sentence in English that says what is wrong and what to do about it.
class Error : public std::runtime_error {
public:
    Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
    ErrorCode code() const { return code_; }

private:
    ErrorCode code_;
};

} // namespace maniera
