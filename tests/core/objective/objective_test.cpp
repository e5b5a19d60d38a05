// SPDX-License-Identifier: GPL-3.0-or-later
// Core's measure against the float64 reference: every objective with every kind of input.

#include "core/objective/objective.h"

#include "core/device/device.h"
#include "core/network/tensors.h"
#include "core/run/make_scene.h"
#include "core/stylize.h"

#include "tests/support/pictures.h"
#include "tests/support/process.h"
#include "tests/support/reference.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <ATen/TensorOperators.h>
#include <c10/core/InferenceMode.h>

#include <cmath>
#include <functional>

namespace maniera {
namespace {

MemoryPlan in_tiles(int side) {
    MemoryPlan plan;
    plan.tile = side;
    return plan;
}

using test::make_mask;
using test::make_noise;
using test::make_picture;
using test::ReferenceForm;
using test::ReferenceTerms;

constexpr int width = 97, height = 75; // odd at every second pool

using Settings = std::vector<std::pair<std::string, std::string>>;

// One thread: pictures this small gain nothing from more, and lose much where the machine is busy.
ManieraOptions with(const Settings& settings) {
    ManieraOptions options;
    maniera_options_init(&options);
    char message[MANIERA_MESSAGE_MAX];
    EXPECT_TRUE(maniera_option_set(&options, "threads", "1", message)) << message;
    for (const auto& [name, text] : settings)
        EXPECT_TRUE(maniera_option_set(&options, name.c_str(), text.c_str(), message)) << message;
    return options;
}

// An objective: how core is asked for it, and the reference for the same.
struct Form {
    std::string name;
    Settings settings;
    ReferenceTerms terms;
    double tolerance;
};

Form gram() {
    Form form{"Gram", {{"style-term", "gram"}}, test::painterly_reference(), 1e-4};
    form.terms.form = ReferenceForm::gram;
    return form;
}

// The tiny model's layers have 6 to 14 channels: rank 5 is less than any, the default more.
Form wasserstein(const std::string& name, int rank) {
    Form form{name, {}, test::painterly_reference(), 1e-3};
    if (rank != form.terms.rank)
        form.settings = {{"wasserstein-rank", std::to_string(rank)}};
    form.terms.rank = rank;
    return form;
}

Form gatys() { return {"Gatys", {{"objective", "gatys"}}, test::gatys_reference(), 1e-4}; }

struct Setting {
    std::string name;
    std::function<Inputs(bool gatys)> inputs;
};

// gatys compares pictures of one size. Elsewhere the styles' sizes are theirs: as long as the
// run's long side, or smaller, so that nothing is resampled.
StyleInput make_style(bool gatys, std::uint32_t seed, double weight) {
    StyleInput style;
    style.picture = gatys      ? make_picture(width, height, seed)
                    : seed % 2 ? make_picture(width, 61, seed)
                               : make_picture(53, 71, seed);
    style.weight = weight;
    return style;
}

Inputs make_inputs(bool gatys, const std::vector<double>& weights) {
    Inputs inputs;
    inputs.content = make_picture(width, height, 20);
    for (std::size_t i = 0; i < weights.size(); ++i)
        inputs.styles.push_back(make_style(gatys, static_cast<std::uint32_t>(31 + i), weights[i]));
    return inputs;
}

Image mask_of(const StyleInput& style, double edge, double soft) {
    return make_mask(style.picture.color.width, style.picture.color.height, edge, soft);
}

Image inverted(Image mask) {
    for (float& value : mask.pixels)
        value = 1 - value;
    return mask;
}

Inputs overlapping_masks(bool gatys) {
    Inputs inputs = make_inputs(gatys, {0.7, 2, 1, 3});
    inputs.styles[0].mask = make_mask(width, height, 0.45, 0.5);
    Image mask = inverted(make_mask(width, height, 0.35, 0.2));
    for (int x = 0; x < width; ++x) // leaves a part to the others
        for (int y = 50; y < height; ++y)
            *mask.at(x, y) *= 0.2f;
    inputs.styles[1].mask = mask;
    return inputs;
}

const std::vector<Setting> settings{
    {"OneStyle", [](bool gatys) { return make_inputs(gatys, {1}); }},
    {"ThreeWeightedStyles",
     [](bool gatys) {
         return make_inputs(gatys, {0.5, 2, 1});
     }},
    {"OverlappingSoftMasks", overlapping_masks},
    {"StyleMasks",
     [](bool gatys) {
         Inputs inputs = overlapping_masks(gatys);
         inputs.styles[1].style_mask = mask_of(inputs.styles[1], 0.6, 0.4);
         inputs.styles[2].style_mask = inverted(mask_of(inputs.styles[2], 0.3, 0));
         return inputs;
     }},
    {"MasksThatLeaveGaps",
     [](bool gatys) {
         Inputs inputs = make_inputs(gatys, {2, 0.5});
         inputs.styles[0].mask = make_mask(width, height, 0.3);
         inputs.styles[1].mask = inverted(make_mask(width, height, 0.7));
         return inputs;
     }},
    {"AMaskThatVanishesInTheDepth",
     [](bool gatys) {
         Inputs inputs = make_inputs(gatys, {1, 1});
         Image mask(width, height, 1);
         for (int x = 0; x < width; ++x) // rows from 64 on have no part in relu5_1
             for (int y = 66; y < height; ++y)
                 *mask.at(x, y) = 1;
         inputs.styles[0].mask = mask;
         return inputs;
     }},
    {"StyleMasksThatVanishInTheDepth",
     [](bool gatys) {
         Inputs inputs = make_inputs(gatys, {1, 1, 2});
         inputs.styles[0].mask = make_mask(width, height, 0.4);
         for (const int i : {0, 1}) { // the last row has no part in relu5_1
             const Image& color = inputs.styles[i].picture.color;
             inputs.styles[i].style_mask = Image(color.width, color.height, 1);
             for (int x = 0; x < color.width; ++x)
                 *inputs.styles[i].style_mask.at(x, color.height - 1) = 1;
         }
         return inputs;
     }},
    {"AStyleOfNoWeightBesideAMask",
     [](bool gatys) {
         Inputs inputs = make_inputs(gatys, {3, 0});
         inputs.styles[0].mask = make_mask(width, height, 0.6, 0.3);
         return inputs;
     }},
    {"AMaskOverEverything",
     [](bool gatys) {
         Inputs inputs = make_inputs(gatys, {1, 4});
         inputs.styles[0].mask = make_mask(width, height, 2);
         return inputs;
     }},
    {"Alpha",
     [](bool gatys) {
         Inputs inputs = make_inputs(gatys, {1, 2});
         inputs.styles[0].mask = make_mask(width, height, 0.5, 0.8);
         Image alpha = make_noise(width, height, 1, 3);
         for (float& value : alpha.pixels)
             value = 0.1f + 0.9f * value;
         inputs.content.alpha = alpha;
         inputs.styles[1].style_mask = mask_of(inputs.styles[1], 0.6, 0.9);
         inputs.styles[1].picture.alpha = inverted(mask_of(inputs.styles[1], 0.2, 0.5));
         return inputs;
     }},
};

// The reference takes everything at its size, and a style's alpha with its mask.
std::vector<test::ReferenceStyle> reference_styles(const Inputs& inputs) {
    std::vector<test::ReferenceStyle> styles;
    for (StyleInput style : inputs.styles) {
        // Colours under full transparency are filled before anything sees them.
        fill_transparent(style.picture);
        Image weights = style.style_mask.empty() ? style.picture.alpha : style.style_mask;
        if (!style.style_mask.empty() && !style.picture.alpha.empty())
            for (std::size_t i = 0; i < weights.pixels.size(); ++i)
                weights.pixels[i] *= style.picture.alpha.pixels[i];
        styles.push_back({style.picture.color, take_whole(style.mask), weights, style.weight});
    }
    return styles;
}

void expect_near(double value, double wanted, double tolerance, const std::string& what) {
    EXPECT_NEAR(value, wanted, tolerance * std::abs(wanted)) << what;
}

void expect_agreement(const Model& model, const Form& form, const Inputs& inputs,
                      const std::string& precision = "fp32", double tolerance = 0) {
    const double t = tolerance > 0 ? tolerance : form.tolerance;
    Settings asked = form.settings;
    asked.emplace_back("precision", precision);
    const Picture picture = make_picture(width, height, 77);
    const Measurement found = measure(model, picture, inputs, with(asked));
    const test::ReferenceResult wanted =
        test::reference(model, form.terms, picture.color, take_whole(inputs.content.color),
                        reference_styles(inputs), take_whole(inputs.content.alpha));
    EXPECT_EQ(found.precision, precision);
    EXPECT_EQ(found.width, width);
    EXPECT_EQ(found.height, height);
    ASSERT_EQ(found.content.size(), wanted.content.size());
    ASSERT_EQ(found.style.size(), wanted.style.size());
    expect_near(found.total, wanted.total, t, "total");
    expect_near(found.smoothness, wanted.smoothness, t, "smoothness");
    expect_near(found.gradient_l2, wanted.gradient_l2, t, "gradient l2");
    // One element's rounding averages out with nothing; how bfloat16 is rounded the processor
    // decides.
    const double of_one = tolerance > 0 ? 2 * t : t;
    expect_near(found.gradient_max, wanted.gradient_max, of_one, "gradient max");
    for (std::size_t i = 0; i < wanted.content.size(); ++i) {
        EXPECT_EQ(found.content[i].first, wanted.content[i].first);
        expect_near(found.content[i].second, wanted.content[i].second, t, wanted.content[i].first);
    }
    for (std::size_t i = 0; i < wanted.style.size(); ++i) {
        EXPECT_EQ(found.style[i].first, wanted.style[i].first);
        expect_near(found.style[i].second, wanted.style[i].second, t, wanted.style[i].first);
    }
}

const std::vector<Form> forms{gram(), wasserstein("WassersteinOfRankFive", 5),
                              wasserstein("WassersteinInFull", 128), gatys()};

class Measure : public testing::TestWithParam<std::tuple<Form, Setting>> {};

TEST_P(Measure, AgreesWithTheReference) {
    const auto& [form, setting] = GetParam();
    expect_agreement(test::make_tiny_model(), form, setting.inputs(form.name == "Gatys"));
}

INSTANTIATE_TEST_SUITE_P(Objectives, Measure,
                         testing::Combine(testing::ValuesIn(forms), testing::ValuesIn(settings)),
                         [](const auto& info) {
                             return std::get<0>(info.param).name + "With" +
                                    std::get<1>(info.param).name;
                         });

TEST(MeasureInBfloat16, AgreesWithTheReference) {
    if (!list_devices()[0].bf16)
        GTEST_SKIP() << "this processor has no bfloat16 arithmetic (avx512_bf16)";
    for (const Form& form : forms) {
        SCOPED_TRACE(form.name);
        expect_agreement(test::make_tiny_model(), form, overlapping_masks(form.name == "Gatys"),
                         "bf16", 3e-2);
    }
}

// A model whose input is in 0..255, as the MATLAB file's: its features are scaled.
TEST(MeasureOfAModelInLevels, AgreesWithTheReference) {
    Model model = test::make_tiny_model();
    model.manifest.mean = {0.5, 0.4, 0.3};
    model.manifest.deviation = {1 / 255.0, 1 / 255.0, 1 / 255.0};
    model.manifest.feature_scale = 1 / 57.63;
    for (const Form& form : forms) {
        SCOPED_TRACE(form.name);
        expect_agreement(model, form, overlapping_masks(form.name == "Gatys"));
    }
}

TEST(MeasureWithOtherWeightsLayersAndPooling, AgreesWithTheReference) {
    for (Form form : {gram(), wasserstein("rank 7", 7), gatys()}) {
        SCOPED_TRACE(form.name);
        const bool is_gatys = form.name == "Gatys";
        form.settings.insert(form.settings.end(),
                             {{"content-weight", "0.25"},
                              {"style-weight", "30"},
                              {"smoothness-weight", "0.5"},
                              {"content-layers", "conv3_3"},
                              {"style-layers", "relu1_2:3,relu3_3,conv5_1:0.5"},
                              {"pooling", is_gatys ? "max" : "average"}});
        form.terms.content_weight = 0.25;
        form.terms.style_weight = 30;
        form.terms.smoothness_weight = 0.5;
        form.terms.content_layers = {{"conv3_3", 1}};
        form.terms.average_pooling = !is_gatys;
        const double sum = is_gatys ? 1 : 4.5; // the painterly weights are normalised
        form.terms.style_layers = {
            {"relu1_2", 3 / sum}, {"relu3_3", 1 / sum}, {"conv5_1", 0.5 / sum}};
        expect_agreement(test::make_tiny_model(), form, make_inputs(is_gatys, {1, 2}));
    }
}

// The norms that measure gives could hide a gradient at the wrong places.
TEST(Objective, ItsGradientAgreesAtEveryPixel) {
    const Model model = test::make_tiny_model();
    const Picture picture = make_picture(width, height, 77);
    for (const Form& form : forms) {
        SCOPED_TRACE(form.name);
        const Inputs inputs = overlapping_masks(form.name == "Gatys");
        Settings asked = form.settings;
        asked.emplace_back("precision", "fp32");
        const ResolvedOptions resolved = resolve(with(asked));
        for (const int tile : {0, 32}) {
            SCOPED_TRACE(tile);
            std::vector<float> found;
            {
                const c10::InferenceMode no_autograd;
                const Network network(
                    model, network_config(resolved, model, choose_placement(resolved, true)));
                const Scene scene =
                    make_scene(network, term_options(resolved, SqrtMethod::eigen_float64), resolved,
                               inputs, {width, height}, 0, in_tiles(tile));
                const at::Tensor gradient =
                    scene.objective->evaluate(to_tensor(picture.color, at::kCPU))
                        .gradient.contiguous();
                found.assign(gradient.data_ptr<float>(),
                             gradient.data_ptr<float>() + gradient.numel());
            }
            const test::ReferenceResult wanted =
                test::reference(model, form.terms, picture.color, take_whole(inputs.content.color),
                                reference_styles(inputs));
            ASSERT_EQ(found.size(), wanted.gradient.size());
            double largest = 0;
            for (std::size_t i = 0; i < found.size(); ++i)
                largest = std::max(largest, std::abs(found[i] - wanted.gradient[i]));
            EXPECT_LT(largest, form.tolerance * wanted.gradient_max);
        }
    }
}

// Cut in tiles or not, it is the same objective: to rounding in float64, of which only the gradient
// is float32. Not so where fewer directions than channels are taken in full: some channels of the
// tiny model are dead, and chance decides which of equal eigenvectors are among the first.
TEST(Objective, IsTheSameWithItsTargetsInAFile) {
    const c10::InferenceMode no_autograd;
    const test::ScratchFolder folder;
    const Model model = test::make_tiny_model();
    const ResolvedOptions resolved = resolve(with({}));
    const Network network(model, network_config(resolved, model, {at::kCPU, at::kFloat}));
    Inputs inputs;
    inputs.content = make_picture(203, 151, 1);
    inputs.styles.resize(1);
    inputs.styles[0].picture = make_picture(90, 131, 2);
    const at::Tensor x = to_tensor(make_picture(203, 151, 77).color, at::kCPU);
    for (const int tile : {0, 64}) {
        MemoryPlan plan = in_tiles(tile);
        const auto evaluate = [&] {
            return make_scene(network, term_options(resolved, SqrtMethod::eigen_float64), resolved,
                              inputs, {203, 151}, 0, plan)
                .objective->evaluate(x);
        };
        const Evaluation wanted = evaluate();
        plan.targets_in_file = true;
        plan.scratch_folder = folder.path().string();
        const Evaluation got = evaluate();
        EXPECT_EQ(got.total.item<double>(), wanted.total.item<double>());
        EXPECT_TRUE(got.gradient.equal(wanted.gradient));
    }
}

// Where a style's directions are few, regions that reach but a part of the picture are looked at on
// these alone while painting; `measure` looks at all channels.
TEST(Objective, OnFewDirectionsIsThatOfAllChannels) {
    const c10::InferenceMode no_autograd;
    const Model model = test::make_tiny_model();
    const ResolvedOptions resolved =
        resolve(with({{"wasserstein-rank", "2"}, {"precision", "fp32"}}));
    const Network network(model, network_config(resolved, model, {at::kCPU, at::kFloat}));
    const Inputs inputs = overlapping_masks(false);
    const at::Tensor x = to_tensor(make_picture(width, height, 77).color, at::kCPU);
    const auto evaluate = [&](SqrtMethod sqrt_method, int tile) {
        return make_scene(network, term_options(resolved, sqrt_method), resolved, inputs,
                          {width, height}, 0, in_tiles(tile))
            .objective->evaluate(x);
    };
    const Evaluation exact = evaluate(SqrtMethod::eigen_float64, 0);
    for (const int tile : {0, 32}) {
        SCOPED_TRACE(tile);
        const Evaluation on_few = evaluate(SqrtMethod::eigen, tile);
        for (std::size_t i = 0; i < exact.style.size(); ++i)
            expect_near(on_few.style[i].second.item<double>(), exact.style[i].second.item<double>(),
                        1e-4, exact.style[i].first);
        EXPECT_LT((on_few.gradient - exact.gradient).abs().max().item<double>(),
                  1e-3 * exact.gradient.abs().max().item<double>());
    }
}

double tile_tolerance(const Form& form) {
    return form.name == "WassersteinOfRankFive" ? 1e-2 : 1e-6;
}

void expect_same_in_tiles(const Model& model, const Form& form, const Inputs& inputs, Size size,
                          const std::vector<int>& sides) {
    const c10::InferenceMode no_autograd;
    const ResolvedOptions resolved = resolve(with(form.settings));
    const Network network(model, network_config(resolved, model, {at::kCPU, at::kDouble}));
    const at::Tensor x = to_tensor(make_picture(size.width, size.height, 77).color, at::kCPU);
    const auto evaluate = [&](int side) {
        return make_scene(network, term_options(resolved, SqrtMethod::eigen_float64), resolved,
                          inputs, size, 0, in_tiles(side))
            .objective->evaluate(x);
    };
    const Evaluation wanted = evaluate(0);
    const double tolerance = tile_tolerance(form);
    const auto expect = [&](const at::Tensor& value, const at::Tensor& exact,
                            const std::string& what) {
        expect_near(value.item<double>(), exact.item<double>(), tolerance, what);
    };
    for (const int side : sides) {
        SCOPED_TRACE(side);
        const Evaluation tiled = evaluate(side);
        expect(tiled.total, wanted.total, "total");
        expect(tiled.smoothness, wanted.smoothness, "smoothness");
        ASSERT_EQ(tiled.style.size(), wanted.style.size());
        for (std::size_t i = 0; i < wanted.content.size(); ++i)
            expect(tiled.content[i].second, wanted.content[i].second, wanted.content[i].first);
        for (std::size_t i = 0; i < wanted.style.size(); ++i)
            expect(tiled.style[i].second, wanted.style[i].second, wanted.style[i].first);
        EXPECT_LT((tiled.gradient - wanted.gradient).abs().max().item<double>(),
                  tolerance * wanted.gradient.abs().max().item<double>());
    }
}

// Every kind of input; so small a picture is seen whole from each of its tiles.
TEST_P(Measure, IsTheSameInTiles) {
    const auto& [form, setting] = GetParam();
    expect_same_in_tiles(test::make_tiny_model(), form, setting.inputs(form.name == "Gatys"),
                         {width, height}, {16, 48});
}

// Large enough that no tile sees everything, styles in tiles too.
Inputs large_inputs(bool gatys, Size size) {
    Inputs inputs;
    inputs.content = make_picture(size.width, size.height, 20);
    inputs.styles.resize(2);
    for (std::uint32_t i = 0; i < 2; ++i)
        inputs.styles[i].picture =
            make_picture(size.width, gatys ? size.height : 300 + static_cast<int>(i), 41 + i);
    inputs.styles[0].mask = make_mask(size.width, size.height, 0.45, 0.5);
    inputs.styles[1].style_mask = mask_of(inputs.styles[1], 0.6, 0.4);
    return inputs;
}

TEST(ObjectiveInTiles, IsThatOfTheWhole) {
    for (Form form : forms) {
        SCOPED_TRACE(form.name);
        const Inputs inputs = large_inputs(form.name == "Gatys", {352, 311});
        expect_same_in_tiles(test::make_tiny_model(), form, inputs, {352, 311}, {112});
        form.settings.emplace_back("pooling", form.name == "Gatys" ? "max" : "average");
        expect_same_in_tiles(test::make_tiny_model(), form, inputs, {352, 311}, {208});
    }
}

TEST(MeasureInTiles, IsThatOfTheWholeWithTheRealModel) {
    const std::string path = test::installed_vgg16();
    if (path.empty())
        GTEST_SKIP() << "the model vgg16 is not installed; run: maniera models fetch";
    const Model model = load_model(read_manifest(path));
    const Size size{227, 195};
    const Picture picture = make_picture(size.width, size.height, 77);
    for (const Form& form : {wasserstein("in full", 512), gatys()}) {
        SCOPED_TRACE(form.name);
        const Inputs inputs = large_inputs(form.name == "Gatys", size);
        Settings asked = form.settings;
        asked.emplace_back("precision", "fp32");
        const Measurement wanted = measure(model, picture, inputs, with(asked));
        asked.emplace_back("tile", "128");
        const Measurement tiled = measure(model, picture, inputs, with(asked));
        constexpr double tolerance = 1e-5;
        expect_near(tiled.total, wanted.total, tolerance, "total");
        expect_near(tiled.gradient_max, wanted.gradient_max, tolerance, "gradient max");
        expect_near(tiled.gradient_l2, wanted.gradient_l2, tolerance, "gradient l2");
        expect_near(tiled.content[0].second, wanted.content[0].second, tolerance, "content");
        for (std::size_t i = 0; i < wanted.style.size(); ++i)
            expect_near(tiled.style[i].second, wanted.style[i].second, tolerance,
                        wanted.style[i].first);
    }
}

TEST(MeasureInTiles, RefusesASideThatPoolsDoNotDivide) {
    const Inputs inputs = make_inputs(false, {1});
    ErrorCode code{};
    const std::string message = test::refusal(
        [&] {
            measure(test::make_tiny_model(), inputs.content, inputs, with({{"tile", "40"}}));
        },
        &code);
    EXPECT_EQ(code, ErrorCode::invalid_option);
    EXPECT_TRUE(test::contains(message, "32") && test::contains(message, "48")) << message;
}

TEST(Objective, IsLowestAtTheStyleItself) {
    const Model model = test::make_tiny_model();
    Inputs inputs;
    inputs.content = make_picture(width, height, 20);
    inputs.styles.resize(1);
    inputs.styles[0].picture = make_picture(width, height, 31);
    for (const char* term : {"gram", "wasserstein"}) {
        const ManieraOptions options = with({{"style-term", term}, {"precision", "fp32"}});
        const Measurement same = measure(model, inputs.styles[0].picture, inputs, options);
        const Measurement other = measure(model, inputs.content, inputs, options);
        for (std::size_t i = 0; i < same.style.size(); ++i)
            EXPECT_LT(std::abs(same.style[i].second), 1e-5 * other.style[i].second)
                << term << " " << same.style[i].first;
        EXPECT_EQ(other.content[0].second, 0);
    }
}

// The real network has far more channels than its deep layers have pixels here.
TEST(MeasureWithTheRealModel, AgreesWithTheReference) {
    const std::string path = test::installed_vgg16();
    if (path.empty())
        GTEST_SKIP() << "the model vgg16 is not installed; run: maniera models fetch";
    const Model model = load_model(read_manifest(path));
    for (const Form& form :
         {gram(), wasserstein("rank 128", 128), wasserstein("in full", 512), gatys()}) {
        SCOPED_TRACE(form.name);
        Inputs inputs = overlapping_masks(form.name == "Gatys");
        inputs.styles.resize(3);
        inputs.styles[1].style_mask = mask_of(inputs.styles[1], 0.6, 0.4);
        expect_agreement(model, form, inputs);
    }
}

TEST(MeasureWithTheRealModel, AgreesWithTheReferenceInBfloat16) {
    const std::string path = test::installed_vgg16();
    if (path.empty())
        GTEST_SKIP() << "the model vgg16 is not installed; run: maniera models fetch";
    if (!list_devices()[0].bf16)
        GTEST_SKIP() << "this processor has no bfloat16 arithmetic (avx512_bf16)";
    const Model model = load_model(read_manifest(path));
    for (const Form& form : {gram(), wasserstein("rank 128", 128), gatys()}) {
        SCOPED_TRACE(form.name);
        expect_agreement(model, form, make_inputs(form.name == "Gatys", {1, 2}), "bf16", 3e-2);
    }
}

} // namespace
} // namespace maniera
