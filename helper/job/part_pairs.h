// SPDX-License-Identifier: GPL-3.0-or-later
// Parts as a person has paired them: sent to another part's counterpart, or painted with the whole
// picture.
//
//     parts = paired(found, {1, 3, 0}, job.styles, remarks);

#pragma once

#include "core/inputs.h"
#include "helper/job/job.h"

#include <cstddef>
#include <string>
#include <vector>

namespace maniera {

// For each part the number of the one whose counterpart it takes: 1 = the first; 0 = none, then it
// is no part any more, and with it what no part holds is painted like all of the styles. Parts
// without a number keep their own. A part never crosses a style's mask: what would, and what names
// a part that is not there, keeps its own too, and the remarks say so. `styles` are the job's.
std::vector<PartPair> paired(const std::vector<PartPair>& found,
                             const std::vector<std::size_t>& counterparts,
                             const std::vector<JobStyle>& styles,
                             std::vector<std::string>& remarks);

} // namespace maniera
