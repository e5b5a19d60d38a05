// SPDX-License-Identifier: GPL-3.0-or-later
// LibTorch's c10d: a TCPStore at rank 0 brings the ranks together, Gloo carries their messages.
//
// The store is used only while they come together: its requests have no time limit in some
// versions, so that a rank 0 which hangs would take the others along.

#include "core/distributed/gloo.h"

#include "core/error.h"

#ifdef MANIERA_GLOO
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <algorithm>
#include <chrono>
#include <netdb.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#endif

namespace maniera {

#ifdef MANIERA_GLOO
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& sentence) {
    throw Error(ErrorCode::internal, sentence);
}

std::string where(const RankConfig& place) {
    return place.host + " port " + std::to_string(place.port);
}

std::vector<std::uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

// This machine's address on the network that reaches rank 0. A hostname, which Gloo would take,
// often resolves to a loopback address or, in containers, to nothing.
std::string address_towards(const RankConfig& place) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_DGRAM;
    if (getaddrinfo(place.host.c_str(), std::to_string(place.port).c_str(), &hints, &found) != 0)
        give_up("The address of rank 0, " + place.host +
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
    give_up("This machine has no network that reaches " + place.host +
            ": set MASTER_ADDR to another address of rank 0's machine.");
}

bool is_loopback(const std::string& address) {
    return address.rfind("127.", 0) == 0 || address == "::1";
}

} // namespace

struct Communicator::Group {
    c10::intrusive_ptr<c10d::TCPStore> store;
    c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
};

struct Communicator::Messages::Posted {
    bool sending;
    int peer;
    at::Tensor bytes;
    c10::intrusive_ptr<c10d::Work> work; // null when it was waited for
};

namespace {

std::string came(int rank) { return "came/" + std::to_string(rank); }
std::string address_of(int rank) { return "address/" + std::to_string(rank); }

// From 2.4 on stores are libuv's by default, which Debian's LibTorch is built without.
template <typename Options>
auto leave_libuv_out(Options& options, int) -> decltype(void(options.useLibUV)) {
    options.useLibUV = false;
}
template <typename Options>
void leave_libuv_out(Options&, long) {} // has no such choice

c10::intrusive_ptr<c10d::TCPStore> make_store(const RankConfig& place) {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(place.port);
    options.isServer = place.rank == 0;
    options.waitWorkers = false;
    leave_libuv_out(options, 0);
    options.timeout = milliseconds(static_cast<long long>(place.timeout * 1000));
    try {
        return c10::make_intrusive<c10d::TCPStore>(place.host, options);
    } catch (const std::exception&) {
        if (place.rank == 0)
            give_up("Rank 0 cannot listen at " + where(place) +
                    ": another run, or a second process of rank 0, is there; set MASTER_PORT to a "
                    "free port.");
        give_up("Rank 0 was not found at " + where(place) +
                ": check that it is started, that all "
                "have the same MASTER_ADDR and MASTER_PORT, and that no firewall is between them.");
    }
}

// At rank 0: waits for all; what is wrong, or nothing.
std::string gather_all(c10d::TCPStore& store, const RankConfig& place, Clock::time_point end) {
    int present = 0;
    for (;;) {
        if (store.check({"twice"}))
            return "Two processes say that they are rank " + text_of(store.get("twice")) +
                   ": start each with a rank of its own, from 0 to " +
                   std::to_string(place.count - 1) + ".";
        present = 0;
        for (int rank = 0; rank < place.count; ++rank)
            present += store.check({address_of(rank)});
        if (present == place.count)
            break;
        if (Clock::now() > end)
            return std::to_string(present) + " of " + std::to_string(place.count) +
                   " processes came to " + where(place) +
                   " in time; check that all are started, with the same address.";
        std::this_thread::sleep_for(milliseconds(10));
    }
    int loopbacks = 0;
    for (int rank = 0; rank < place.count; ++rank)
        loopbacks += is_loopback(text_of(store.get(address_of(rank))));
    if (loopbacks > 0 && loopbacks < place.count)
        return "The address of rank 0, " + place.host +
               ", leads to other machines only from some of the ranks: set MASTER_ADDR to its "
               "number on their common network.";
    return {};
}

} // namespace

