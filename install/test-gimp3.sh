#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What install/test.sh runs in the Debian 13 of install/gimp3-chroot.sh: everything is built by that
# compiler with that LibTorch, warnings as errors; the unit tests, and the plug-in in GIMP 3. For GIMP 3.2:
#
#     ./install/gimp3-chroot.sh forky run ./install/test-gimp3.sh
. "$(dirname "$0")/common.sh"

folder="$root/build/$(. /etc/os-release && echo "$VERSION_CODENAME")"
forget_other_system "$folder"
[ -f "$folder/build.ninja" ] || configure "$folder" --preset test
cmake --build "$folder" >&2
take_blas_kernel "$folder"
run_unit_tests "$folder" without-long
run_other_tests "$folder" --tests-regex '^(gimp3\.|install\.(files|gimp|configure)|layering|translations)'
