// SPDX-License-Identifier: GPL-3.0-or-later
// How ranks agree on what ended their run. Internal.
//
// Rank 0 has a socket that nobody talks to until something fails. A rank that loses its connection
// to another closes all of its own, so that every other rank notices, and reports here whom it
// lost. A rank that was lost and does not report has ended or hangs. All waits are short: a rank
// that computes for longer finds nobody here, and its error says so.

#pragma once

#include <string>

namespace maniera {

class FailureAgreement {
public:
    FailureAgreement() = default;
    ~FailureAgreement();
    FailureAgreement(const FailureAgreement&) = delete;
    FailureAgreement& operator=(const FailureAgreement&) = delete;

    // At rank 0: starts to listen where the others find it, at `host` if that is an address of this
    // machine, else at all of them. Returns the port and a password, which the others must be told.
    std::string listen(const std::string& host);
    // At the others: where rank 0 listens, and what listen() returned there.
    void set_address(const std::string& host, const std::string& port_and_password);

    // Returns the sentence that every rank which takes part gets. `lost` is the rank that did not
    // answer, or -1; `sentence` is why this rank itself failed, or empty.
    std::string agree(int rank, int world_size, int lost, const std::string& sentence);

private:
    struct Report;
    std::string judge(int rank, int world_size, int lost, const std::string& sentence);
    std::string report(int rank, int world_size, int lost, const std::string& sentence) const;

    int listener_ = -1;
    std::string host_, port_, password_;
};

} // namespace maniera
