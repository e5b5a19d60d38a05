// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures that go on at their other ends.

#include "core/image/joined_ends.h"
#include "core/network/tensors.h"
#include "core/run/make_scene.h"
#include "core/run/surroundings.h"
#include "core/run/upsampling.h"
#include "core/stylize.h"

#include "tests/support/pictures.h"
#include "tests/support/refusal.h"
#include "tests/support/settings.h"
#include "tests/support/tiny_model.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/roll.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace maniera {
namespace {

using test::make_picture;
using test::Settings;

ManieraOptions with(const Settings& settings) { return test::repeatable("12", settings); }

Inputs make_inputs(int width, int height) {
    Inputs inputs;
    inputs.content = make_picture(width, height, 20);
    inputs.styles.resize(1);
    inputs.styles[0].picture = make_picture(150, 117, 31);
    return inputs;
}

Image painted(int width, int height, Settings settings) {
    settings.emplace_back("match-parts", "off");
    const Result result =
        stylize(test::make_tiny_model(), make_inputs(width, height), with(settings), {});
    EXPECT_EQ(result.size, (Size{width, height}));
    return copy(result.picture.color);
}

// The objective at pictures of a size, in float64 but for the gradient.
class Tileable {
public:
    Tileable(const std::string& axes, Inputs inputs, Size size, int tile = 0)
        : resolved_(resolve(with({{"tileable", axes}, {"match-parts", "off"}}))),
          model_(test::make_tiny_model()),
          network_(model_, network_config(resolved_, model_, {at::kCPU, at::kDouble})) {
        MemoryPlan plan;
        plan.tile = tile;
        scene_ = make_scene(network_, term_options(resolved_, SqrtMethod::eigen_float64), resolved_,
                            inputs, size, 0, plan);
    }
    Evaluation at(const at::Tensor& x) const { return evaluate(scene_, x); }
    const Scene& scene() const { return scene_; }

private:
    ResolvedOptions resolved_;
    Model model_;
    Network network_;
    Scene scene_;
};

at::Tensor rolled(const at::Tensor& maps, int x, int y) { return at::roll(maps, {y, x}, {2, 3}); }

// To the grid of the last pool, which a picture of whole cells does not leave.
TEST(Tileable, APictureMovedOverItsEdgesHasTheSameObjective) {
    const c10::InferenceMode no_autograd;
    const at::Tensor x = to_tensor(make_picture(96, 48, 7).color, at::kCPU);
    struct Case {
        const char* axes;
        int x, y;
        bool same;
    };
    for (const Case& each : {Case{"xy", 32, 16, true},
                             {"x", 48, 0, true},
                             {"y", 0, 32, true},
                             {"x", 0, 16, false},
                             {"off", 32, 0, false}}) {
        SCOPED_TRACE(each.axes);
        const Inputs inputs = make_inputs(96, 48);
        Inputs moved = make_inputs(96, 48);
        moved.content = Picture{
            "moved",
            to_image(rolled(to_tensor(inputs.content.color.whole, at::kCPU), each.x, each.y)),
            {}};
        const Evaluation wanted = Tileable(each.axes, inputs, {96, 48}).at(x);
        const Evaluation got = Tileable(each.axes, moved, {96, 48}).at(rolled(x, each.x, each.y));
        const double total = wanted.total.item<double>();
        const double largest = wanted.gradient.abs().max().item<double>();
        const double off =
            (got.gradient - rolled(wanted.gradient, each.x, each.y)).abs().max().item<double>();
        if (each.same) {
            EXPECT_NEAR(got.total.item<double>(), total, 1e-6 * total);
            EXPECT_LT(off, 1e-5 * largest);
        } else {
            EXPECT_GT(std::abs(got.total.item<double>() - total), 1e-4 * total);
            EXPECT_GT(off, 1e-2 * largest);
        }
    }
}

// At sizes that are no multiple of a pool, and smaller than what the network sees around them.
TEST(Tileable, ItsGradientIsTheSlopeOfItsValue) {
    const c10::InferenceMode no_autograd;
    const Size size{61, 45};
    const at::Tensor x = to_tensor(make_picture(61, 45, 7).color, at::kCPU).mul(0.8).add(0.1);
    for (const auto& [axes, tile] : {std::pair("xy", 64), {"x", 0}, {"y", 0}}) {
        const Tileable objective(axes, make_inputs(61, 45), size, tile);
        const Evaluation here = objective.at(x);
        const at::Tensor step = here.gradient / here.gradient.abs().max();
        constexpr double length = 1e-3; // some ReLU or pool turns in it
        const double slope =
            ((objective.at(x + step * length).total - objective.at(x - step * length).total) /
             (2 * length))
                .item<double>();
        const double wanted = (here.gradient.to(at::kDouble) * step).sum().item<double>();
        EXPECT_NEAR(slope, wanted, 1e-2 * std::abs(wanted)) << axes << " " << tile;
    }
}

TEST(Tileable, ItIsEnlargedOverItsEdges) {
    const c10::InferenceMode no_autograd;
    const at::Tensor x = to_tensor(make_picture(48, 32, 7).color, at::kCPU);
    for (const std::string axes : {"xy", "x", "y"}) {
        const Tileable small(axes, make_inputs(96, 64), {48, 32}),
            large(axes, make_inputs(96, 64), {96, 64});
        const Resizer enlarge = enlarger(small.scene(), large.scene());
        const at::Tensor larger = enlarge(x);
        const auto off = [&](int dx, int dy) {
            return (enlarge(rolled(x, dx, dy)) - rolled(larger, 2 * dx, 2 * dy))
                .abs()
                .max()
                .item<double>();
        };
        EXPECT_EQ(off(5, 0) < 1e-6, axes != "y") << axes << off(5, 0);
        EXPECT_EQ(off(0, 7) < 1e-6, axes != "x") << axes << off(0, 7);
    }
}

double difference(const Image& image, Span columns, Span rows) {
    double sum = 0;
    int count = 0;
    for (int y = rows.begin; y < rows.end; ++y)
        for (int c = 0; c < 3; ++c, ++count)
            sum += std::abs(image.at(columns.begin, y)[c] - image.at(columns.end, y)[c]);
    return sum / count;
}

Image turned(const Image& image) {
    Image result(image.height, image.width, 3);
    for (int y = 0; y < image.height; ++y)
        for (int x = 0; x < image.width; ++x)
            std::copy_n(image.at(x, y), 3, result.at(y, x));
    return result;
}

// The step from the last column to the first, over the largest between neighbors.
double seam(const Image& image) {
    const Span rows{0, image.height};
    double largest = 0;
    for (int x = 0; x + 1 < image.width; ++x)
        largest = std::max(largest, difference(image, {x, x + 1}, rows));
    return difference(image, {image.width - 1, 0}, rows) / largest;
}

TEST(Tileable, ThereIsNoSeamAtOddSizes) {
    const auto seams = [](const char* axes) {
        const Image texture =
            painted(157, 131, {{"content-weight", "0"}, {"init", "noise"}, {"tileable", axes}});
        return std::pair(seam(texture), seam(turned(texture)));
    };
    const auto off = seams("off"), x = seams("x"), y = seams("y"), xy = seams("xy");
    EXPECT_GT(std::min({off.first, off.second, x.second, y.first}), 1.5);
    EXPECT_LT(std::max({x.first, y.second, xy.first, xy.second}), 1);
}

TEST(Tileable, APhotographOfTwoEndsHasNoSeamEither) {
    Inputs inputs = make_inputs(157, 131);
    Image photograph(157, 131, 3);
    for (int y = 0; y < 131; ++y)
        for (int i = 0; i < 3 * 157; ++i)
            photograph.at(0, y)[i] = 0.1f + 0.8f * static_cast<float>(i / 3) / 156;
    inputs.content = Picture{"ramp", photograph, {}};
    const auto seam_of = [&](const char* axes) {
        const ManieraOptions options = with({{"tileable", axes}, {"init", "content"}});
        return seam(stylize(test::make_tiny_model(), inputs, options, {}).picture.color);
    };
    EXPECT_GT(seam_of("off"), 1.5);
    EXPECT_LT(seam_of("x"), 1);
}

// Of the whole or by rows, and nowhere but near the ends.
TEST(Tileable, EndsAreJoinedInRowsAsInTheWhole) {
    const Picture picture = make_picture(90, 70, 4);
    const PictureSource whole = joined_ends(picture, {true, true});
    const ImageView image = picture.color;
    const RowSource by_rows(size_of(image), 3,
                            [&](Span rows) { return copy(rows_in(image, rows)); });
    const PictureSource rows = joined_ends({"rows", by_rows, {}}, {true, true});
    EXPECT_TRUE(rows.color.whole.empty());
    const Image joined = copy(whole.color.whole);
    for (const Span span : {Span{0, 70}, {0, 3}, {2, 40}, {69, 70}, {5, 64}})
        EXPECT_EQ(rows.color.read(span).pixels, copy(rows_in(joined, span)).pixels);
    for (int y = 0; y < 70; ++y)
        for (int x = 0; x < 90; ++x)
            if (std::min({x, y, 89 - x, 69 - y}) >= 6) {
                ASSERT_EQ(*joined.at(x, y), *picture.color.at(x, y));
            }
    EXPECT_LT(seam(joined), 0.3 * seam(picture.color));
    EXPECT_LT(seam(turned(joined)), 0.3 * seam(turned(picture.color)));
    EXPECT_EQ(joined_ends(picture, {}).color.read({0, 70}).pixels, picture.color.pixels);
}

TEST(Tileable, APhotographIsPreparedWithItsEndsJoined) {
    const Picture picture = make_picture(90, 70, 4);
    PictureSource prepared = picture;
    prepare_content(prepared, {true, true});
    EXPECT_EQ(copy(prepared.color.whole).pixels,
              copy(joined_ends(picture, {true, true}).color.whole).pixels);
}

// All steps of it: what the optimizer does at the edges too. The content is the same everywhere.
TEST(Tileable, AMovedStartIsPaintedToAMovedPicture) {
    const c10::InferenceMode no_autograd;
    const at::Tensor start = to_tensor(make_picture(96, 48, 7).color, at::kCPU);
    const auto painted_from = [](const at::Tensor& from, const char* axes) {
        Inputs inputs = make_inputs(96, 48);
        inputs.content = Picture{"gray", Image(96, 48, 3), {}};
        inputs.initial = to_image(from);
        const ManieraOptions options =
            with({{"tileable", axes}, {"scales", "1"}, {"iterations", "4"}});
        const Result result = stylize(test::make_tiny_model(), inputs, options, {});
        return to_tensor(result.picture.color, at::kCPU);
    };
    struct Case {
        const char* axes;
        int x, y;
    };
    for (const Case& each : {Case{"xy", 32, 16}, {"x", 48, 0}, {"y", 0, 32}}) {
        const at::Tensor wanted = rolled(painted_from(start, each.axes), each.x, each.y);
        const at::Tensor got = painted_from(rolled(start, each.x, each.y), each.axes);
        EXPECT_LT((got - wanted).abs().max().item<double>(), 2e-3) << each.axes;
    }
}

// The same at both ends, so that nothing is joined there.
Picture symmetric(int width, int height) {
    Picture picture = make_picture(width, height, 20);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            std::copy_n(picture.color.at(std::min(x, width - 1 - x), std::min(y, height - 1 - y)),
                        3, picture.color.at(x, y));
    return picture;
}

// At a size at which the matcher takes the pictures as they are.
TEST(Tileable, PartsAreMatchedOverItsEdges) {
    const c10::InferenceMode no_autograd;
    const at::Tensor content = to_tensor(symmetric(128, 64).color, at::kCPU);
    const auto painted_from = [](const at::Tensor& from, const char* match) {
        Inputs inputs = make_inputs(128, 64);
        inputs.content = Picture{"symmetric", to_image(from), {}};
        const ManieraOptions options =
            with({{"tileable", "xy"}, {"iterations", "4"}, {"match-parts", match}});
        const Result result = stylize(test::make_tiny_model(), inputs, options, {});
        return to_tensor(result.picture.color, at::kCPU);
    };
    const at::Tensor wanted = painted_from(content, "auto");
    const at::Tensor got = painted_from(rolled(content, 64, 32), "auto");
    const auto mean = [](const at::Tensor& difference) {
        return difference.abs().mean().item<double>();
    };
    EXPECT_GT(mean(wanted - painted_from(content, "off")), 5e-3); // there are matches
    EXPECT_LT(mean(got - rolled(wanted, 64, 32)), 6e-3);          // some cells resemble two alike
}

TEST(Tileable, IsTheSameInTiles) {
    for (const char* axes : {"xy", "x", "y"}) {
        const Settings settings{{"tileable", axes}, {"iterations", "3"}};
        Settings tiled = settings;
        tiled.emplace_back("tile", "64");
        EXPECT_LT(test::mean_difference(painted(157, 131, tiled), painted(157, 131, settings)),
                  5e-4)
            << axes;
    }
}

TEST(Tileable, GatysIsRefused) {
    const Inputs inputs = make_inputs(64, 64);
    ErrorCode code = ErrorCode::internal;
    const std::string said = test::refusal(
        [&] {
            stylize(test::make_tiny_model(), inputs,
                    with({{"tileable", "x"}, {"objective", "gatys"}}), {});
        },
        &code);
    EXPECT_EQ(code, ErrorCode::invalid_option);
    EXPECT_TRUE(test::contains(said, "--tileable")) << said;
}

} // namespace
} // namespace maniera
