// SPDX-License-Identifier: GPL-3.0-or-later
// A run of several processes, from the command line: joining, agreeing, and failing together.

#pragma once

#include "core/distributed/communicator.h"
#include "core/network/model.h"
#include "helper/job/job.h"

#include <functional>
#include <memory>
#include <string>

namespace maniera {

// Joins the others where the environment says that this process is one of several (rank_config.h);
// otherwise returns the communicator of a process by itself.
std::shared_ptr<Communicator> join_by_environment();

// Does it; what it throws ends the other ranks too, with the same sentence.
void together(Communicator& comm, const std::function<void()>& body);

// Refuses with Error{invalid_request}, at every rank, one that was started with other options,
// pictures or another model than rank 0, or resumes from another checkpoint (empty = none). Of
// large files only samples are compared. Collective.
void agree(Communicator& comm, const Job& job, const Manifest& model,
           const std::string& checkpoint);

} // namespace maniera
