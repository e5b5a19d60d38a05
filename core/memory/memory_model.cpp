// SPDX-License-Identifier: GPL-3.0-or-later
// The constants of memory were fitted to peaks of resident memory: docs/memory.md.

#include "core/memory/memory_model.h"

#include "core/memory/malloc_tuning.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace maniera {
namespace {

constexpr double mebibyte = 1048576;
constexpr double process_bytes = 115 * mebibyte; // libraries and threads
constexpr double bfloat16_bytes = 80 * mebibyte; // oneDNN's kernels for it and their buffers
constexpr double picture_bytes = 12;             // of a pixel: three floats
constexpr double pairs_bytes = 6 * 24;           // of a pixel: L-BFGS's six pairs
constexpr double moments_bytes = 36;             // Adam's two moments and its average
constexpr double vectors_bytes = 36;             // the picture, its gradient and the direction
// In one piece: a picture that is loaded is prepared again; contents, what comes and goes in a
// step, and what the heap keeps of that.
constexpr double loaded_copies = 2;
constexpr double passing_bytes = 80;
// In tiles: the picture tried, its gradient and the weights of layers; beside them what tiles of
// changing sizes leave of the heap, and the library's own buffers.
constexpr double stepping_bytes = 34;
constexpr double tiles_bytes = 110 * mebibyte;
constexpr double mask_bytes = 12;     // a region's weights at all layers, and where they act
constexpr double temporal_bytes = 16; // the painting before, and its weights
constexpr double target_values = 8;   // of the content's features
// Of the features at relu2_1, relu3_1 and relu4_1, as targets and of the styles. The network that
// compares shares the painting's weights.
constexpr double matched_values = 56;
// While pictures are compared: their descriptors, twice, and the likenesses of some cells to all.
constexpr double descriptor_bytes = 2 * 32; // of a pixel
constexpr double most_cells = 1024, most_choices = 1 << 14;
constexpr double cell_pixels = 16;
constexpr double most_compared = 1 << 18; // pixels of a picture
constexpr int comparing_tile = 512;
// Of a pass's features: what convolutions need beside them.
constexpr double temporary_values = 1.05; // in one piece
constexpr double temporary_values_in_tiles = 1.25;
// What the heap keeps of a block that is freed, for each of its bytes and at most; in tiles only of
// tensors that are not mapped by themselves: core/memory/malloc_tuning.cpp.
constexpr double hole_bytes = 1;
constexpr double most_hole_bytes = 80 * mebibyte;

constexpr int sensible_tile = 768; // smaller ones look at more than as much again around them
constexpr int sides[] = {2048, 1536, 1024, 768, 512, 384, 256, 192, 128, 96, 64};

double area(const Window& window) {
    return static_cast<double>(window.x.length()) * window.y.length();
}

double area(Size size) { return static_cast<double>(size.width) * size.height; }

int last_block(const NetworkCost& cost) { return static_cast<int>(cost.blocks.size()) - 1; }

// What is looked at of a block's layers, below so many pools, for a part of the picture: as
// Network::run and Network::backward cut.
Window seen_without_way_back(const NetworkCost& cost, const Window& part, Size picture, int pools) {
    return reduced(
        grown(part, cost.reach - cost.blocks[pools].reach, 1 << last_block(cost), picture), pools);
}

Window seen_forward(const NetworkCost& cost, const Window& part, Size picture, int pools) {
    const Window with_gradient = grown(part, cost.reach, 1 << last_block(cost), picture);
    return seen_without_way_back(cost, with_gradient, picture, pools);
}

Window seen_backward(const NetworkCost& cost, const Window& part, Size picture, int pools) {
    const bool deepest = pools == last_block(cost);
    const int reach = deepest ? cost.reach : cost.blocks[pools + 1].reach;
    return reduced(grown(part, reach, 1 << (deepest ? pools : pools + 1), picture), pools);
}

// Of the tiles one from the middle, which sees most around it.
Window fullest(int tile, Size picture) {
    if (tile == 0)
        return whole(picture);
    const auto middle = [&](int length) {
        const std::vector<Span> all = spans(length, tile);
        return all[all.size() > 2 ? all.size() / 2 : 0];
    };
    return {middle(picture.width), middle(picture.height)};
}

// The plans in their order, each taking less than the one before it. The first that has another
// tile than the last is tried with the same files.
std::vector<MemoryPlan> plans(int asked, Size canvas, const std::string& scratch_folder) {
    std::vector<MemoryPlan> result;
    MemoryPlan plan;
    plan.scratch_folder = scratch_folder;
    const auto take = [&](int tile) {
        plan.tile = tile;
        result.push_back(plan);
    };
    const int long_side = std::max(canvas.width, canvas.height);
    int tile = asked;
    const auto smaller = [&](int from, int to) {
        for (const int side : sides)
            if (asked == 0 && side <= from && side >= to && side < long_side)
                take(tile = side);
    };
    take(asked);
    smaller(sides[0], sensible_tile);
    if (!scratch_folder.empty())
        for (bool MemoryPlan::*file : {&MemoryPlan::pairs_in_file, &MemoryPlan::targets_in_file,
                                       &MemoryPlan::vectors_in_file}) {
            plan.*file = true;
            take(tile);
        }
    smaller(sensible_tile - 1, 0);
    return result;
}

// As read, and for the ways forward and back.
double weight_bytes(const NetworkCost& cost) {
    return cost.weight_bytes * (1 + 2 * cost.value_bytes / sizeof(float));
}

// Of matching at its highest, when there are no steps yet: the styles' features from which targets
// are taken, and the pass that gives them or the comparing of the picture with its styles
// (core/run/part_matcher.cpp).
double matching_peak(const MemoryPlan& plan, const ScaleLoad& load, const NetworkCost& cost) {
    if (load.style_pixels == 0)
        return 0;
    const int tile = plan.tile > 0 ? std::min(plan.tile, comparing_tile) : comparing_tile;
    const double pixels = std::min(area(load.canvas), most_compared) +
                          std::min(load.style_pixels, most_compared * load.styles);
    const double cells = std::min(area(load.canvas) / cell_pixels, most_cells),
                 choices = std::min(load.style_pixels / cell_pixels, most_choices);
    const double comparing = sizeof(float) * cells * choices + descriptor_bytes * pixels +
                             pass_cost(cost, fullest(tile, load.canvas), load.canvas, false).bytes;
    const double passing = pass_cost(cost, fullest(plan.tile, load.style), load.style, false).bytes;
    const double features =
        plan.targets_in_file ? 0 : matched_values * cost.value_bytes * load.style_pixels;
    return features + std::max(passing, comparing);
}

} // namespace

