// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/run/scene_rows.h"

#include "core/distributed/collectives.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace maniera {
namespace {

// The picture's rows in each band of the canvas.
std::vector<Span> picture_rows(const RowPartition& bands, int height, int margin) {
    std::vector<Span> rows;
    for (const Span band : bands.rows) {
        const int begin = std::clamp(band.begin - margin, 0, height);
        rows.push_back({begin, std::clamp(band.end - margin, begin, height)});
    }
    return rows;
}

// `masks` are the styles'.
std::vector<StyleShare> shares_of(const Inputs& prepared, const std::vector<Image>& masks) {
    std::vector<StyleShare> shares;
    for (std::size_t i = 0; i < masks.size(); ++i)
        shares.push_back({masks[i], prepared.styles[i].weight});
    return shares;
}

Image view_rows(const std::function<Image(Span)>& inner, const Scene& scene, int margin,
                Span rows) {
    return canvas_rows(inner, scene.size, margin, rows, scene.wrap);
}

at::Tensor with_margin(const std::function<Image(Span)>& inner, const Scene& scene, int margin,
                       Span rows, at::Device device, int channels) {
    const int width = scene.size.width + 2 * margin;
    if (rows.length() == 0)
        return at::empty({1, channels, 0, width}, at::TensorOptions(at::kFloat).device(device));
    return to_tensor(view_rows(inner, scene, margin, rows), device);
}

} // namespace

Image multiply(const Image& a, const Image& b) {
    if (a.empty() || b.empty())
        return a.empty() ? b : a;
    Image product = a;
    for (std::size_t i = 0; i < product.pixels.size(); ++i)
        product.pixels[i] *= b.pixels[i];
    return product;
}

Image resized_rows_or_empty(const RowSource& source, Size size, Span rows) {
    return source.empty() || rows.length() == 0 ? Image() : resized_rows(source, size, rows);
}

Span share(int rows, int rank, int count) {
    const auto begin = [&](int r) { return static_cast<int>(std::int64_t{rows} * r / count); };
    return {begin(rank), begin(rank + 1)};
}

Span own_rows(const Scene& scene) { return counted_from(scene.own(), scene.own_halo().begin); }

std::function<Image(Span)> from_halo(ImageView halo, const Scene& scene) {
    return [halo, top = scene.own_halo().begin](Span rows) {
        return copy(rows_in(halo, counted_from(rows, top)));
    };
}

Image halo_of(const RowSource& source, const Scene& scene) {
    Communicator& comm = *scene.bands.comm;
    const Size size = scene.size;
    if (source.empty())
        return Image();
    if (comm.size() == 1)
        return resized_rows(source, size, scene.own_halo());
    std::vector<Span> read;
    for (int rank = 0; rank < comm.size(); ++rank)
        read.push_back(share(size.height, rank, comm.size()));
    const Span own = read[comm.rank()];
    const at::Tensor part = own.length() > 0 ? to_tensor(resized_rows(source, size, own), at::kCPU)
                                             : at::empty({1, source.channels, 0, size.width},
                                                         at::TensorOptions(at::kFloat));
    return to_image(exchange_rows(comm, part, read, scene.halos));
}

Scene with_content(const Inputs& prepared, const ObjectiveConvention& convention, Size size,
                   int margin, const RowPartition& view, Image& alpha) {
    Scene scene;
    scene.size = size;
    scene.wrap = convention.wrap;
    scene.view_margin = margin;
    scene.view = view;
    scene.rows = picture_rows(view, size.height, margin);
    scene.margin = margin - convention.surroundings;
    scene.bands =
        convention.surroundings == 0 ? view : RowPartition{view.comm, size, scene.rows, scene.rows};
    for (const Span rows : view.with_halo)
        scene.halos.push_back(repeated_rows(size.height, margin, rows, scene.wrap.y));
    const PictureSource& content = prepared.content;
    if (!content.color.whole.empty() && content.alpha.empty() && size == content.color.size) {
        scene.content = rows_in(content.color.whole, scene.own_halo());
        return scene;
    }
    if (content.alpha.empty()) {
        scene.own_content = halo_of(content.color, scene);
    } else {
        Picture resized = scene.own_halo().length() > 0
                              ? resized_rows(content, size, scene.own_halo())
                              : Picture();
        scene.own_content = std::move(resized.color);
        alpha = std::move(resized.alpha);
    }
    scene.content = scene.own_content;
    return scene;
}

