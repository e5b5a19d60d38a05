// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/program.h"

#include "helper/images/image_file.h"
#include "tests/support/pictures.h"
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

void ProgramWithTinyModel::save_inputs(int width, int height) const {
    FileInfo floats;
    floats.depth = 32;
    save_picture(make_picture(width, height, 1), floats, folder / "photo.tif");
    save_picture(make_picture(90, 131, 2), {}, folder / "style.png");
    Picture mask; // gray, of the photograph's shape
    mask.color = make_noise((width + 1) / 2, (height + 1) / 2, 3, 3);
    for (std::size_t i = 0; i < mask.color.pixels.size(); ++i)
        mask.color.pixels[i] = mask.color.pixels[i / 3 * 3];
    save_picture(mask, {}, folder / "mask.png");
}

Words ProgramWithTinyModel::environment() const {
    return {"MANIERA_MODELS=" + models.path().string(), "XDG_CACHE_HOME=" + (models / "cache")};
}

} // namespace maniera::test
