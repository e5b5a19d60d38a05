// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/rank_threads.h"

#include "core/distributed/gloo.h"

#include "tests/support/launch.h"

#include <c10/core/InferenceMode.h>

#include <exception>
#include <memory>
#include <thread>
#include <vector>

namespace maniera::test {

void as_ranks(int count, const std::function<void(int rank, Communicator& comm)>& f) {
    RankConfig config;
    config.world_size = count;
    config.master_addr = "127.0.0.1";
    config.master_port = free_port();
    config.timeout = 60;
    std::vector<std::thread> threads;
    std::vector<std::exception_ptr> failures(count);
    for (int rank = 0; rank < count; ++rank)
        threads.emplace_back([&, config, rank]() mutable {
            const c10::InferenceMode no_autograd;
            std::shared_ptr<Communicator> comm;
            try {
                config.rank = rank;
                comm = init_process_group(config);
                f(rank, *comm);
                comm->all_gather("done"); // none leaves while another still listens
            } catch (const std::exception& error) {
                failures[rank] = std::current_exception();
                if (comm)
                    comm->announce_failure(error.what());
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const std::exception_ptr& failure : failures)
        if (failure)
            std::rethrow_exception(failure);
}

} // namespace maniera::test
