// SPDX-License-Identifier: GPL-3.0-or-later
// What a refused action said.

#pragma once

#include "core/error.h"

#include <functional>
#include <string>

namespace maniera::test {

// The message of the Error that the action throws, and its code; "accepted" when it throws none.
inline std::string refusal(const std::function<void()>& action, ErrorCode* code = nullptr) {
    try {
        action();
    } catch (const Error& error) {
        if (code)
            *code = error.code();
        return error.what();
    }
    return "accepted";
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace maniera::test
