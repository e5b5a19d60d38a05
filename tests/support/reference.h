// SPDX-License-Identifier: GPL-3.0-or-later
// The objectives once more, in float64 and by automatic differentiation: what core is held against.
//
//     ReferenceTerms terms = painterly_reference();
//     ReferenceResult wanted = reference(model, terms, picture, content, styles);
//
// Written from the formulas of docs/algorithm.md, and from nothing in core. The numbers of the
// presets stand here a second time, on purpose: a wrong default in the option table shows too.

#pragma once

#include "core/image/image.h"
#include "core/network/model.h"

#include <string>
#include <utility>
#include <vector>

namespace maniera::test {

enum class ReferenceForm { gatys, gram, wasserstein };

struct ReferenceTerms {
    ReferenceForm form = ReferenceForm::wasserstein;
    int rank = 128; // of wasserstein; a layer's channels or more is the closed formula
    bool average_pooling = false;
    double content_weight = 0;
    double style_weight = 1;
    double smoothness_weight = 0;
    std::vector<std::pair<std::string, double>> content_layers; // weights as they are used
    std::vector<std::pair<std::string, double>> style_layers;
};

ReferenceTerms painterly_reference();
ReferenceTerms gatys_reference();

// Everything is at its size already: masks at the picture's, style masks at their style's.
struct ReferenceStyle {
    Image picture;
    Image mask;       // where it acts; empty = no mask
    Image style_mask; // what of it counts, times its alpha; empty = all
    double weight = 1;
};

struct ReferenceResult {
    double total = 0;
    std::vector<std::pair<std::string, double>> content;
    std::vector<std::pair<std::string, double>> style;
    double smoothness = 0;
    double gradient_l2 = 0;
    double gradient_max = 0;
    std::vector<double> gradient; // of total: rows of each channel in turn
};

// `alpha` is the content's; empty = opaque.
ReferenceResult reference(const Model& model, const ReferenceTerms& terms, const Image& picture,
                          const Image& content, const std::vector<ReferenceStyle>& styles,
                          const Image& alpha = Image());

} // namespace maniera::test