Communicator::Communicator(const RankConfig& place) : place_(place) {
    const auto limit = milliseconds(static_cast<long long>(place.timeout * 1000));
    const auto end = Clock::now() + limit;
    group_ = std::make_unique<Group>();
    group_->store = make_store(place);
    c10d::TCPStore& store = *group_->store;
    try {
        // The first request is one that has a time limit in all versions, and sets it for the next.
        if (place.rank == 0)
            store.set("reports", bytes_of(reports_.listen()));
        store.wait({"reports"}, limit);
        reports_.set_place(place.host, text_of(store.get("reports")));
        if (store.add(came(place.rank), 1) > 1) {
            store.set("twice", bytes_of(std::to_string(place.rank)));
            give_up("Another process says that it is rank " + std::to_string(place.rank) +
                    ": start each with a rank of its own, from 0 to " +
                    std::to_string(place.count - 1) + ".");
        }
        store.set(address_of(place.rank), bytes_of(address_towards(place)));
        // Rank 0 decides, so that all say the same.
        if (place.rank == 0)
            store.set("verdict", bytes_of(gather_all(store, place, end)));
        store.wait({"verdict"}, limit + std::chrono::seconds(2));
        const std::string verdict = text_of(store.get("verdict"));
        // The store ends with rank 0: not before all have read, but a rank that is wrong never
        // does.
        const auto read_by = Clock::now() + std::min<milliseconds>(limit, milliseconds(2000));
        if (place.rank == 0)
            while (store.add("read", 0) < place.count - 1 && Clock::now() < read_by)
                std::this_thread::sleep_for(milliseconds(5));
        else
            store.add("read", 1);
        if (!verdict.empty())
            give_up(verdict);
        auto options = c10d::ProcessGroupGloo::Options::create();
        options->timeout = std::max(milliseconds(1000), limit / 5); // Gloo takes five times as long
        options->threads = 1;
        options->devices.push_back(
            place.interface_.empty()
                ? c10d::ProcessGroupGloo::createDeviceForHostname(address_towards(place))
                : c10d::ProcessGroupGloo::createDeviceForInterface(place.interface_));
        group_->gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(group_->store, place.rank,
                                                                   place.count, options);
    } catch (const Error&) {
        throw;
    } catch (const std::exception&) {
        give_up("The connections between the " + std::to_string(place.count) + " processes at " +
                where(place) +
                " were not made: check that none of them has ended, that no firewall "
                "is between their machines, and that GLOO_SOCKET_IFNAME, if set, is right.");
    }
}

Communicator::~Communicator() = default;

Communicator::Messages::Messages(Communicator& ranks)
    : ranks_(ranks), tag_(ranks.tags_++ & 0x7fffffff) {}

Communicator::Messages::~Messages() = default;

void Communicator::Messages::post(bool sending, int peer, void* bytes, std::size_t count) {
    if (!ranks_.group_)
        give_up(ranks_.failure_);
    Posted one{sending, peer, {}, {}};
    if (count > 0) {
        one.bytes = at::from_blob(bytes, {static_cast<std::int64_t>(count)}, at::kByte);
        std::vector<at::Tensor> list = {one.bytes};
        try {
            c10d::ProcessGroupGloo& gloo = *ranks_.group_->gloo;
            one.work = sending ? gloo.send(list, peer, tag_) : gloo.recv(list, peer, tag_);
        } catch (const std::exception&) {
            posted_.clear();
            ranks_.fail(peer);
        }
    }
    posted_.push_back(std::move(one));
}

void Communicator::Messages::send(int to, const void* bytes, std::size_t count) {
    post(true, to, const_cast<void*>(bytes), count);
    ranks_.sent_ += static_cast<std::int64_t>(count);
}

std::size_t Communicator::Messages::receive(int from, void* bytes, std::size_t count) {
    post(false, from, bytes, count);
    return posted_.size() - 1;
}

void Communicator::Messages::wait(std::size_t receipt) {
    Posted& one = posted_[receipt];
    if (!one.work)
        return;
    try {
        one.work->wait(milliseconds(static_cast<long long>(ranks_.place_.timeout * 1000)));
        one.work.reset();
    } catch (const std::exception&) {
        const int peer = one.peer;
        posted_.clear(); // before the connections that they use
        ranks_.fail(peer);
    }
}

void Communicator::Messages::wait_all() {
    for (std::size_t at = 0; at < posted_.size(); ++at)
        wait(at);
}

void Communicator::fail(int peer) {
    if (group_)
        group_->gloo.reset();
    failure_ = reports_.agree(place_.rank, place_.count, peer, "");
    group_.reset();
    give_up(failure_);
}

void Communicator::announce_failure(const std::string& sentence) noexcept {
    if (!group_)
        return;
    try {
        group_->gloo.reset();
        failure_ = reports_.agree(place_.rank, place_.count, -1, sentence);
    } catch (const std::exception&) { // it fails anyway, of something else
    }
    group_.reset();
}

#else

namespace {

[[noreturn]] void refuse() {
    throw Error(ErrorCode::internal,
                "This Maniera was built without Gloo, by which processes paint together: install "
                "libgloo-dev, build it again with Debian's LibTorch, or start one process.");
}

} // namespace

struct Communicator::Group {};
struct Communicator::Messages::Posted {};
Communicator::Communicator(const RankConfig&) { refuse(); }
Communicator::~Communicator() = default;
Communicator::Messages::Messages(Communicator& ranks) : ranks_(ranks), tag_(0) {}
Communicator::Messages::~Messages() = default;
void Communicator::Messages::post(bool, int, void*, std::size_t) { refuse(); }
void Communicator::Messages::send(int, const void*, std::size_t) { refuse(); }
std::size_t Communicator::Messages::receive(int, void*, std::size_t) { refuse(); }
void Communicator::Messages::wait(std::size_t) { refuse(); }
void Communicator::Messages::wait_all() { refuse(); }
void Communicator::fail(int) { refuse(); }
void Communicator::announce_failure(const std::string&) noexcept {}

#endif

} // namespace maniera
