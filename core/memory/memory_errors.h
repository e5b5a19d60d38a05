// SPDX-License-Identifier: GPL-3.0-or-later
// What libraries throw, as Errors; and what can be tried again with less memory. Internal.

#pragma once

#include <functional>

namespace maniera {

// False when there was not the memory for what `body` does; all else is thrown on.
bool had_memory(const std::function<void()>& body);

// The exception at hand as Error{out_of_memory} or Error{internal}: call it in a catch.
[[noreturn]] void translate_error();

template <typename Body>
auto translating_errors(const Body& body) {
    try {
        return body();
    } catch (...) {
        translate_error();
    }
}

} // namespace maniera
