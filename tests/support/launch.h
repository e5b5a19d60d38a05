// SPDX-License-Identifier: GPL-3.0-or-later
// Several processes of one run, with the environment that torchrun gives them.

#pragma once

#include "tests/support/process.h"

#include <memory>
#include <string>
#include <vector>

namespace maniera::test {

// A port that nothing listens at now.
int free_port();

// What torchrun sets, for one of `count` on this machine.
std::vector<std::string> torchrun_environment(int rank, int count, int port,
                                              const std::string& host = "127.0.0.1");

// The same command `count` times, on one thread each; rank 0 first. They end with the vector.
std::vector<std::unique_ptr<Process>> launch(int count, const std::vector<std::string>& words,
                                             const std::vector<std::string>& environment = {});

} // namespace maniera::test
