// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/program.h"

#include "tests/support/tiny_model.h"

namespace maniera::test {

Words operator+(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

Outcome maniera(const Words& words, const Words& environment) {
    return run(Words{MANIERA_PROGRAM} + words, environment);
}

ProgramWithTinyModel::ProgramWithTinyModel() {
    save_model(make_tiny_model(), models.path().string(), "tiny");
}

Words ProgramWithTinyModel::environment() const {
    return {"MANIERA_MODELS=" + models.path().string(), "XDG_CACHE_HOME=" + (models / "cache")};
}

} // namespace maniera::test
