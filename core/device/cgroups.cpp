// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/device/cgroups.h"

#include <fstream>

namespace maniera {

void for_own_groups(const std::string& controller,
                    const std::function<void(const std::string& folder, bool unified)>& use,
                    const std::string& root) {
    std::ifstream in(root + "/proc/self/cgroup"); // number:controllers:path
    for (std::string line; std::getline(in, line);) {
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (second == std::string::npos)
            continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const bool unified = controllers.empty();
        if (!unified && ("," + controllers + ",").find("," + controller + ",") == std::string::npos)
            continue;
        const std::string groups = root + "/sys/fs/cgroup" + (unified ? "" : "/" + controller);
        for (std::string path = line.substr(second + 1);; path.resize(path.find_last_of('/'))) {
            if (path == "/")
                path.clear();
            use(groups + path, unified);
            if (path.find('/') == std::string::npos)
                break;
        }
    }
}

} // namespace maniera
