// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody who belongs to no run and talks to its ports.

#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace maniera::test {

// Says something at a port of this machine, and hangs up when it is destroyed.
class Stranger {
public:
    Stranger(int port, const std::string& text) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        at.sin_port = htons(static_cast<std::uint16_t>(port));
        said_ = connect(socket_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 &&
                send(socket_, text.data(), text.size(), MSG_NOSIGNAL) ==
                    static_cast<ssize_t>(text.size());
    }
    ~Stranger() { close(socket_); }
    Stranger(const Stranger&) = delete;
    Stranger& operator=(const Stranger&) = delete;

    bool said() const { return said_; }

private:
    int socket_;
    bool said_;
};

} // namespace maniera::test
