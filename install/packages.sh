#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the Debian packages for the release that this system is, and prints their paths.
#
#     ./install/packages.sh                                  for Debian 12 on Debian 12
#     ./install/gimp3-chroot.sh run ./install/packages.sh    for Debian 13 anywhere
#
# ./install/test.sh --packages does both, and installs them in clean systems.
. "$(dirname "$0")/common.sh"

[ $# = 0 ] || die "usage: $0"
install_packages build import gimp package
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
folder="$root/build/packages/$release"
configure "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DMANIERA_TESTS=OFF \
    --install-prefix /usr -DMANIERA_PACKAGED_MODEL=
cmake --build "$folder" >&2
model=$("$root/install/tools/import-model" --fetch)
configure "$folder" -DMANIERA_PACKAGED_MODEL="$model"
rm -f "$folder"/packages/*.deb
(cd "$folder" && cpack) >"$folder/cpack.log" 2>&1 ||
    { tail -n 30 "$folder/cpack.log" >&2; die "cpack failed; see $folder/cpack.log."; }
ls "$folder"/packages/*.deb
