// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/base/interruption.h"

namespace maniera {
namespace {

thread_local const std::function<bool()>* asked = nullptr;

} // namespace

Interruptible::Interruptible(const std::function<bool()>& stop) { asked = stop ? &stop : nullptr; }

Interruptible::~Interruptible() { asked = nullptr; }

void check_interruption() {
    if (asked && (*asked)())
        throw Interrupted();
}

} // namespace maniera
