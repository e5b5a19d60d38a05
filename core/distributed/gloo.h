// SPDX-License-Identifier: GPL-3.0-or-later
// The connections between ranks: bytes to one, bytes from one. Internal; without LibTorch's
// headers.

#pragma once

#include "core/distributed/communicator.h"
#include "core/distributed/failure_agreement.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace maniera {

class Communicator {
public:
    explicit Communicator(const RankConfig& place);
    ~Communicator();
    Communicator(const Communicator&) = delete;
    Communicator& operator=(const Communicator&) = delete;

    const RankConfig& place() const { return place_; }
    void set_local_count(int count) { place_.local_count = count; }
    std::int64_t bytes_sent() const { return sent_; }

    // Sends and receives under way at the same time. The bytes must stay until they are waited for,
    // or until this object is gone.
    class Messages {
    public:
        // `tag` tells apart what goes from one rank to another at the same time.
        explicit Messages(Communicator& ranks);
        ~Messages();
        Messages(const Messages&) = delete;
        Messages& operator=(const Messages&) = delete;

        void send(int to, const void* bytes, std::size_t count);
        // Returns the receipt's number.
        std::size_t receive(int from, void* bytes, std::size_t count);
        void wait(std::size_t receipt);
        void wait_all();

    private:
        struct Posted;
        void post(bool sending, int peer, void* bytes, std::size_t count);
        Communicator& ranks_;
        int tag_;
        std::vector<Posted> posted_;
    };

    // Closes the connections, agrees with the others on what happened, and throws it. `peer` is the
    // rank that was waited for.
    [[noreturn]] void fail(int peer);
    void announce_failure(const std::string& sentence) noexcept;

private:
    struct Group;
    RankConfig place_;
    FailureReports reports_;
    std::unique_ptr<Group> group_; // null when the connections are closed
    std::string failure_;          // what was thrown
    std::int64_t sent_ = 0;
    int tags_ = 0;
};

} // namespace maniera
