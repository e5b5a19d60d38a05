// SPDX-License-Identifier: GPL-3.0-or-later
// The search for parts, for who may stop it.

#pragma once

#include "core/stylize.h"

#include <vector>

namespace maniera {

// As find_parts of core/stylize.h. Where `stop`, asked several times a second, says true, it throws
// Error{stopped}.
std::vector<PartPair> find_parts(const Model& model, Inputs inputs, const ManieraOptions& options,
                                 const StopCallback& stop);

} // namespace maniera
