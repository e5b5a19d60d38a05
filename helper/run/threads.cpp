// SPDX-License-Identifier: GPL-3.0-or-later

#include "helper/run/threads.h"

#include <cerrno>
#include <cstdlib>

namespace maniera {

int threads_in_environment(const char* value) {
    constexpr long most = 1 << 20;
    if (!value)
        return 0;
    char* end = nullptr;
    errno = 0;
    const long threads = std::strtol(value, &end, 10);
    while (*end == ' ')
        ++end;
    const bool whole = end != value && (*end == '\0' || *end == ',');
    return whole && errno == 0 && threads > 0 && threads <= most ? static_cast<int>(threads) : 0;
}

} // namespace maniera