NetworkCost network_cost(const Model& model, const ResolvedOptions& resolved) {
    const auto wanted = [&](const std::string& layer) {
        for (const ManieraLayerList* list : {&resolved.content_layers, &resolved.style_layers})
            for (int i = 0; i < list->count; ++i)
                if (layer == list->items[i].name)
                    return true;
        return resolved.match_parts != MANIERA_MATCH_PARTS_OFF && layer == "relu4_1";
    };
    const std::vector<std::string>& layers = model.manifest.layers;
    std::size_t count = 0;
    for (std::size_t i = 0; i < layers.size(); ++i)
        if (wanted(layers[i]))
            count = i + 1;
    NetworkCost cost;
    cost.blocks = {{0, 0, 0, 0}};
    cost.reach = 0;
    cost.weight_bytes = 0;
    std::size_t next = 0;
    for (std::size_t i = 0; i < count; ++i)
        if (layers[i].rfind("pool", 0) == 0) {
            cost.blocks.push_back({0, 0, cost.reach, 0});
        } else if (layers[i].rfind("conv", 0) == 0 && next < model.convolutions.size()) {
            const Convolution& convolution = model.convolutions[next++].second;
            ++cost.blocks.back().layers;
            cost.blocks.back().values += convolution.out;
            cost.blocks.back().products += 9.0 * convolution.in * convolution.out;
            cost.reach += 1 << (cost.blocks.size() - 1);
        }
    for (const auto& entry : model.convolutions)
        cost.weight_bytes += sizeof(float) * static_cast<double>(entry.second.weight.size() +
                                                                 entry.second.bias.size());
    return cost;
}

NetworkCost up_to(const NetworkCost& cost, int pools) {
    if (pools >= last_block(cost))
        return cost;
    const auto channels = [&](int block) {
        return block < 0 ? 3 : cost.blocks[block].values / std::max(1, cost.blocks[block].layers);
    };
    NetworkCost result = cost;
    result.blocks.resize(pools + 1);
    NetworkBlock& last = result.blocks.back();
    last.values = channels(pools);
    last.products = 9 * channels(pools - 1) * channels(pools);
    last.layers = 1;
    result.reach = last.reach + (1 << pools);
    return result;
}

