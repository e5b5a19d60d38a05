// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/memory/memory_errors.h"

#include "core/error.h"

#include <c10/util/Exception.h>

#include <new>
#include <string>

namespace maniera {
namespace {

// LibTorch reports memory by words alone, and so does OpenCV.
bool is_of_memory(const std::exception& error) {
    const std::string text = error.what();
    for (const char* words :
         {"alloc", "ALLOC_FAILED", "out of memory", "not enough memory", "Insufficient memory"})
        if (text.find(words) != std::string::npos)
            return true;
    return dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
}

} // namespace

bool had_memory(const std::function<void()>& body) {
    try {
        body();
        return true;
    } catch (const Error&) {
        throw;
    } catch (const std::exception& error) {
        if (!is_of_memory(error))
            throw;
        return false;
    }
}

void translate_error() {
    try {
        throw;
    } catch (const Error&) {
        throw;
    } catch (const std::exception& error) {
        if (is_of_memory(error))
            throw Error(ErrorCode::out_of_memory,
                        "There is not enough memory for this size: choose a smaller --size, or "
                        "close other programs.");
        if (const auto* torch = dynamic_cast<const c10::Error*>(&error)) {
            const std::string text = torch->what_without_backtrace();
            throw Error(ErrorCode::internal, "LibTorch failed: " + text.substr(0, text.find('\n')));
        }
        throw;
    }
}

} // namespace maniera
