// SPDX-License-Identifier: GPL-3.0-or-later
// Run by the build: writes the manual to standard output.

#include "helper/cli/manual.h"

#include <cstdio>

int main() {
    const std::string page = maniera::manual_page();
    return std::fputs(page.c_str(), stdout) < 0 || std::fflush(stdout) != 0;
}
