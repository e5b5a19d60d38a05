// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/test_data.h"

#include <cstdlib>

namespace maniera::test {

TestData test_data() {
    const char* named = std::getenv("MANIERA_TEST_DATA");
    const std::filesystem::path folder =
        named ? named : std::filesystem::path(MANIERA_SOURCE) / "../shared/data";
    if (std::filesystem::is_directory(folder / "content"))
        return {folder, ""};
    return {folder, "there are no photographs in " + folder.string() +
                        "; MANIERA_TEST_DATA names another folder"};
}

} // namespace maniera::test
