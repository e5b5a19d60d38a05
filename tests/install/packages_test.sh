#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian packages: built for this release and for Debian 13, installed in a clean system of each,
# painted with from Script-Fu, and removed again without a trace. Run by install/test.sh --packages.
. "$(dirname "$0")/../../install/common.sh"
. "$root/install/chroot.sh"

# test_release RELEASE FOLDER: FOLDER holds its packages.
test_release() {
    local release=$1 folder=$2 clean="$cache/clean-$1" status=0
    [ -e "$clean" ] || make_system "$clean" "$release"
    # Archives are kept from run to run; the system is a fresh copy each time.
    mkdir -p "$cache/archives-$release"
    scratch="$cache/test-$release.$$"
    as_root cp -a --reflink=auto "$clean" "$scratch"
    shown=("$folder>/packages" "$root/tests/install>/test" "$cache/archives-$release>/var/cache/apt/archives")
    in_system "$scratch" /packages /test/packages_inside.sh || status=$?
    as_root rm -rf --one-file-system "$scratch"
    [ "$status" = 0 ] || die "the packages for $release failed."
    say "The packages for $release are good."
}
trap '[ -z "${scratch:-}" ] || as_root rm -rf --one-file-system "$scratch"' EXIT

may_mount || die "clean systems are entered as root, where a container allows it: run this as root, or install sudo."

built() { dirname "$(head -n 1 <<<"$1")"; }

here=$(. /etc/os-release && echo "$VERSION_CODENAME")
packages=$("$root/install/packages.sh")
test_release "$here" "$(built "$packages")"
if [ "$here" != trixie ]; then
    packages=$("$root/install/gimp3-chroot.sh" run ./install/packages.sh)
    test_release trixie "$(built "$packages")"
fi
