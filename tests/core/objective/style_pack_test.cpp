// SPDX-License-Identifier: GPL-3.0-or-later
// A style pack's file: read as it was written, or refused. What is painted with one is
// make_style_pack_test's.

#include "core/objective/style_pack.h"

#include "core/base/sha256.h"
#include "tests/support/pictures.h"
#include "tests/support/process.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>

namespace maniera {
namespace {

using test::contains;
using test::refusal;
using test::write_text;

// Of features that are 1, 2, 3 ... times the size's number.
PackedMoments moments_of(int channels, float number) {
    PackedMoments moments;
    for (int row = 0; row < channels; ++row) {
        const float value = number * static_cast<float>(row + 1);
        moments.mean.push_back(value);
        for (int column = row; column < channels; ++column)
            moments.second.push_back(value * number * static_cast<float>(column + 1));
    }
    return moments;
}

PackedSize size_of(int side, float number) {
    PackedSize size{side, {}, {moments_of(2, number), moments_of(3, number)}};
    size.colors = sum_colors(test::make_picture(8, 6, static_cast<std::uint32_t>(side)).color, {});
    return size;
}

StylePack make_pack() {
    StylePack pack;
    pack.file = "waves";
    pack.name = "Waves";
    pack.author = "北斎";
    pack.licence = "public domain";
    pack.model = "tiny";
    pack.model_sha256 = std::string(64, 'a');
    pack.objective = "painterly";
    pack.pooling = "max";
    pack.size = {200, 150};
    pack.thumbnail = test::make_picture(5, 4, 1).color;
    pack.layers = {{"relu1_1", 2}, {"relu2_1", 3}};
    pack.sizes = {size_of(64, 1), size_of(128, 2), size_of(200, 3)};
    return pack;
}

const std::string entry = "\"sha256\":\"";

// The file with the digest that its bytes should have: a stranger can compute it too.
std::string signed_again(std::string bytes) {
    const std::size_t at = bytes.find(entry) + entry.size();
    bytes.replace(at, 64, 64, '0');
    return bytes.replace(at, 64, sha256_text(bytes.data(), bytes.size()));
}

std::string refusal_of(const std::string& bytes) {
    return refusal([&] { style_pack_from(bytes, "waves"); });
}

TEST(StylePack, IsReadAsItWasWritten) {
    const StylePack pack = make_pack();
    const test::ScratchFolder folder;
    write_text(folder / "waves", style_pack_bytes(pack));
    EXPECT_TRUE(is_style_pack(folder / "waves")); // by its first bytes
    const StylePack read = read_style_pack(folder / "waves");
    EXPECT_EQ(read.file, folder / "waves");
    EXPECT_EQ(read.name, "Waves");
    EXPECT_EQ(read.author, "北斎");
    EXPECT_EQ(read.licence, "public domain");
    EXPECT_EQ(read.model, "tiny");
    EXPECT_EQ(read.model_sha256, pack.model_sha256);
    EXPECT_EQ(read.objective, "painterly");
    EXPECT_EQ(read.pooling, "max");
    EXPECT_EQ(read.size, pack.size);
    EXPECT_LE(test::largest_difference(read.thumbnail, pack.thumbnail), 0.51 / 255);
    ASSERT_EQ(read.sizes.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(read.sizes[i].long_side, pack.sizes[i].long_side);
        EXPECT_EQ(read.sizes[i].colors.weight, pack.sizes[i].colors.weight);
        EXPECT_EQ(read.sizes[i].colors.first, pack.sizes[i].colors.first);
        EXPECT_EQ(read.sizes[i].colors.second, pack.sizes[i].colors.second);
        for (std::size_t layer = 0; layer < 2; ++layer) {
            EXPECT_EQ(read.layers[layer].name, pack.layers[layer].name);
            EXPECT_EQ(read.layers[layer].channels, pack.layers[layer].channels);
            EXPECT_EQ(read.sizes[i].moments[layer].mean, pack.sizes[i].moments[layer].mean);
            EXPECT_EQ(read.sizes[i].moments[layer].second, pack.sizes[i].moments[layer].second);
        }
    }
}

TEST(StylePack, IsRefusedWithAnyByteChangedAddedOrMissing) {
    const std::string whole = style_pack_bytes(make_pack());
    EXPECT_EQ(refusal_of(whole), "accepted");
    for (std::size_t byte = 0; byte < whole.size(); ++byte) {
        std::string changed = whole;
        changed[byte] = static_cast<char>(changed[byte] ^ (1 << byte % 8));
        EXPECT_TRUE(contains(refusal_of(changed), "The style pack waves is")) << byte;
        EXPECT_TRUE(contains(refusal_of(whole.substr(0, byte)), "The style pack waves is")) << byte;
    }
    EXPECT_TRUE(contains(refusal_of(whole + "x"), "is damaged"));
    EXPECT_TRUE(contains(refusal_of(std::string(1000, 'x')), "is not one of Maniera's"));
    std::string next = whole;
    next.replace(next.find("style 1"), 7, "style 2");
    EXPECT_TRUE(contains(refusal_of(signed_again(next)), "is of another version's format"));
    EXPECT_TRUE(contains(refusal([] { read_style_pack("no.maniera-style"); }), "cannot be opened"));
    EXPECT_TRUE(contains(refusal([] { read_style_pack("/"); }), "The style pack /"));
}

TEST(StylePack, IsRefusedForValuesThatNoStyleHas) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const std::function<void(StylePack&)> changes[] = {
        [](StylePack& p) { p.sizes[1].moments[0].second[0] = -1; },
        [=](StylePack& p) { p.sizes[1].moments[0].second[1] = nan; },
        [=](StylePack& p) { p.sizes[0].moments[1].mean[2] = nan; },
        [](StylePack& p) { p.sizes[0].moments[1].mean[2] = -3.1f; },   // its square's mean is 9
        [](StylePack& p) { p.sizes[0].moments[1].second[1] = 2.1f; },  // more than correlated
        [](StylePack& p) { p.sizes[2].moments[0].second[2] = 1e30f; }, // overflows in products
        [](StylePack& p) { p.sizes[0].moments[0].second.push_back(0); },
        [](StylePack& p) { p.sizes[0].moments[0].mean.clear(); },
        [](StylePack& p) { p.sizes[0].colors.weight = 0; },
        [](StylePack& p) { p.sizes[0].colors.first[1] *= -1; },
        [](StylePack& p) { p.sizes[0].colors.second[1] = 1e9; },
        [=](StylePack& p) { p.sizes[0].colors.second[8] = nan; },
        [](StylePack& p) { std::swap(p.sizes[0], p.sizes[1]); },
        [](StylePack& p) { p.sizes[2].long_side = 201; }, // not the painting's
        [](StylePack& p) { p.sizes.clear(); },
        [](StylePack& p) { p.layers[0].channels = 1 << 30; },
        [](StylePack& p) { p.layers[0].channels = -2; },
        [](StylePack& p) { p.layers[0].name = ""; },
        [](StylePack& p) {
            p.size = {200, 0};
        },
        [](StylePack& p) {
            p.size = {1 << 30, 1 << 30};
        },
        [](StylePack& p) { p.thumbnail = Image(1000, 1, 3); },
        [](StylePack& p) { p.thumbnail = Image(); },
        [](StylePack& p) { p.pooling = "max\x1b[2J"; },
        [](StylePack& p) { p.model = std::string(1001, 'm'); },
    };
    int number = 0;
    for (const auto& change : changes) {
        StylePack pack = make_pack();
        change(pack);
        EXPECT_TRUE(contains(refusal_of(style_pack_bytes(pack)), "is damaged")) << number;
        ++number;
    }
}

// What a stranger signs is read or refused, and what is read can be asked for any size.
TEST(StylePack, NeverCrashesOnWhatAStrangerSigned) {
    const std::string whole = style_pack_bytes(make_pack());
    std::mt19937 random(7);
    int read = 0;
    for (int i = 0; i < 3000; ++i) {
        std::string changed = whole;
        for (unsigned changes = 1 + random() % 3; changes > 0; --changes)
            changed[random() % changed.size()] = static_cast<char>(random());
        if (changed.find(entry) == std::string::npos ||
            changed.find(entry) + entry.size() + 64 > changed.size())
            continue;
        const std::string said = refusal([&] {
            const StylePack pack = style_pack_from(signed_again(changed), "waves");
            for (const int side : {1, 64, 99, 200, 100000})
                EXPECT_TRUE(std::isfinite(colors_at(pack, side).weight));
        });
        EXPECT_TRUE(said == "accepted" || contains(said, "The style pack waves is")) << said;
        read += said == "accepted";
    }
    EXPECT_GT(read, 20); // a thumbnail may be of any color
}

TEST(StylePack, GivesWhatLiesBetweenItsSizes) {
    const StylePack pack = make_pack();
    const auto expect = [&](int side, std::size_t below, std::size_t above, double share) {
        const PackPlace place = place_in(pack, side);
        EXPECT_EQ(place.below, below) << side;
        EXPECT_EQ(place.above, above) << side;
        EXPECT_NEAR(place.share, share, 0.005) << side;
    };
    expect(32, 0, 0, 0);
    expect(64, 0, 0, 0);
    expect(91, 0, 1, 0.508);
    expect(128, 1, 1, 0);
    expect(160, 1, 2, 0.5);
    expect(200, 2, 2, 0);
    expect(4000, 2, 2, 0);
    const auto red = [](const ColorSums& sums) { return sums.first[0] / sums.weight; };
    EXPECT_NEAR(red(colors_at(pack, 160)),
                (red(pack.sizes[1].colors) + red(pack.sizes[2].colors)) / 2, 1e-3);
    EXPECT_DOUBLE_EQ(red(colors_at(pack, 4000)), red(pack.sizes[2].colors));
}

TEST(StylePack, RefusesWordsThatNoFileMayHave) {
    const std::function<void(StylePack&)> changes[] = {
        [](StylePack& p) { p.name = "two\nlines"; },
        [](StylePack& p) { p.author = std::string(1001, 'a'); },
        [](StylePack& p) { p.licence = "\x1b[2J"; },
        [](StylePack& p) { p.author = "Dal\xed"; }, // Latin-1
    };
    for (const auto& change : changes) {
        StylePack pack = make_pack();
        change(pack);
        EXPECT_TRUE(contains(refusal([&] { style_pack_bytes(pack); }), "name, author and licence"));
    }
}

} // namespace
} // namespace maniera
