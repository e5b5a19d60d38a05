// SPDX-License-Identifier: GPL-3.0-or-later
// How ranks agree on what ended their run. Internal.
//
// Rank 0 has a socket that nobody talks to until something fails. A rank that loses its connection
// to another closes all of its own, so that all others notice, and reports here whom it lost. Who
// was lost and does not report has ended or hangs. All waits are short: a rank that calculates for
// long meanwhile finds nobody here, and says so.

#pragma once

#include <string>
#include <vector>

namespace maniera {

class FailureReports {
public:
    FailureReports() = default;
    ~FailureReports();
    FailureReports(const FailureReports&) = delete;
    FailureReports& operator=(const FailureReports&) = delete;

    // At rank 0: where the others will find it, "PORT". The socket listens at all addresses.
    std::string listen();
    // At the others.
    void set_place(const std::string& host, const std::string& port);

    // The sentence that all who take part get. `lost` is the rank that did not answer, or -1;
    // `sentence` what this rank itself failed of, or empty.
    std::string agree(int rank, int count, int lost, const std::string& sentence);

private:
    struct Report;
    std::string judge(int rank, int count, int lost, const std::string& sentence);
    std::string report(int rank, int count, int lost, const std::string& sentence) const;

    int listener_ = -1;
    std::string host_, port_;
};

} // namespace maniera
