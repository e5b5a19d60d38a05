// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/distributed/local.h"

#include <stdexcept>

namespace maniera {
namespace {

[[noreturn]] void refuse() {
    throw std::logic_error("a process by itself has no other rank to talk to");
}

class NoTransfers : public Transfers {
public:
    void send(int, const void*, std::size_t) override { refuse(); }
    std::size_t receive(int, void*, std::size_t) override { refuse(); }
    void wait(std::size_t) override { refuse(); }
    void wait_all() override {}
};

class LocalCommunicator : public Communicator {
public:
    LocalCommunicator() : Communicator(RankConfig{}) {}
    std::unique_ptr<Transfers> start_transfers() override {
        return std::make_unique<NoTransfers>();
    }
    void announce_failure(const std::string&) noexcept override {}
    std::int64_t bytes_sent() const override { return 0; }
};

} // namespace

Communicator& local_communicator() {
    static LocalCommunicator local;
    return local;
}

} // namespace maniera