RegionPlan plan_rows(const ObjectiveConvention& convention, const Inputs& prepared,
                     const Scene& scene, int margin, Span rows, const Image& weights) {
    const bool none = rows.length() == 0;
    const int width = scene.size.width + 2 * margin, height = none ? 1 : rows.length();
    std::vector<Image> masks;
    for (const StyleInput& style : prepared.styles) {
        const Image halo = halo_of(style.mask, scene);
        masks.push_back(style.mask.empty() ? Image()
                        : none             ? Image(width, height, 1)
                               : view_rows(from_halo(halo, scene), scene, margin, rows));
    }
    RegionPlan plan = plan_regions(convention, width, height, shares_of(prepared, masks), weights);
    if (!prepared.parts.empty()) {
        std::vector<Image> parts;
        std::vector<PartShare> part_shares;
        for (const PartPair& pair : prepared.parts) {
            const Image halo = halo_of(rows_of(pair.mask), scene);
            parts.push_back(none ? Image(width, height, 1)
                                 : view_rows(from_halo(halo, scene), scene, margin, rows));
            std::vector<bool> has;
            for (const Image& mask : pair.style_masks)
                has.push_back(!mask.empty());
            part_shares.push_back({{}, std::move(has)});
        }
        for (std::size_t i = 0; i < parts.size(); ++i)
            part_shares[i].mask = parts[i];
        plan.regions = split_regions(std::move(plan.regions), width, height, part_shares);
    }
    if (none) {
        plan.coverage = Image();
        for (Region& region : plan.regions)
            region.weights = Image();
    }
    return plan;
}

RegionPlan plan_whole(const ObjectiveConvention& convention, const Inputs& prepared, Size size) {
    const Span rows{0, size.height};
    std::vector<Image> masks;
    for (const StyleInput& style : prepared.styles)
        masks.push_back(resized_rows_or_empty(style.mask, size, rows));
    return plan_regions(convention, size.width, size.height, shares_of(prepared, masks),
                        resized_rows_or_empty(prepared.content.alpha, size, rows));
}

Image view_weights(const Image& alpha, int first, Size size, int margin, Span rows) {
    if (rows.length() == 0 || (margin == 0 && alpha.empty()))
        return Image();
    Image weights(size.width + 2 * margin, rows.length(), 1);
    for (int row = rows.begin; row < rows.end; ++row) {
        const int y = row - margin;
        if (y < 0 || y >= size.height)
            continue;
        for (int x = 0; x < size.width; ++x)
            *weights.at(x + margin, row - rows.begin) = alpha.empty() ? 1 : *alpha.at(x, y - first);
    }
    return weights;
}

at::Tensor canvas_tensor(const std::function<Image(Span)>& inner, const Scene& scene, Span rows,
                         at::Device device, int channels) {
    return with_margin(inner, scene, scene.margin, rows, device, channels);
}

// In the margin, which nobody sees, it is as free as without.
TemporalTerm temporal_term(const Scene& scene, const TemporalTarget& target, at::Device device) {
    const Span own = scene.view.own();
    const Image painting = halo_of(rows_of(target.painting), scene);
    const Image weights = halo_of(rows_of(target.weights), scene);
    const int margin = scene.view_margin, width = scene.size.width + 2 * margin;
    const Image in_view =
        own.length() == 0 ? Image()
                          : view_weights(weights, scene.own_halo().begin, scene.size, margin, own);
    return {with_margin(from_halo(painting, scene), scene, margin, own, device, 3),
            in_view.empty()
                ? at::empty({1, 1, 0, width}, at::TensorOptions(at::kFloat).device(device))
                : to_tensor(in_view, device),
            target.weight};
}

at::Tensor content_canvas(const Scene& scene, Span rows, at::Device device) {
    return canvas_tensor(from_halo(scene.content, scene), scene, rows, device);
}

at::Tensor content_view(const Scene& scene, Span rows, at::Device device) {
    return with_margin(from_halo(scene.content, scene), scene, scene.view_margin, rows, device, 3);
}

} // namespace maniera
