// SPDX-License-Identifier: GPL-3.0-or-later
// A style pack of paintings.
//
//     StylePack pack = make_style_pack(model, inputs.styles, options, 2048);

#pragma once

#include "core/inputs.h"
#include "core/network/model.h"
#include "core/objective/style_pack.h"
#include "core/options.h"

#include <vector>

namespace maniera {

// One style of all of these: several are mixed by their weights, as the styles of a run are that
// have no mask. Of the options count objective, pooling, style layers and the machine's. The pack
// serves styles with a long side of up to `largest` px, within the largest painting's own; its
// sizes are sqrt(2) apart. Its name, author and licence are left empty. Throws as stylize() does.
StylePack make_style_pack(const Model& model, std::vector<StyleInput> paintings,
                          const ManieraOptions& options, int largest);

} // namespace maniera
