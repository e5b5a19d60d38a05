// SPDX-License-Identifier: GPL-3.0-or-later
// The program as a user runs it: with the user's model, or with a tiny one.

#pragma once

#include "tests/support/process.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace maniera::test {

using Words = std::vector<std::string>;

Words operator+(Words words, const Words& more);

Outcome maniera(const Words& words, const Words& environment = {});

class ProgramWithTinyModel : public testing::Test {
protected:
    ProgramWithTinyModel();

    // In `folder`: photo.tif of this size, in floats; style.png; mask.png.
    void save_inputs(int width, int height) const;
    // Where the model `tiny` and nothing of the user's is found.
    Words environment() const;
    Outcome maniera(const Words& words) const { return test::maniera(words, environment()); }

    ScratchFolder folder, models;
};

} // namespace maniera::test
