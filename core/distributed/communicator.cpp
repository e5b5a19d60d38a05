// SPDX-License-Identifier: GPL-3.0-or-later
// Texts of any length: first their lengths go round, then the texts.

#include "core/distributed/communicator.h"

namespace maniera {

std::vector<std::string> Communicator::all_gather(const std::string& text) {
    std::vector<std::uint64_t> lengths(size(), text.size());
    const std::unique_ptr<Transfers> of_lengths = start_transfers();
    for (int other = 0; other < size(); ++other)
        if (other != rank()) {
            of_lengths->send(other, &lengths[rank()], sizeof lengths[rank()]);
            of_lengths->receive(other, &lengths[other], sizeof lengths[other]);
        }
    of_lengths->wait_all();
    std::vector<std::string> texts(size(), text);
    const std::unique_ptr<Transfers> of_texts = start_transfers();
    for (int other = 0; other < size(); ++other)
        if (other != rank()) {
            texts[other].resize(lengths[other]);
            of_texts->send(other, text.data(), text.size());
            of_texts->receive(other, texts[other].data(), lengths[other]);
        }
    of_texts->wait_all();
    return texts;
}

std::string Communicator::broadcast(const std::string& text) {
    return all_gather(rank() == 0 ? text : "").front();
}

} // namespace maniera
