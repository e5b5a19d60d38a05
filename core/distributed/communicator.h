// SPDX-License-Identifier: GPL-3.0-or-later
// The processes that paint one picture together, and what they tell each other in words.
//
//     std::shared_ptr<Communicator> ranks = init_process_group(place); // when all have come
//     for (const std::string& line : all_gather(*ranks, "what I was asked to paint")) ...
//
// All but announce_failure and the questions are collective: every rank calls them in the same
// order. What another rank's end or silence does to this one is an Error{internal}, the same at
// all. The program must ignore SIGPIPE: the connections are Gloo's, which does not.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace maniera {

// Where this process stands among those that paint one picture.
struct RankConfig {
    int rank = 0;
    int count = 1;
    int local_rank = 0;     // among those of this machine
    int local_count = 1;    // of them; init_process_group finds it out
    std::string host;       // of rank 0, where the others find the store
    int port = 0;           // there
    double timeout = 300;   // s that a rank waits for another
    std::string interface_; // of the network; empty: the one that reaches rank 0
};

class Communicator;

// Waits for the others. Throws Error{internal} when they have not come in time, when two say that
// they are the same rank, or when this LibTorch cannot connect processes.
std::shared_ptr<Communicator> init_process_group(const RankConfig& place);

// Null stands for a process by itself.
int rank_of(const Communicator* ranks);
int rank_count(const Communicator* ranks);
const RankConfig& rank_config_of(const Communicator& ranks);

// Each rank's text, in the order of ranks, at every rank.
std::vector<std::string> all_gather(Communicator& ranks, const std::string& text);
// Rank 0's text, at every rank.
std::string broadcast(Communicator& ranks, const std::string& text);

// The others throw "Process 2 of 4 (rank 1) failed: SENTENCE". Call it where a rank ends for a
// reason of its own. After it no rank can talk to another. Takes at most a few seconds.
void announce_failure(Communicator& ranks, const std::string& sentence) noexcept;

// Of messages' contents, by this process so far.
std::int64_t bytes_sent(const Communicator& ranks);

} // namespace maniera
