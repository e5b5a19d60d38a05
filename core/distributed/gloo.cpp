// SPDX-License-Identifier: GPL-3.0-or-later
// LibTorch's c10d: a TCPStore at rank 0 brings the ranks together, Gloo carries their messages.
//
// The store is used only while they come together: its requests have no time limit in some
// versions, so that a rank 0 which hangs would take the others along.

#include "core/distributed/gloo.h"

#include "core/base/sha256.h"
#include "core/distributed/failure_agreement.h"
#include "core/distributed/listening.h"
#include "core/error.h"

#ifdef MANIERA_GLOO
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <netdb.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>
#endif

namespace maniera {

#ifdef MANIERA_GLOO
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& sentence) {
    throw Error(ErrorCode::internal, sentence);
}

milliseconds limit_of(const RankConfig& config) {
    return milliseconds(static_cast<long long>(config.timeout * 1000));
}

std::string where(const RankConfig& config) {
    return config.master_addr + " port " + std::to_string(config.master_port);
}

std::vector<std::uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

// This machine's address on the network that reaches rank 0. A hostname, which Gloo would take,
// often resolves to a loopback address or, in containers, to nothing.
std::string address_towards(const RankConfig& config) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_DGRAM;
    if (getaddrinfo(config.master_addr.c_str(), std::to_string(config.master_port).c_str(), &hints,
                    &found) != 0)
        give_up("The address of rank 0, " + config.master_addr +
                ", is not known on this machine: set MASTER_ADDR to its number.");
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, freeaddrinfo);
    for (const addrinfo* at = found; at; at = at->ai_next) {
        const int probe = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_storage own{};
        socklen_t size = sizeof own;
        char text[NI_MAXHOST] = "";
        // Nothing is sent: for datagrams, connecting only looks up the way.
        if (probe >= 0 && connect(probe, at->ai_addr, at->ai_addrlen) == 0 &&
            getsockname(probe, reinterpret_cast<sockaddr*>(&own), &size) == 0)
            getnameinfo(reinterpret_cast<sockaddr*>(&own), size, text, sizeof text, nullptr, 0,
                        NI_NUMERICHOST);
        if (probe >= 0)
            close(probe);
        if (*text)
            return text;
    }
    give_up("This machine has no network that reaches " + config.master_addr +
            ": set MASTER_ADDR to another address of rank 0's machine.");
}

bool is_loopback(const std::string& address) {
    return address.rfind("127.", 0) == 0 || address == "::1";
}

std::string came(int rank) { return "came/" + std::to_string(rank); }
std::string address_of(int rank) { return "address/" + std::to_string(rank); }

// From 2.4 on stores are libuv's by default, which Debian's LibTorch is built without.
template <typename Options>
auto leave_libuv_out(Options& options, int) -> decltype(void(options.useLibUV)) {
    options.useLibUV = false;
}
template <typename Options>
void leave_libuv_out(Options&, long) {} // has no such choice

// From 2.1 on a store takes a socket that listens already; before, it listens at all addresses.
template <typename Options>
auto listen_where_given(Options& options, const RankConfig& config, int)
    -> decltype(void(options.masterListenFd)) {
    const int listener = config.rank == 0 ? listen_at(config.master_addr, config.master_port) : -1;
    if (listener >= 0)
        options.masterListenFd = listener;
}
template <typename Options>
void listen_where_given(Options&, const RankConfig&, long) {} // has no such choice

// All keys begin with it: who does not know the secret reads and changes nothing of the run.
std::string prefix_of(const RankConfig& config) {
    const std::string text = "maniera " + config.secret;
    return sha256_text(text.data(), text.size());
}

using Store = c10::intrusive_ptr<c10d::Store>;

Store make_store(const RankConfig& config) {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(config.master_port);
    options.isServer = config.rank == 0;
    options.waitWorkers = false;
    leave_libuv_out(options, 0);
    listen_where_given(options, config, 0);
    options.timeout = limit_of(config);
    try {
        auto store = c10::make_intrusive<c10d::TCPStore>(config.master_addr, options);
        // Where it serves it is never destroyed: that would wait for its thread, and that for the
        // rest of what a stranger has begun to say.
        if (options.isServer)
            static_cast<void>(Store(store).release());
        return c10::make_intrusive<c10d::PrefixStore>(prefix_of(config), std::move(store));
    } catch (const std::exception&) {
        if (config.rank == 0)
            give_up("Rank 0 cannot listen at " + where(config) +
                    ": another run, or a second process of rank 0, is there; set MASTER_PORT to a "
                    "free port.");
        give_up("Rank 0 was not found at " + where(config) +
                ": check that it is started, that all "
                "have the same MASTER_ADDR and MASTER_PORT, and that no firewall is between them.");
    }
}

