// SPDX-License-Identifier: GPL-3.0-or-later
// Photographs and paintings that are not in the repository.
//
//     const TestData data = test_data();
//     if (!data.missing.empty())
//         GTEST_SKIP() << data.missing;
//     paint(data.folder / "content/tubingen.jpg", data.folder / "style/starry-night.jpg");

#pragma once

#include <filesystem>
#include <string>

namespace maniera::test {

struct TestData {
    std::filesystem::path folder; // with content/ and style/
    std::string missing;          // why a test is to be skipped; empty where the folder is there
};

// The folder that the environment's MANIERA_TEST_DATA names, or else ../shared/data beside this
// checkout. Python's tests have the same in tests/support/test_data.py.
TestData test_data();

} // namespace maniera::test
