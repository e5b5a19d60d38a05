// SPDX-License-Identifier: GPL-3.0-or-later
// Where rank 0 listens: at the address that was given, so that a run on one machine, or on one
// network of several, cannot be reached from others. Internal.

#pragma once

#include <string>

namespace maniera {

// A socket that listens there; port 0 = any that is free. -1 where `host` is no address of this
// machine, as behind a forwarded port, or a name that this machine alone takes for a loopback
// address, as Debian's does for its own name. -1 too where the port is taken, with errno
// EADDRINUSE.
int listen_at(const std::string& host, int port);

} // namespace maniera