// At rank 0: waits for all ranks; returns what is wrong, or nothing.
std::string verdict_of(c10d::Store& store, const RankConfig& config, Clock::time_point end) {
    for (;;) {
        if (store.check({"twice"}))
            return "Two processes say that they are rank " + text_of(store.get("twice")) +
                   ": start each with a rank of its own, from 0 to " +
                   std::to_string(config.world_size - 1) + ".";
        int present = 0;
        for (int rank = 0; rank < config.world_size; ++rank)
            present += store.check({address_of(rank)});
        if (present == config.world_size)
            break;
        if (Clock::now() > end)
            return std::to_string(present) + " of " + std::to_string(config.world_size) +
                   " processes came to " + where(config) +
                   " in time; check that all are started, with the same address and "
                   "MANIERA_SECRET.";
        std::this_thread::sleep_for(milliseconds(10));
    }
    int loopbacks = 0;
    for (int rank = 0; rank < config.world_size; ++rank)
        loopbacks += is_loopback(text_of(store.get(address_of(rank))));
    if (loopbacks > 0 && loopbacks < config.world_size)
        return "The address of rank 0, " + config.master_addr +
               ", leads to other machines only from some of the ranks: set MASTER_ADDR to its "
               "number on their common network.";
    return {};
}

// Tells the others where rank 0 collects failures.
void exchange_failure_address(c10d::Store& store, const RankConfig& config,
                              FailureAgreement& failures) {
    // The first request is one that has a time limit in all versions, and sets it for the next.
    if (config.rank == 0)
        store.set("reports", bytes_of(failures.listen(config.master_addr)));
    store.wait({"reports"}, limit_of(config));
    failures.set_address(config.master_addr, text_of(store.get("reports")));
}

// Throws unless every rank is here once.
void meet(c10d::Store& store, const RankConfig& config, Clock::time_point end) {
    const milliseconds limit = limit_of(config);
    if (store.add(came(config.rank), 1) > 1) {
        store.set("twice", bytes_of(std::to_string(config.rank)));
        give_up("Another process says that it is rank " + std::to_string(config.rank) +
                ": start each with a rank of its own, from 0 to " +
                std::to_string(config.world_size - 1) + ".");
    }
    store.set(address_of(config.rank), bytes_of(address_towards(config)));
    // Rank 0 decides, so that all ranks say the same.
    if (config.rank == 0)
        store.set("verdict", bytes_of(verdict_of(store, config, end)));
    store.wait({"verdict"}, limit + std::chrono::seconds(2));
    const std::string verdict = text_of(store.get("verdict"));
    // The store ends with rank 0, which therefore waits until all have read it. A rank that was
    // started wrongly never does.
    const auto read_by = Clock::now() + std::min<milliseconds>(limit, milliseconds(2000));
    if (config.rank == 0)
        while (store.add("read", 0) < config.world_size - 1 && Clock::now() < read_by)
            std::this_thread::sleep_for(milliseconds(5));
    else
        store.add("read", 1);
    if (!verdict.empty())
        give_up(verdict);
}

c10::intrusive_ptr<c10d::ProcessGroupGloo> make_gloo(const Store& store, const RankConfig& config) {
    auto options = c10d::ProcessGroupGloo::Options::create();
    // Gloo takes five times as long as this.
    options->timeout = std::max(milliseconds(1000), limit_of(config) / 5);
    options->threads = 1;
    options->devices.push_back(
        config.interface_.empty()
            ? c10d::ProcessGroupGloo::createDeviceForHostname(address_towards(config))
            : c10d::ProcessGroupGloo::createDeviceForInterface(config.interface_));
    return c10::make_intrusive<c10d::ProcessGroupGloo>(store, config.rank, config.world_size,
                                                       options);
}

class GlooCommunicator : public Communicator {
public:
    explicit GlooCommunicator(const RankConfig& config);

    // Collective. Finds out how many ranks share this machine.
    void count_local_ranks();
    std::unique_ptr<Transfers> start_transfers() override;
    void announce_failure(const std::string& sentence) noexcept override;
    std::int64_t bytes_sent() const override { return sent_; }

private:
    friend class GlooTransfers;

