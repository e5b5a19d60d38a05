// SPDX-License-Identifier: GPL-3.0-or-later
// One of several processes that talk through core/distributed, for communicator_test:
//
//     ranks_program TASK RANK COUNT HOST PORT TIMEOUT
//
// `sums` and `rows` print what they got or what is wrong; `talk` sums again and again until another
// fails; `fail` does so until rank 1 fails of a sentence. Errors go to stderr, with exit code 3.

#include "core/distributed/collectives.h"
#include "core/distributed/gloo.h"
#include "core/distributed/local.h"
#include "core/error.h"

#include <ATen/Functions.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace maniera;

void check(bool holds, const std::string& what) {
    if (!holds)
        throw std::runtime_error("wrong: " + what);
}

// The part `number` of a sum: of very different sizes, so that the order shows in the bits. Most
// are float64: sums of few float32 are exact in it.
at::Tensor part(int number, std::int64_t count) {
    const at::Tensor at = at::arange(count, at::kDouble).mul(0.37).add(number);
    return at.sin()
        .mul(std::pow(10.0, (number * 5) % 11 - 5))
        .to(number == 4 ? at::kFloat : at::kDouble);
}

// Which parts of 9 a rank has: rank 1 none where others can have them.
std::vector<at::Tensor> parts_of(int rank, int count, std::int64_t numbers) {
    std::vector<at::Tensor> parts;
    if (count > 2 && rank == 1)
        return {at::Tensor(), at::empty({0}, at::kFloat)};
    const auto begin_of = [&](int r) { return r == 0 ? 0 : r >= count ? 9 : 9 * r / count; };
    const int begin = count > 2 && rank == 0 ? 0 : begin_of(rank);
    const int end = count > 2 && rank == 0 ? begin_of(2) : begin_of(rank + 1);
    for (int number = begin; number < end; ++number)
        parts.push_back(part(number, numbers));
    return parts;
}

void sums(Communicator& comm) {
    const int rank = comm.rank(), count = comm.size();
    // The pieces' edge is at 131072 numbers.
    for (const std::int64_t numbers : {1, 131071, 131072, 300001}) {
        const at::Tensor like = at::empty({numbers}, at::kFloat);
        const at::Tensor total = all_reduce_in_order(comm, parts_of(rank, count, numbers), like);
        at::Tensor expected = at::zeros({numbers}, at::kDouble);
        for (int number = 0; number < 9; ++number)
            expected.add_(part(number, numbers));
        check(total.scalar_type() == at::kDouble && total.equal(expected),
              "a sum in order of " + std::to_string(numbers));
    }
    const auto numbers_of = [](int r) { return part(r, 12).reshape({3, 4}).mul(r % 2 ? 1 : -1); };
    at::Tensor added = numbers_of(0).to(at::kDouble);
    at::Tensor most = added;
    for (int other = 1; other < count; ++other) {
        added = added.add(numbers_of(other));
        most = at::maximum(most, numbers_of(other).to(at::kDouble));
    }
    check(all_reduce_sum(comm, numbers_of(rank)).equal(added), "a sum");
    check(all_reduce_max(comm, numbers_of(rank)).equal(most), "the largest");
    const std::vector<std::string> texts =
        comm.all_gather(std::string(rank * 1000, static_cast<char>('a' + rank)));
    for (int other = 0; other < count; ++other)
        check(texts.at(other) == std::string(other * 1000, static_cast<char>('a' + other)),
              "a text");
    check(comm.broadcast("of " + std::to_string(rank)) == "of 0", "rank 0's text");
    check(comm.bytes_sent() >= (count > 1 ? 300001 : 0), "the bytes that were sent");
}

void rows(Communicator& comm) {
    const int rank = comm.rank(), count = comm.size();
    const int height = 53, halo = 9; // a halo wider than some bands
    const std::vector<std::vector<int>> cuts = {
        {0, 16, 32, 48, 53}, {0, 48, 48, 48, 53}, {0, 0, 7, 8, 53}, {0, 53, 53, 53, 53}};
    for (const std::vector<int>& cut : cuts)
        for (const at::ScalarType type : {at::kFloat, at::kBFloat16, at::kDouble})
            for (const int channels : {1, 3, 64}) {
                const at::Tensor whole = at::arange(height * 7 * channels, at::kFloat)
                                             .reshape({1, channels, height, 7})
                                             .to(type)
                                             .contiguous(at::MemoryFormat::ChannelsLast);
                std::vector<Span> have, want, turned;
                for (int r = 0; r < count; ++r) {
                    const int begin = cut[r], end = r == count - 1 ? height : cut[r + 1];
                    have.push_back({begin, end});
                    want.push_back(begin == end ? Span{0, 0}
                                                : Span{std::max(0, begin - halo),
                                                       std::min(height, end + halo)});
                }
                for (int r = 0; r < count; ++r) // all of it elsewhere
                    turned.push_back(have[(r + 1) % count]);
                const auto of = [&](Span span) {
                    return whole.narrow(2, span.begin, span.length());
                };
                for (const std::vector<Span>& wanted : {want, turned, have}) {
                    const at::Tensor got = exchange_rows(comm, of(have[rank]), have, wanted);
                    check(got.scalar_type() == type && got.equal(of(wanted[rank])), "rows");
                    check(got.numel() == 0 || got.is_contiguous(at::MemoryFormat::ChannelsLast),
                          "the order in memory");
                }
            }
}

void talk(Communicator& comm, bool failing) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (int turn = 0; std::chrono::steady_clock::now() < end; ++turn) {
        all_reduce_in_order(comm, parts_of(comm.rank(), comm.size(), 1000),
                            at::empty({1000}, at::kFloat));
        if (turn == 5) {
            std::puts("talking");
            std::fflush(stdout);
        }
        if (failing && turn == 5 && comm.rank() == 1)
            throw Error(ErrorCode::unreadable_image, "sea.png cannot be read.");
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void run(const std::string& task, Communicator& comm) {
    if (task == "sums")
        sums(comm);
    else if (task == "rows")
        rows(comm);
    else
        talk(comm, task == "fail");
}

} // namespace

int main(int count, char** words) {
    if (count != 7)
        return 2;
    std::signal(SIGPIPE, SIG_IGN);
    RankConfig config;
    const std::string task = words[1];
    config.rank = std::atoi(words[2]);
    config.world_size = std::atoi(words[3]);
    config.master_addr = words[4];
    config.master_port = std::atoi(words[5]);
    config.timeout = std::atof(words[6]);
    if (const char* const secret = std::getenv("MANIERA_SECRET"))
        config.secret = secret;
    std::shared_ptr<Communicator> comm;
    try {
        if (config.world_size == 1) // one rank of Gloo must give the same bits
            run(task, local_communicator());
        comm = init_process_group(config);
        run(task, *comm);
    } catch (const Error& error) {
        if (comm)
            comm->announce_failure(error.what());
        std::fprintf(stderr, "%s\n", error.what());
        return 3;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 4;
    }
    if (task == "sums" || task == "rows")
        std::printf("%s are right\n", task.c_str());
    return 0;
}
