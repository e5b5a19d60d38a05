// SPDX-License-Identifier: GPL-3.0-or-later
// Masks are divided at the picture's size, before they are averaged down.

#include "core/objective/regions.h"

#include "core/network/tensors.h"

#include <ATen/ops/avg_pool2d.h>

#include <algorithm>
#include <numeric>

namespace maniera {
namespace {

void multiply(Image& weights, ImageView by) {
    for (std::size_t i = 0; i < weights.pixels.size(); ++i)
        weights.pixels[i] *= by.pixels[i];
}

Image sum_of_masks(int width, int height, const std::vector<StyleShare>& styles) {
    Image sum(width, height, 1);
    for (const StyleShare& style : styles)
        if (!style.mask.empty())
            for (std::size_t i = 0; i < sum.pixels.size(); ++i)
                sum.pixels[i] += style.mask.pixels[i];
    return sum;
}

} // namespace

RegionPlan plan_regions(const ObjectiveConvention& convention, int width, int height,
                        const std::vector<StyleShare>& styles, ImageView alpha) {
    const bool normalize_masks = convention.normalize_masks;
    const bool any_mask = std::any_of(styles.begin(), styles.end(),
                                      [](const StyleShare& s) { return !s.mask.empty(); });
    // Styles without a mask that all weigh nothing have nothing to share.
    const bool any_free = std::any_of(styles.begin(), styles.end(), [](const StyleShare& s) {
        return s.mask.empty() && s.weight > 0;
    });
    double total = 0; // of the weights that are normalized together
    for (const StyleShare& style : styles)
        if (!normalize_masks || style.mask.empty())
            total += style.weight;

    RegionPlan plan;
    const Image sum = any_mask ? sum_of_masks(width, height, styles) : Image();
    for (std::size_t i = 0; i < styles.size(); ++i) {
        if (styles[i].mask.empty())
            continue;
        Region region{copy(styles[i].mask), {i}, {styles[i].weight}};
        if (normalize_masks)
            for (std::size_t p = 0; p < sum.pixels.size(); ++p)
                region.weights.pixels[p] /= std::max(1.0f, sum.pixels[p]);
        else
            region.factors[0] /= total;
        plan.regions.push_back(std::move(region));
    }
    if (any_free) {
        Region rest;
        for (std::size_t i = 0; i < styles.size(); ++i)
            if (styles[i].mask.empty()) {
                rest.styles.push_back(i);
                rest.factors.push_back(styles[i].weight / total);
            }
        if (normalize_masks && any_mask) {
            rest.weights = Image(width, height, 1);
            for (std::size_t p = 0; p < sum.pixels.size(); ++p)
                rest.weights.pixels[p] = std::max(0.0f, 1 - sum.pixels[p]);
        }
        plan.regions.push_back(std::move(rest));
    } else {
        plan.coverage = sum;
        for (float& value : plan.coverage.pixels)
            value = std::min(1.0f, value);
    }
    if (!alpha.empty())
        for (Region& region : plan.regions) {
            if (region.weights.empty())
                region.weights = copy(alpha);
            else
                multiply(region.weights, alpha);
        }
    return plan;
}

namespace {

constexpr float nothing = 1.0f / 512; // of a mask with 8 bits

// Of a region's weights, empty = 1, what a mask holds.
Image part_of(const Image& weights, Image mask) {
    for (float& value : mask.pixels)
        value = value < nothing ? 0 : std::min(1.0f, value);
    if (!weights.empty())
        multiply(mask, weights);
    return mask;
}

// The styles of a region that have the part, with factors that sum to those of all.
Region of_styles(const Region& region, int part, const std::vector<bool>& has) {
    Region result;
    result.part = part;
    double all = 0, some = 0;
    for (std::size_t i = 0; i < region.styles.size(); ++i) {
        all += region.factors[i];
        if (!has[region.styles[i]])
            continue;
        some += region.factors[i];
        result.styles.push_back(region.styles[i]);
        result.factors.push_back(region.factors[i]);
    }
    for (double& factor : result.factors)
        factor *= some > 0 ? all / some : 1;
    return result;
}

} // namespace

std::vector<Region> split_regions(std::vector<Region> regions, int width, int height,
                                  const std::vector<PartShare>& parts) {
    std::vector<Region> result;
    for (Region& region : regions) {
        const auto is_here = [&](const PartShare& part) {
            return std::any_of(region.styles.begin(), region.styles.end(),
                               [&](std::size_t style) { return part.styles[style]; });
        };
        std::vector<StyleShare> here;
        for (const PartShare& part : parts)
            if (is_here(part))
                here.push_back({part.mask, 1});
        if (here.empty()) {
            result.push_back(std::move(region));
            continue;
        }
        Image left = sum_of_masks(width, height, here);
        for (std::size_t p = 0; p < parts.size(); ++p) {
            if (!is_here(parts[p]))
                continue;
            Image mask = copy(parts[p].mask);
            for (std::size_t i = 0; i < mask.pixels.size(); ++i)
                mask.pixels[i] /= std::max(1.0f, left.pixels[i]);
            result.push_back(of_styles(region, static_cast<int>(p), parts[p].styles));
            result.back().weights = part_of(region.weights, std::move(mask));
        }
        for (float& value : left.pixels)
            value = 1 - value;
        Region rest{part_of(region.weights, std::move(left)), region.styles, region.factors};
        rest.part = Region::rest;
        result.push_back(std::move(rest));
    }
    return result;
}

at::Tensor reduce_weights(ImageView weights, int pools, at::Device device) {
    at::Tensor reduced = to_tensor(weights, device);
    for (int i = 0; i < pools; ++i)
        reduced = at::avg_pool2d(reduced, {2, 2}, {2, 2});
    return reduced;
}

} // namespace maniera