    // Closes the connections, agrees with the others on what happened, and throws it. `peer` is the
    // rank that did not answer.
    [[noreturn]] void fail(int peer);

    FailureAgreement failures_;
    Store store_;
    c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo_; // null once the connections are closed
    std::string failure_;                             // what was thrown then
    std::int64_t sent_ = 0;
    int tags_ = 0;
};

class GlooTransfers : public Transfers {
public:
    // `tag` tells apart what goes from one rank to another at the same time.
    GlooTransfers(GlooCommunicator& comm, int tag) : comm_(comm), tag_(tag) {}

    void send(int to, const void* bytes, std::size_t count) override {
        post(true, to, const_cast<void*>(bytes), count);
        comm_.sent_ += static_cast<std::int64_t>(count);
    }

    std::size_t receive(int from, void* bytes, std::size_t count) override {
        post(false, from, bytes, count);
        return posted_.size() - 1;
    }

    void wait(std::size_t transfer) override {
        Posted& one = posted_[transfer];
        if (!one.work)
            return;
        try {
            one.work->wait(limit_of(comm_.config()));
            one.work.reset();
        } catch (const std::exception&) {
            const int peer = one.peer;
            posted_.clear(); // before the connections that they use
            comm_.fail(peer);
        }
    }

    void wait_all() override {
        for (std::size_t at = 0; at < posted_.size(); ++at)
            wait(at);
    }

private:
    struct Posted {
        int peer;
        at::Tensor bytes;
        c10::intrusive_ptr<c10d::Work> work; // null once it was waited for
    };

    void post(bool sending, int peer, void* bytes, std::size_t count) {
        if (!comm_.gloo_)
            give_up(comm_.failure_);
        Posted one{peer, {}, {}};
        if (count > 0) {
            one.bytes = at::from_blob(bytes, {static_cast<std::int64_t>(count)}, at::kByte);
            std::vector<at::Tensor> list = {one.bytes};
            try {
                one.work = sending ? comm_.gloo_->send(list, peer, tag_)
                                   : comm_.gloo_->recv(list, peer, tag_);
            } catch (const std::exception&) {
                posted_.clear();
                comm_.fail(peer);
            }
        }
        posted_.push_back(std::move(one));
    }

    GlooCommunicator& comm_;
    int tag_;
    std::vector<Posted> posted_;
};

GlooCommunicator::GlooCommunicator(const RankConfig& config) : Communicator(config) {
    const auto end = Clock::now() + limit_of(config);
    store_ = make_store(config);
    try {
        exchange_failure_address(*store_, config, failures_);
        meet(*store_, config, end);
        gloo_ = make_gloo(store_, config);
    } catch (const Error&) {
        throw;
    } catch (const std::exception&) {
        give_up("The connections between the " + std::to_string(config.world_size) +
                " processes at " + where(config) +
                " were not made: check that none of them has ended, that no firewall "
                "is between their machines, and that GLOO_SOCKET_IFNAME, if set, is right.");
    }
}

void GlooCommunicator::count_local_ranks() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    const std::vector<std::string> hosts = all_gather(host.data());
    set_local_world_size(
        static_cast<int>(std::count(hosts.begin(), hosts.end(), std::string(host.data()))));
}

std::unique_ptr<Transfers> GlooCommunicator::start_transfers() {
    return std::make_unique<GlooTransfers>(*this, tags_++ & 0x7fffffff);
}

void GlooCommunicator::fail(int peer) {
    gloo_.reset();
    failure_ = failures_.agree(rank(), size(), peer, "");
    store_.reset();
    give_up(failure_);
}

void GlooCommunicator::announce_failure(const std::string& sentence) noexcept {
    if (!gloo_)
        return;
    gloo_.reset();
    try {
        failure_ = failures_.agree(rank(), size(), -1, sentence);
    } catch (const std::exception&) { // this rank ends anyway, with its own error
    }
    store_.reset();
}

} // namespace

std::shared_ptr<Communicator> init_process_group(const RankConfig& config) {
    auto comm = std::make_shared<GlooCommunicator>(config);
    comm->count_local_ranks();
    return comm;
}

#else

std::shared_ptr<Communicator> init_process_group(const RankConfig&) {
    throw Error(ErrorCode::internal,
                "This Maniera was built without Gloo, by which processes paint together: install "
                "libgloo-dev, build it again with Debian's LibTorch, or start one process.");
}

#endif

} // namespace maniera
