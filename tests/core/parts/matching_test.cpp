// SPDX-License-Identifier: GPL-3.0-or-later
// Which place of a style each place of a picture finds, and what it takes from there.

#include "core/parts/matching.h"

#include "core/objective/matched_targets.h"

#include "core/distributed/pieces.h"
#include "core/image/pyramid.h"
#include "core/network/tensors.h"
#include "core/parts/main_directions.h"
#include "tests/support/pictures.h"
#include "tests/support/tiny_model.h"

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randperm.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <numeric>

namespace maniera {
namespace {

constexpr int width = 71, height = 58; // odd: the last cells are cut
constexpr int columns = width / match_cell, rows = height / match_cell;

class Matching : public ::testing::Test {
protected:
    Matching() : model_(test::make_tiny_model()), network_(model_, config(model_)) {}

    static NetworkConfig config(const Model& model) {
        NetworkConfig config;
        config.taps = matching_layers(model.manifest);
        return config;
    }

    static at::Tensor picture(std::uint32_t seed, int w = width, int h = height) {
        return to_tensor(test::make_picture(w, h, seed).color, at::kCPU);
    }

    MatchField match(const at::Tensor& query, const std::vector<at::Tensor>& styles,
                     std::vector<at::Tensor> allowed = {},
                     const std::vector<std::int64_t>& kinds = {}) const {
        std::vector<at::Tensor> all{query};
        all.insert(all.end(), styles.begin(), styles.end());
        if (allowed.empty()) {
            std::int64_t count = 0;
            for (const at::Tensor& style : styles) {
                const Size grid = match_grid(size_of(style), match_cell);
                count += grid.width * grid.height;
            }
            allowed = {at::ones({count}, at::TensorOptions(at::kBool))};
        }
        const at::Tensor directions = match_basis(network_, all).directions;
        std::vector<at::Tensor> cells;
        for (const at::Tensor& picture : all)
            cells.push_back(describe_cells(network_, directions, picture, 4096));
        return match_features(cells[0], match_grid(size_of(query), match_cell),
                              {cells.begin() + 1, cells.end()}, allowed, kinds);
    }

    Model model_;
    Network network_;
};

TEST_F(Matching, FindsEveryPlaceInTheSamePicture) {
    const at::Tensor it = picture(3);
    const MatchField field = match(it, {it});
    ASSERT_EQ(field.columns, columns);
    ASSERT_EQ(field.rows, rows);
    for (std::size_t i = 0; i < field.matches.size(); ++i)
        EXPECT_EQ(field.matches[i], static_cast<std::int64_t>(i));
}

TEST_F(Matching, DescribesThePicturesOfTheBasisAsOthers) {
    const std::vector<at::Tensor> pictures = {picture(3), picture(4, 61, 47)};
    const MatchBasis basis = match_basis(network_, pictures);
    ASSERT_EQ(basis.cells.size(), pictures.size());
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const at::Tensor cells = describe_cells(network_, basis.directions, pictures[i], 32);
        ASSERT_EQ(basis.cells[i].sizes(), cells.sizes());
        EXPECT_LT((basis.cells[i] - cells).abs().max().item<float>(), 1e-4);
    }
    EXPECT_NEAR(likeness(basis.cells[0], {basis.cells[0]}), 1, 1e-4);
    EXPECT_LT(likeness(basis.cells[0], {basis.cells[1]}), 0.95);
}

// More cells than are compared at a time, in a mixed order and not quite the same.
TEST_F(Matching, FindsCellsInEitherPrecision) {
    at::manual_seed(5);
    const at::Tensor choices = unit_rows(at::randn({600, 40}));
    const at::Tensor order = at::randperm(600, at::TensorOptions(at::kLong));
    const at::Tensor queries =
        unit_rows(choices.index_select(0, order) + 0.02 * at::randn({600, 40}));
    const std::vector<std::int64_t> wanted(order.data_ptr<std::int64_t>(),
                                           order.data_ptr<std::int64_t>() + 600);
    const at::Tensor all = at::ones({600}, at::TensorOptions(at::kBool));
    for (const at::ScalarType precision : {at::kFloat, at::kBFloat16})
        EXPECT_EQ(match_features(queries, {20, 30}, {choices}, {all}, {}, precision).matches,
                  wanted)
            << precision;
}

TEST_F(Matching, FindsWhatWasMoved) {
    const at::Tensor it = picture(5, 64, 64);
    const at::Tensor left = it.narrow(3, 0, 32), right = it.narrow(3, 32, 32);
    const MatchField field = match(it, {at::cat({right, left}, 3)});
    int found = 0, inner = 0;
    for (int row = 0; row < 16; ++row)
        for (int column : {2, 3, 4, 5, 10, 11, 12, 13}) { // what no seam is seen from
            ++inner;
            found += field.matches[row * 16 + column] == row * 16 + (column + 8) % 16;
        }
    EXPECT_GT(found, inner * 3 / 4);
}

TEST_F(Matching, TakesOfSeveralStylesTheOneThatHasIt) {
    const at::Tensor it = picture(3);
    const MatchField field = match(it, {picture(8, 40, 33), it});
    const std::int64_t first = (40 / match_cell) * (33 / match_cell);
    for (std::size_t i = 0; i < field.matches.size(); ++i)
        EXPECT_EQ(field.matches[i], first + static_cast<std::int64_t>(i));
}

TEST_F(Matching, StaysWithinWhatIsAllowed) {
    const at::Tensor it = picture(3);
    std::vector<std::int64_t> kinds(columns * rows);
    at::Tensor upper = at::zeros({columns * rows}, at::TensorOptions(at::kBool)),
               lower = upper.clone();
    upper.narrow(0, 0, columns * 4).fill_(true);
    lower.narrow(0, columns * 10, columns * 2).fill_(true);
    for (std::size_t i = 0; i < kinds.size(); ++i)
        kinds[i] = static_cast<int>(i % 3) - 1; // none, upper, lower
    const MatchField field = match(it, {it}, {upper, lower}, kinds);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const std::int64_t row = field.matches[i] < 0 ? -1 : field.matches[i] / columns;
        if (kinds[i] < 0)
            EXPECT_EQ(row, -1);
        else if (kinds[i] == 0)
            EXPECT_TRUE(row >= 0 && row < 4) << row;
        else
            EXPECT_TRUE(row >= 10 && row < 12) << row;
    }
}

