// SPDX-License-Identifier: GPL-3.0-or-later
// How much more memory an action holds at its peak than there was before it.

#pragma once

#include "tests/support/process.h"

#include <cstdlib>
#include <functional>
#include <malloc.h>
#include <string>

namespace maniera::test {

inline long status_kib(const std::string& field) {
    const std::string text = read_text("/proc/self/status");
    const std::size_t at = text.find(field + ":");
    return at == std::string::npos ? -1 : std::atol(text.c_str() + at + field.size() + 1);
}

// In MiB; below 0 where the system cannot tell. Means nothing under sanitizers, which keep what is
// freed.
inline double peak_mib(const std::function<void()>& action) {
    malloc_trim(0);                           // what is freed would hide what is taken
    write_text("/proc/self/clear_refs", "5"); // the peak begins anew
    const long before = status_kib("VmRSS");
    if (before < 0 || status_kib("VmHWM") > before + 4096)
        return -1;
    action();
    return (status_kib("VmHWM") - before) / 1024.0;
}

} // namespace maniera::test
