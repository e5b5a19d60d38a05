// SPDX-License-Identifier: GPL-3.0-or-later
// What libraries throw, as Errors; and what can be tried again with less memory.

#pragma once

#include <exception>
#include <functional>

namespace maniera {

// Whether an allocation failed. LibTorch and OpenCV say so by words alone; words of a backtrace do
// not count, because a frame in an allocator is no lack of memory.
bool is_out_of_memory(const std::exception& error);

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
