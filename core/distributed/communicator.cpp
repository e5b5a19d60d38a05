// SPDX-License-Identifier: GPL-3.0-or-later
// Words between ranks, of whatever length.

#include "core/distributed/communicator.h"

#include "core/distributed/gloo.h"

#include <algorithm>
#include <array>
#include <unistd.h>

namespace maniera {

std::shared_ptr<Communicator> init_process_group(const RankConfig& place) {
    auto ranks = std::make_shared<Communicator>(place);
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const std::vector<std::string> hosts = all_gather(*ranks, host.data());
    ranks->set_local_count(
        static_cast<int>(std::count(hosts.begin(), hosts.end(), std::string(host.data()))));
    return ranks;
}

int rank_of(const Communicator* ranks) { return ranks ? ranks->place().rank : 0; }
int rank_count(const Communicator* ranks) { return ranks ? ranks->place().count : 1; }
const RankConfig& rank_config_of(const Communicator& ranks) { return ranks.place(); }
std::int64_t bytes_sent(const Communicator& ranks) { return ranks.bytes_sent(); }

std::vector<std::string> all_gather(Communicator& ranks, const std::string& text) {
    const int own = rank_of(&ranks), count = rank_count(&ranks);
    std::vector<std::uint64_t> lengths(count, text.size());
    Communicator::Messages sizes(ranks);
    for (int other = 0; other < count; ++other)
        if (other != own) {
            sizes.send(other, &lengths[own], sizeof lengths[own]);
            sizes.receive(other, &lengths[other], sizeof lengths[other]);
        }
    sizes.wait_all();
    std::vector<std::string> texts(count, text);
    Communicator::Messages words(ranks);
    for (int other = 0; other < count; ++other)
        if (other != own) {
            texts[other].resize(lengths[other]);
            words.send(other, text.data(), text.size());
            words.receive(other, texts[other].data(), lengths[other]);
        }
    words.wait_all();
    return texts;
}

std::string broadcast(Communicator& ranks, const std::string& text) {
    return all_gather(ranks, rank_of(&ranks) == 0 ? text : "").front();
}

void announce_failure(Communicator& ranks, const std::string& sentence) noexcept {
    ranks.announce_failure(sentence);
}

} // namespace maniera
