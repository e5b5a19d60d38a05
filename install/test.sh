#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sets up, builds with warnings as errors, and runs every test; the unit tests once more under the
# address and undefined-behaviour sanitizers; and, on a Debian 12, what GIMP 3 needs in a Debian 13.
#
#     ./install/test.sh [--libtorch DIR]
#     ./install/test.sh --quick       for daily work: no sanitizers, no second system, and not what takes
#                                     minutes or starts several ranks
#     ./install/test.sh --packages    the Debian packages instead, in clean systems; half an hour
. "$(dirname "$0")/common.sh"

if [ "${1:-}" = --packages ]; then
    mkdir -p "$root/build/packages"
    "$root/tests/install/packages_test.sh" 2>&1 | tee "$root/build/packages/test.log"
    exit
fi
take_libtorch "$@"
case "${rest[*]}" in "" | --quick) ;; *) die "usage: $0 [--quick] [--libtorch DIR] | --packages" ;; esac
install_packages build import test gimp gimp-test
# Where ccache is found, another clone's compiling serves this one.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
build test
fetch_model "$root/build/test/bin/maniera"
take_blas_kernel "$root/build/test"
if [ "${rest[*]}" = --quick ]; then
    run_unit_tests "$root/build/test" without-long
    slow=$(without_slow_tests "$root/build/test")
    run_other_tests "$root/build/test" --exclude-regex "$slow"
    exit
fi
build sanitize core_tests helper_tests plugin_tests plugin_host_tests
run_tests "$root/build/sanitize/bin/plugin_tests"
# LibTorch, libvips and GEGL keep things until the end that a leak check would report.
export ASAN_OPTIONS=detect_leaks=0
run_tests "$root/build/sanitize/bin/plugin_host_tests"
filter=$(without_long_tests "$root/build/sanitize/bin/core_tests")
run_tests "$root/build/sanitize/bin/core_tests" "$filter"
run_tests "$root/build/sanitize/bin/helper_tests"
unset ASAN_OPTIONS
run_unit_tests "$root/build/test"
run_other_tests "$root/build/test"

if [ "$(gimp_offered)" = gimp3 ]; then
    : # it was tested just now
elif ! may_mount; then
    say "skipped: GIMP 3, its compiler and its LibTorch, for they need a Debian 13 in a folder, and only root" \
        "may make and enter one, where a container allows it: run this as root, or install sudo."
else
    "$root/install/gimp3-chroot.sh" run ./install/test-gimp3.sh
fi