TEST_F(Matching, IsLessCertainWhereManyPlacesFindTheSame) {
    at::Tensor query = picture(3, 96, 64);
    query.narrow(3, 48, 48).fill_(0.5); // a clear sky
    const MatchField field = match(query, {picture(4, 96, 64)});
    const auto mean = [&](int from, int to) {
        float sum = 0;
        for (int row = 0; row < field.rows; ++row)
            for (int column = from; column < to; ++column)
                sum += field.confidence[row * field.columns + column];
        return sum / static_cast<float>(field.rows * (to - from));
    };
    EXPECT_LT(mean(16, 24), 0.5 * mean(0, 8));
    EXPECT_GT(mean(0, 8), 0.5);
}

TEST_F(Matching, IsTheSameEachTime) {
    EXPECT_EQ(match(picture(3), {picture(9, 90, 44)}).matches,
              match(picture(3), {picture(9, 90, 44)}).matches);
}

class MatchedTargets : public Matching {
protected:
    MatchedTargets() : painter_(model_, taps()) {}

    static NetworkConfig taps() {
        NetworkConfig config;
        config.taps = {"relu2_1", "relu3_1", "relu4_1"};
        return config;
    }

    std::vector<OffloadedTensor> targets(const MatchField& field, const at::Tensor& style,
                                         const at::Tensor& canvas, int margin, int tile) const {
        const std::vector<MatchedLayer> layers{{"relu2_1", 1}, {"relu3_1", 1}, {"relu4_1", 1}};
        const RowPartition all = whole_picture(size_of(canvas));
        std::vector<StyleFeatures> styles(1);
        styles[0].size = size_of(style);
        for (std::size_t tap = 0; tap < layers.size(); ++tap)
            styles[0].taps.emplace_back(features(tap, style), "");
        return matched_targets(painter_, layers, field, styles, all,
                               pieces_of(size_of(canvas), tile, painter_), canvas, margin, "");
    }

    // The style's own features at a tap.
    at::Tensor features(std::size_t tap, const at::Tensor& style) const {
        at::Tensor found;
        painter_.visit(style, {tap}, [&](std::size_t, const at::Tensor& f) { found = f.clone(); });
        return found;
    }

    Network painter_;
};

TEST_F(MatchedTargets, OfEachPlaceItselfAreTheStylesFeatures) {
    const at::Tensor style = picture(3);
    const MatchField field = match(style, {style});
    const std::vector<OffloadedTensor> found = targets(field, style, style, 0, 0);
    for (const std::size_t tap : {0, 1}) { // finer than cells, or as fine
        const at::Tensor wanted = features(tap, style);
        const at::Tensor got = found[tap].whole();
        ASSERT_EQ(got.sizes(), wanted.sizes());
        // Beyond the last whole cell the last one goes on.
        const int side = tap == 0 ? 2 : 1;
        EXPECT_EQ((got - wanted)
                      .narrow(2, 0, rows * side)
                      .narrow(3, 0, columns * side)
                      .abs()
                      .max()
                      .item<float>(),
                  0);
    }
    // Coarser than cells: interpolated and averaged, so near.
    const at::Tensor wanted = features(2, style);
    EXPECT_LT((found[2].whole() - wanted).square().mean().item<double>(),
              0.2 * wanted.square().mean().item<double>());
}

TEST_F(MatchedTargets, CountFromTheCanvassMargin) {
    constexpr int margin = 8;
    const at::Tensor style = picture(3);
    const at::Tensor canvas = picture(4, width + 2 * margin, height + 2 * margin);
    const MatchField field = match(style, {style});
    const at::Tensor got = targets(field, style, canvas, margin, 0)[1].whole();
    const at::Tensor wanted = features(1, style);
    const int at = margin / match_cell;
    EXPECT_EQ((got.narrow(2, at, rows).narrow(3, at, columns) -
               wanted.narrow(2, 0, rows).narrow(3, 0, columns))
                  .abs()
                  .max()
                  .item<float>(),
              0);
}

TEST_F(MatchedTargets, WithoutACounterpartAreTheContents) {
    const at::Tensor style = picture(3), content = picture(6);
    MatchField field = match(content, {style});
    for (int column = 0; column < columns; ++column)
        field.matches[2 * columns + column] = -1; // a row of cells: one of relu3_1
    const at::Tensor got = targets(field, style, content, 0, 0)[1].whole();
    const at::Tensor own = features(1, content);
    EXPECT_EQ((got - own).narrow(2, 2, 1).abs().max().item<float>(), 0);
    EXPECT_GT((got - own).narrow(2, 3, 1).abs().max().item<float>(), 0);
}

TEST_F(MatchedTargets, AreTheSameInTiles) {
    const at::Tensor style = picture(3, 90, 66), content = picture(6);
    const MatchField field = match(content, {style});
    const std::vector<OffloadedTensor> one = targets(field, style, content, 0, 0),
                                       tiled = targets(field, style, content, 0, 32);
    for (const std::size_t tap : {0, 1, 2})
        EXPECT_LT((one[tap].whole() - tiled[tap].whole()).abs().max().item<float>(), 1e-4);
}

} // namespace
} // namespace maniera
