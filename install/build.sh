#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sets up and builds; the program lies at build/bin/maniera.
#
#     ./install/build.sh [--libtorch DIR]
#
# DIR is another LibTorch than Debian's, such as the one inside PyPI's torch (see README).
. "$(dirname "$0")/common.sh"

take_libtorch "$@"
[ ${#rest[@]} = 0 ] || die "usage: $0 [--libtorch DIR]"
install_packages build import
build release maniera
fetch_model "$root/build/bin/maniera"
echo "$root/build/bin/maniera"
