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
# LibTorch and libvips keep things until the end that a leak check would report.
export ASAN_OPTIONS=detect_leaks=0
"$root/build/sanitize/bin/core_tests" --gtest_brief=1
"$root/build/sanitize/bin/helper_tests" --gtest_brief=1
unset ASAN_OPTIONS
ctest --test-dir "$root/build/test" --output-on-failure
