// SPDX-License-Identifier: GPL-3.0-or-later
// A session paints what single runs paint, bit for bit, whatever it painted before.

#include "core/error.h"
#include "core/stylize.h"

#include "tests/support/pictures.h"
#include "tests/support/settings.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace maniera {
namespace {

using test::make_mask;
using test::make_picture;
using test::Settings;

ManieraOptions with(const Settings& settings) { return test::repeatable("3", settings); }

Picture half_transparent(Picture picture) {
    picture.alpha = make_mask(picture.color.width, picture.color.height, 0.6, 0.2);
    return picture;
}

// Two styles; the first with a mask and transparent in part.
Inputs two_styles() {
    Inputs inputs;
    inputs.styles.resize(2);
    inputs.styles[0].picture = half_transparent(make_picture(150, 117, 31));
    inputs.styles[0].mask = make_mask(40, 30, 0.5, 0.3);
    inputs.styles[0].weight = 2;
    inputs.styles[1].picture = make_picture(99, 160, 32);
    return inputs;
}

// Sizes that come again, both ways up, with and without alpha.
std::vector<Picture> contents() {
    return {make_picture(181, 133, 1),
            half_transparent(make_picture(181, 133, 2)),
            make_picture(133, 181, 3),
            make_picture(64, 47, 4),
            make_picture(181, 133, 5),
            half_transparent(make_picture(64, 47, 6)),
            half_transparent(make_picture(181, 133, 7))};
}

void expect_single_runs(const Inputs& styles, const Settings& settings, std::size_t most_bytes) {
    const Model model = test::make_tiny_model();
    Session session(model, styles, with(settings), most_bytes);
    for (const Picture& content : contents()) {
        Inputs inputs = styles;
        inputs.content = content;
        const Result single = stylize(model, inputs, with(settings), {});
        const Result result = session.stylize(content, {});
        EXPECT_EQ(result.loss, single.loss);
        EXPECT_EQ(result.steps, single.steps);
        EXPECT_EQ(result.picture.color.pixels, single.picture.color.pixels);
        EXPECT_EQ(result.picture.alpha.pixels, single.picture.alpha.pixels);
    }
}

TEST(Session, PaintsWhatSingleRunsPaint) {
    expect_single_runs(two_styles(), {}, Session::usual_bytes);
    expect_single_runs(two_styles(), {{"style-term", "gram"}}, Session::usual_bytes);
    expect_single_runs(two_styles(), {{"colors", "content"}, {"tile", "32"}}, Session::usual_bytes);
}

TEST(Session, PaintsSoWhateverItMayKeep) {
    for (const std::size_t bytes : {1, 1 << 14, 1 << 16})
        expect_single_runs(two_styles(), {}, bytes);
}

TEST(Session, MatchesPartsOfEachContentAnew) {
    expect_single_runs(two_styles(), {{"match-parts", "auto"}}, Session::usual_bytes);
}

TEST(Session, RecoloursStylesForEachContent) {
    expect_single_runs(two_styles(), {{"colors", "match"}}, Session::usual_bytes);
}

TEST(Session, DoesNotShareTheStylesOfGatysThatMasksOfTheContentCut) {
    expect_single_runs(two_styles(), {{"objective", "gatys"}}, Session::usual_bytes);
    Inputs plain = two_styles();
    plain.styles.erase(plain.styles.begin()); // the alpha of contents cuts as well
    expect_single_runs(plain, {{"objective", "gatys"}}, Session::usual_bytes);
}

TEST(Session, GoesOnAfterABadPicture) {
    const Model model = test::make_tiny_model();
    Session session(model, two_styles(), with({}));
    const Picture good = make_picture(64, 47, 4);
    const Result before = session.stylize(good, {});
    Picture broken = good;
    broken.color.pixels[5] = std::numeric_limits<float>::quiet_NaN();
    Picture clear = good;
    clear.alpha = Image(64, 47, 1);
    for (const Picture& bad : {broken, clear, make_picture(20, 400, 1), Picture()})
        EXPECT_THROW(session.stylize(bad, {}), Error);
    EXPECT_EQ(session.stylize(good, {}).picture.color.pixels, before.picture.color.pixels);
}

TEST(Session, RefusesStylesBeforeAnyPicture) {
    Inputs none;
    EXPECT_THROW(Session(test::make_tiny_model(), none, with({})), Error);
    Inputs light = two_styles();
    light.styles[1].weight = -1;
    EXPECT_THROW(Session(test::make_tiny_model(), light, with({})), Error);
}

} // namespace
} // namespace maniera
