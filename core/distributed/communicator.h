// SPDX-License-Identifier: GPL-3.0-or-later
// A process group: the processes that paint one picture together, in c10d's words.
//
//     Communicator& alone = local_communicator();                         // local.h
//     std::shared_ptr<Communicator> comm = init_process_group(config);    // gloo.h, once all came
//     for (const std::string& line : comm->all_gather("what I was asked to paint")) ...
//
// A process by itself has one too, of size 1, so that the same code serves both. Collectives are
// called by every rank in the same order. When another rank ends or stays silent, they throw
// Error{internal} with the same sentence at every rank.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace maniera {

// Where this process stands in its group. The names are torchrun's.
struct RankConfig {
    int rank = 0;
    int world_size = 1;
    int local_rank = 0;       // among the ranks of this machine
    int local_world_size = 1; // ranks of this machine; init_process_group finds it out
    std::string master_addr;  // of rank 0's machine
    int master_port = 0;      // where rank 0 listens there
    double timeout = 300;     // s that a rank waits for another
    std::string interface_;   // of the network; empty: the one that reaches rank 0
    std::string secret; // that all ranks know and strangers on the network do not; may be empty
};

// Sends and receives that are under way at the same time. The bytes must stay valid until they were
// waited for, or until this object is gone.
class Transfers {
public:
    virtual ~Transfers() = default;
    virtual void send(int to, const void* bytes, std::size_t count) = 0;
    // Returns a number for wait().
    virtual std::size_t receive(int from, void* bytes, std::size_t count) = 0;
    virtual void wait(std::size_t transfer) = 0;
    virtual void wait_all() = 0;
};

class Communicator {
public:
    explicit Communicator(RankConfig config) : config_(std::move(config)) {}
    virtual ~Communicator() = default;
    Communicator(const Communicator&) = delete;
    Communicator& operator=(const Communicator&) = delete;

    int rank() const { return config_.rank; }
    int size() const { return config_.world_size; }
    const RankConfig& config() const { return config_; }

    // Collective. Each rank's text, in the order of ranks, at every rank.
    std::vector<std::string> all_gather(const std::string& text);
    // Collective. Rank 0's text, at every rank.
    std::string broadcast(const std::string& text);

    // What collectives are made of.
    virtual std::unique_ptr<Transfers> start_transfers() = 0;

    // Call it where this rank ends for a reason of its own: the others then throw "Process 2 of 4
    // (rank 1) failed: SENTENCE". Afterwards no rank can talk to another. Takes a few seconds at
    // most.
    virtual void announce_failure(const std::string& sentence) noexcept = 0;

    // Contents of all messages that this rank has sent so far.
    virtual std::int64_t bytes_sent() const = 0;

protected:
    void set_local_world_size(int count) { config_.local_world_size = count; }

private:
    RankConfig config_;
};

} // namespace maniera
