// SPDX-License-Identifier: GPL-3.0-or-later
// A report is "PASSWORD RANK LOST SENTENCE", then the end of the stream; the answer is the agreed
// sentence. Who does not know the password gets none.

#include "core/distributed/failure_agreement.h"

#include "core/distributed/listening.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <random>
#include <set>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace maniera {
namespace {

using Clock = std::chrono::steady_clock;

// How long rank 0 collects reports, and how long the others wait for it: they may notice first.
constexpr std::chrono::seconds collecting(2), answering(6);
constexpr std::size_t most_bytes = 4096; // of a report

std::string name_of(int rank, int world_size) {
    return "Process " + std::to_string(rank + 1) + " of " + std::to_string(world_size) + " (rank " +
           std::to_string(rank) + ")";
}

std::string failed(int rank, int world_size, const std::string& sentence) {
    return name_of(rank, world_size) + " failed: " + sentence;
}

std::string silent(const std::set<int>& ranks, int world_size) {
    std::string who;
    for (const int rank : ranks)
        who += (who.empty() ? "" : ", ") + name_of(rank, world_size);
    return (who.empty() ? "Another process of this run" : who) +
           " ended or does not answer. Look at its messages; maniera resume goes on from the last "
           "checkpoint, with any number of processes.";
}

int milliseconds_until(Clock::time_point end) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    return static_cast<int>(std::max<long long>(0, left.count()));
}

bool ready(int socket, short events, Clock::time_point end) {
    pollfd entry{socket, events, 0};
    int count = 0;
    do
        count = poll(&entry, 1, milliseconds_until(end));
    while (count < 0 && errno == EINTR);
    return count > 0;
}

// A few bytes: what does not fit into the buffer of the connection is lost.
void write_text(int socket, const std::string& text) {
    if (send(socket, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        return;
    shutdown(socket, SHUT_WR);
}

// Everything until the other side closes; empty if that takes too long.
std::string read_text(int socket, Clock::time_point end) {
    std::string text;
    while (ready(socket, POLLIN, end)) {
        char bytes[512];
        const ssize_t count = recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
        if (count == 0)
            return text;
        if (count < 0 || text.size() + count > most_bytes)
            break;
        text.append(bytes, count);
    }
    return {};
}

int listen_anywhere() {
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6; // and IPv4, where the system has both
    sockaddr_in four{};
    four.sin_family = AF_INET;
    const int flags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    int listener = socket(AF_INET6, flags, 0);
    const int off = 0;
    if (listener < 0 || setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0 ||
        bind(listener, reinterpret_cast<sockaddr*>(&six), sizeof six) != 0) {
        if (listener >= 0)
            close(listener);
        listener = socket(AF_INET, flags, 0);
        bind(listener, reinterpret_cast<sockaddr*>(&four), sizeof four);
    }
    ::listen(listener, SOMAXCONN);
    return listener;
}

// 32 hexadecimal digits that nobody can guess.
std::string random_word() {
    std::random_device random;
    std::string word;
    for (int i = 0; i < 4; ++i) {
        char digits[16];
        std::snprintf(digits, sizeof digits, "%08x", static_cast<unsigned>(random()));
        word += digits;
    }
    return word;
}

struct Socket {
    explicit Socket(int number) : number(number) {}
    ~Socket() {
        if (number >= 0)
            close(number);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    const int number;
};

std::unique_ptr<Socket> connect_to(const std::string& host, const std::string& port,
                                   Clock::time_point end) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0)
        return nullptr;
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, freeaddrinfo);
    for (const addrinfo* at = found; at; at = at->ai_next) {
        auto made = std::make_unique<Socket>(
            socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (connect(made->number, at->ai_addr, at->ai_addrlen) == 0)
            return made;
        int error = 0;
        socklen_t size = sizeof error;
        if (errno == EINPROGRESS && ready(made->number, POLLOUT, end) &&
            getsockopt(made->number, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
            return made;
    }
    return nullptr;
}

} // namespace

struct FailureAgreement::Report {
    std::unique_ptr<Socket> socket;
    int rank = -1;
    int lost = -1;
    std::string sentence;
};

FailureAgreement::~FailureAgreement() {
    if (listener_ >= 0)
        close(listener_);
}

std::string FailureAgreement::listen(const std::string& host) {
    listener_ = listen_at(host, 0);
    if (listener_ < 0)
        listener_ = listen_anywhere();
    sockaddr_storage at{};
    socklen_t size = sizeof at;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    password_ = random_word();
    return std::to_string(ntohs(at.ss_family == AF_INET6
                                    ? reinterpret_cast<sockaddr_in6&>(at).sin6_port
                                    : reinterpret_cast<sockaddr_in&>(at).sin_port)) +
           ' ' + password_;
}

void FailureAgreement::set_address(const std::string& host, const std::string& port_and_password) {
    host_ = host;
    const std::size_t space = port_and_password.find(' ');
    port_ = port_and_password.substr(0, space);
    password_ = space == std::string::npos ? "" : port_and_password.substr(space + 1);
}

std::string FailureAgreement::agree(int rank, int world_size, int lost,
                                    const std::string& sentence) {
    return rank == 0 ? judge(rank, world_size, lost, sentence)
                     : report(rank, world_size, lost, sentence);
}

std::string FailureAgreement::judge(int rank, int world_size, int lost,
                                    const std::string& sentence) {
    const auto end = Clock::now() + collecting;
    std::vector<Report> reports;
    std::set<int> here = {rank};
    while (here.size() < static_cast<std::size_t>(world_size) && ready(listener_, POLLIN, end)) {
        Report report;
        report.socket =
            std::make_unique<Socket>(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
        // A stranger that says nothing must not use up the others' time.
        const auto soon = std::min(end, Clock::now() + std::chrono::milliseconds(collecting) / 4);
        const std::string text = read_text(report.socket->number, soon);
        const std::string head = password_ + ' ';
        int length = 0;
        if (text.compare(0, head.size(), head) != 0 ||
            std::sscanf(text.c_str() + head.size(), "%d %d %n", &report.rank, &report.lost,
                        &length) < 2 ||
            report.rank <= 0 || report.rank >= world_size)
            continue; // from a stranger, or too late
        report.sentence = text.substr(head.size() + static_cast<std::size_t>(length));
        here.insert(report.rank);
        reports.push_back(std::move(report));
    }
    std::set<int> missing;
    if (lost >= 0 && !here.count(lost))
        missing.insert(lost);
    std::string verdict = sentence.empty() ? "" : failed(rank, world_size, sentence);
    for (const Report& report : reports) {
        if (verdict.empty() && !report.sentence.empty())
            verdict = failed(report.rank, world_size, report.sentence);
        if (report.lost >= 0 && !here.count(report.lost))
            missing.insert(report.lost);
    }
    if (verdict.empty())
        verdict = silent(missing, world_size);
    for (const Report& report : reports)
        write_text(report.socket->number, verdict);
    return verdict;
}

std::string FailureAgreement::report(int rank, int world_size, int lost,
                                     const std::string& sentence) const {
    const auto end = Clock::now() + answering;
    const std::unique_ptr<Socket> socket = connect_to(host_, port_, end);
    if (!socket)
        return silent({0}, world_size);
    write_text(socket->number, password_ + ' ' + std::to_string(rank) + ' ' + std::to_string(lost) +
                                   ' ' + sentence.substr(0, most_bytes / 2));
    if (!sentence.empty()) // it knows its own reason and need not wait
        return failed(rank, world_size, sentence);
    const std::string verdict = read_text(socket->number, end);
    return verdict.empty() ? silent({0}, world_size) : verdict;
}

} // namespace maniera
