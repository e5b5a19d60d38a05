// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/memory/memory_errors.h"

#include "core/device/memory_limits.h"
#include "core/error.h"

#include <c10/util/Exception.h>

#include <new>
#include <string>

namespace maniera {
namespace {

// Of LibTorch's errors what was said, without where.
std::string message_of(const std::exception& error) {
    const auto* torch = dynamic_cast<const c10::Error*>(&error);
    return torch ? torch->what_without_backtrace() : error.what();
}

} // namespace

bool is_out_of_memory(const std::exception& error) {
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr)
        return true;
    const std::string text = message_of(error);
    for (const char* words :
         {"alloc", "ALLOC_FAILED", "out of memory", "not enough memory", "Insufficient memory"})
        if (text.find(words) != std::string::npos)
            return true;
    return false;
}

bool had_memory(const std::function<void()>& body) {
    try {
        body();
        return true;
    } catch (const Error&) {
        throw;
    } catch (const std::exception& error) {
        if (!is_out_of_memory(error))
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
        if (is_out_of_memory(error))
            throw lacks_memory();
        const std::string text = message_of(error);
        if (dynamic_cast<const c10::Error*>(&error))
            throw Error(ErrorCode::internal, "LibTorch failed: " + text.substr(0, text.find('\n')));
        throw;
    }
}

} // namespace maniera
