// SPDX-License-Identifier: GPL-3.0-or-later
// The parts that a photograph and its styles have in common, found by rank 0 once a picture, from
// small copies: they do not depend on the run's size, tiles or ranks. Internal.
//
//     inputs.parts = finder->find(inputs, comm);

#pragma once

#include "core/distributed/communicator.h"
#include "core/inputs.h"
#include "core/network/model.h"
#include "core/network/vgg.h"
#include "core/progress.h"
#include "core/resolved_options.h"

#include <memory>
#include <string>
#include <vector>

namespace maniera {

class PartFinder {
public:
    // Null where the options do not ask for it. A model without the layers it takes has no parts
    // either, and where somebody asked for them that is an Error{invalid_option}.
    static std::unique_ptr<PartFinder> make(const Model& model, const ResolvedOptions& resolved,
                                            const Placement& placement);

    // The inputs are prepared. In each region that masks leave or make, parts are found among the
    // styles that act there. None = the pictures have nothing in common. Collective; every rank
    // gets the same. Throws Error{stopped} where rank 0's `stop` says true.
    std::vector<PartPair> find(const Inputs& inputs, Communicator& comm,
                               const StopCallback& stop = {}) const;

    // The same, or what a run of this process found before in the same pictures.
    std::vector<PartPair> find_or_recall(const Inputs& inputs, Communicator& comm) const;

private:
    PartFinder(const Model& model, const ResolvedOptions& resolved, const Placement& placement);
    struct SmallCopies; // what is looked at
    SmallCopies small_copies(const Inputs& inputs) const;
    std::string key_of(const Inputs& inputs, const SmallCopies& copies) const;
    std::vector<PartPair> find_here(const Inputs& inputs, SmallCopies copies,
                                    const StopCallback& stop) const;

    ResolvedOptions resolved_;
    std::string model_sha256_;
    Network network_; // with taps at part_layers(), float32
};

} // namespace maniera