PassCost pass_cost(const NetworkCost& cost, const Window& part, Size picture, bool backward_pass) {
    PassCost result, highest;
    const bool one_piece = part == whole(picture);
    const double temporary = one_piece ? temporary_values : temporary_values_in_tiles;
    for (int pools = 0; pools <= last_block(cost); ++pools) {
        const NetworkBlock& block = cost.blocks[pools];
        const double pixels =
            area(backward_pass ? seen_forward(cost, part, picture, pools)
                               : seen_without_way_back(cost, part, picture, pools));
        // Without a way back a layer and the next one lie in memory at a time.
        const double all = block.values * pixels;
        const double layer = all / std::max(1, block.layers);
        const double values = backward_pass ? all : std::min(all, 2 * layer);
        const bool in_heap =
            one_piece || layer * cost.value_bytes < tight_mmap_threshold * mebibyte;
        const double features = values * cost.value_bytes;
        const double bytes =
            features * temporary + (in_heap ? std::min(hole_bytes * features, most_hole_bytes) : 0);
        result.products += block.products * pixels;
        if (backward_pass)
            result.products += block.products * area(seen_backward(cost, part, picture, pools));
        result.bytes += bytes;
        result.values += values;
        highest.bytes = std::max(highest.bytes, bytes);
        highest.values = std::max(highest.values, values);
    }
    if (!backward_pass) {
        result.bytes = highest.bytes;
        result.values = highest.values;
    }
    return result;
}

double pixels_at_once(const NetworkCost& cost, int tile, Size picture) {
    return area(seen_forward(cost, fullest(tile, picture), picture, 0));
}

double tiling_factor(const NetworkCost& cost, int tile, Size picture) {
    if (tile == 0)
        return 1;
    // The sum over tiles of areas is the product of the sums over columns and rows of lengths.
    const std::vector<Span> columns = spans(picture.width, tile),
                            rows = spans(picture.height, tile);
    double done = 0;
    for (std::size_t pools = 0; pools < cost.blocks.size(); ++pools)
        for (const auto& looked_at : {seen_without_way_back, seen_forward, seen_backward}) {
            double width = 0, height = 0;
            for (const Span& x : columns)
                width += looked_at(cost, {x, rows[0]}, picture, static_cast<int>(pools)).x.length();
            for (const Span& y : rows)
                height +=
                    looked_at(cost, {columns[0], y}, picture, static_cast<int>(pools)).y.length();
            done += cost.blocks[pools].products * width * height;
        }
    return done / pass_cost(cost, whole(picture), picture, true).products;
}

ScaleLoad scale_load(Size content, const std::vector<StyleSize>& styles,
                     const ResolvedOptions& resolved, Size size) {
    ScaleLoad load;
    load.canvas = canvas_size(size, resolved);
    load.pools = pools_at(size, resolved);
    load.content = content;
    load.loaded = area(content);
    load.resized = content == size ? 0 : area(size);
    for (const StyleSize& style : styles) {
        load.loaded += area(style.size) + (area(style.mask) + area(style.style_mask)) / 3;
        load.masks += area(style.mask) > 0;
        const Size at = style_size(style, resolved, size);
        load.style_pixels += area(at);
        ++load.styles;
        if (area(at) > area(load.style))
            load.style = at;
    }
    return load;
}

ScaleLoad band_load(const ScaleLoad& load, int tile, const NetworkCost& network) {
    if (load.ranks == 1)
        return load;
    const NetworkCost cost = up_to(network, load.pools);
    const int stride = 1 << last_block(cost);
    const int unit = round_up(std::max(1, tile), stride);
    const int units = (load.canvas.height + unit - 1) / unit;
    const int band = (units + load.ranks - 1) / load.ranks * unit;
    ScaleLoad own = load;
    own.ranks = 1;
    own.canvas.height = std::min(load.canvas.height, band + 2 * cost.reach);
    own.loaded -= area(load.content);
    own.resized = area(own.canvas);
    return own;
}

double pass_bytes(const MemoryPlan& plan, const ScaleLoad& all, const NetworkCost& network) {
    const ScaleLoad load = band_load(all, plan.tile, network);
    const NetworkCost cost = up_to(network, load.pools);
    const auto pass = [&](Size picture, bool backward_pass) {
        return pass_cost(cost, fullest(plan.tile, picture), picture, backward_pass).bytes;
    };
    return std::max({pass(load.canvas, true), pass(load.canvas, false),
                     area(load.style) > 0 ? pass(load.style, false) : 0});
}

