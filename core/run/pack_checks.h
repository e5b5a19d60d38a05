// SPDX-License-Identifier: GPL-3.0-or-later
// What a style pack does not go with. Internal.

#pragma once

#include "core/inputs.h"
#include "core/network/model.h"
#include "core/resolved_options.h"

namespace maniera {

// Refuse what cannot work, with Error{invalid_option}: features of another model; another
// objective, pooling or layers; what needs the painting itself.
void check_models(const Inputs& inputs, const Manifest& model);
void check_packs(const Inputs& inputs, const ResolvedOptions& resolved);

} // namespace maniera
