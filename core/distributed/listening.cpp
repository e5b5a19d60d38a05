// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/distributed/listening.h"

#include <cerrno>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace maniera {
namespace {

bool is_loopback(const sockaddr* address) {
    if (address->sa_family == AF_INET)
        return (ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr) >> 24) == 127;
    return address->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
}

bool is_number(const std::string& host) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_flags = AI_NUMERICHOST;
    const bool number = getaddrinfo(host.c_str(), nullptr, &hints, &found) == 0;
    if (number)
        freeaddrinfo(found);
    return number;
}

} // namespace

int listen_at(const std::string& host, int port) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
        return -1;
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, freeaddrinfo);
    const bool own_loopback = is_number(host) || host == "localhost";
    int failed = EADDRNOTAVAIL;
    for (const addrinfo* at = found; at; at = at->ai_next) {
        if (is_loopback(at->ai_addr) && !own_loopback)
            return -1;
        const int listener = socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const int on = 1;
        if (listener >= 0 && setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
            bind(listener, at->ai_addr, at->ai_addrlen) == 0 && listen(listener, SOMAXCONN) == 0)
            return listener;
        failed = errno;
        if (listener >= 0)
            close(listener);
    }
    errno = failed;
    return -1;
}

} // namespace maniera
