// SPDX-License-Identifier: GPL-3.0-or-later
// `maniera serve`: paints for another program. docs/protocol.md says what is said.

#pragma once

namespace maniera {

// Does requests until standard input ends, and with it the process; it does not return.
[[noreturn]] int serve();

} // namespace maniera
