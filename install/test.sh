#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sets up, builds with warnings as errors, and runs every test; then the unit tests once more under
# the address and undefined-behaviour sanitizers.
. "$(dirname "$0")/common.sh"

take_libtorch "$@"
[ ${#rest[@]} = 0 ] || die "usage: $0 [--libtorch DIR]"
install_packages build import test
build test
fetch_model "$root/build/test/bin/maniera"
build sanitize core_tests helper_tests
ctest --test-dir "$root/build/test" --output-on-failure
