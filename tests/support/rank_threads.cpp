// SPDX-License-Identifier: GPL-3.0-or-later

#include "tests/support/rank_threads.h"

#include "tests/support/launch.h"

#include <c10/core/InferenceMode.h>

#include <exception>
#include <memory>
#include <thread>
#include <vector>

namespace maniera::test {

void as_ranks(int count, const std::function<void(int rank, Communicator& ranks)>& f) {
    RankConfig place;
    place.count = count;
    place.host = "127.0.0.1";
    place.port = free_port();
    place.timeout = 60;
    std::vector<std::thread> threads;
    std::vector<std::exception_ptr> failures(count);
    for (int rank = 0; rank < count; ++rank)
        threads.emplace_back([&, place, rank]() mutable {
            const c10::InferenceMode no_autograd;
            std::shared_ptr<Communicator> ranks;
            try {
                place.rank = rank;
                ranks = init_process_group(place);
                f(rank, *ranks);
                all_gather(*ranks, "done"); // none leaves while another still listens
            } catch (const std::exception& error) {
                failures[rank] = std::current_exception();
                if (ranks)
                    announce_failure(*ranks, error.what());
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const std::exception_ptr& failure : failures)
        if (failure)
            std::rethrow_exception(failure);
}

} // namespace maniera::test
