// SPDX-License-Identifier: GPL-3.0-or-later
// What `--precision auto` is on this machine's processor.

#pragma once

#include <string>

namespace maniera {

// Before any run: from now on it is what a measurement says that the processor is quicker in. It
// is made once, a tenth of a second, when a run first asks; later the cache folder knows, because
// another choice would paint other bits. Where nothing can be kept, nothing is measured, and the
// kind of processor decides.
void choose_precision_by_measurement();

// For a person: what it is and why.
std::string precision_choice();

} // namespace maniera