std::int64_t plan_bytes(const MemoryPlan& plan, const ScaleLoad& all,
                        const ResolvedOptions& resolved, const NetworkCost& cost) {
    const ScaleLoad load = band_load(all, plan.tile, cost);
    const bool tiled = plan.tile > 0;
    double kept = tiled ? stepping_bytes : passing_bytes; // of a pixel
    kept += load.masks * mask_bytes + (load.temporal ? temporal_bytes : 0);
    const bool matched = resolved.match_parts != MANIERA_MATCH_PARTS_OFF;
    if (!plan.targets_in_file)
        kept += (target_values + (matched ? matched_values : 0)) * cost.value_bytes;
    if (!plan.vectors_in_file)
        kept += vectors_bytes;
    if (!plan.pairs_in_file)
        kept += resolved.optimizer == MANIERA_OPTIMIZER_ADAM ? moments_bytes : pairs_bytes;
    const double pictures = tiled ? load.loaded + load.resized : loaded_copies * load.loaded;
    const double passing = pass_bytes(plan, load, cost);
    return static_cast<std::int64_t>(
        process_bytes + (cost.value_bytes < sizeof(float) ? bfloat16_bytes : 0) +
        weight_bytes(cost) + (tiled ? tiles_bytes : 0) + picture_bytes * pictures +
        kept * area(load.canvas) +
        (matched ? std::max(passing, matching_peak(plan, all, cost)) : passing));
}

Choice choose_plan(const ScaleLoad& load, const ResolvedOptions& resolved, const NetworkCost& cost,
                   std::int64_t budget, const std::string& scratch_folder) {
    const int asked = maniera_option_is_set(&resolved, "tile") ? resolved.tile : 0;
    Choice choice;
    for (const MemoryPlan& plan : plans(asked, load.canvas, scratch_folder)) {
        const std::int64_t bytes = plan_bytes(plan, load, resolved, cost);
        if (choice.bytes == 0 || bytes < choice.bytes)
            choice = {plan, bytes, bytes <= budget};
        if (choice.fits)
            break;
    }
    return choice;
}

bool shrink(MemoryPlan& plan, Size canvas, const std::string& scratch_folder) {
    const int least = sides[std::size(sides) - 1];
    const int side = plan.tile > 0 ? plan.tile : std::max(canvas.width, canvas.height);
    const bool smaller = side > least;
    if (smaller)
        plan.tile = std::max(least, side / 2 / 16 * 16);
    const bool filed = scratch_folder.empty() ||
                       (plan.pairs_in_file && plan.vectors_in_file && plan.targets_in_file);
    if (!filed) {
        plan.scratch_folder = scratch_folder;
        plan.pairs_in_file = plan.vectors_in_file = plan.targets_in_file = true;
    }
    return smaller || !filed;
}

int tile_count(const MemoryPlan& plan, Size canvas) {
    if (plan.tile == 0)
        return 1;
    return static_cast<int>(spans(canvas.width, plan.tile).size() *
                            spans(canvas.height, plan.tile).size());
}

std::string in_gib(std::int64_t bytes) {
    const std::int64_t tenths = ((bytes >> 4) * 10 + (std::int64_t{1} << 25)) >> 26;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
}

std::string describe(const Choice& choice, Size canvas, std::int64_t budget) {
    const MemoryPlan& plan = choice.plan;
    const int count = tile_count(plan, canvas);
    std::string text = count > 1 ? "Painting in " + std::to_string(count) + " tiles of " +
                                       std::to_string(plan.tile) + " pixels"
                                 : "Painting in one piece";
    std::string files;
    const auto add = [&](bool in_file, const char* what) {
        if (in_file)
            files += (files.empty() ? "" : ", ") + std::string(what);
    };
    add(plan.pairs_in_file, "the optimizer's memory");
    add(plan.targets_in_file, "the content's features");
    add(plan.vectors_in_file, "the optimizer's pictures");
    if (!files.empty())
        text += ", with " + files + " in files in " + plan.scratch_folder;
    return text + ": about " + in_gib(choice.bytes) + " of memory, of " + in_gib(budget) + ".";
}

} // namespace maniera
