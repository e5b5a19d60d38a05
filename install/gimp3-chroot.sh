#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Another Debian beside this system, for its GIMP 3, its compiler and its LibTorch: Debian 13 (trixie,
# GIMP 3.0), unless RELEASE says forky (Debian's testing, GIMP 3.2).
#
#     ./install/gimp3-chroot.sh [RELEASE]            makes it, or brings it up to date; prints its folder
#     ./install/gimp3-chroot.sh [RELEASE] run CMD... runs a command in it, in this folder; makes it first
#     ./install/gimp3-chroot.sh [RELEASE] remove     deletes it
#
# It lies in the user's cache folder (about 3 GB) and is made once, in six minutes. A command sees this
# project, the tests' photographs (MANIERA_TEST_DATA, or ../shared/data beside the project) and the user's
# models at the paths that they have here; see chroot.sh.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/chroot.sh"

release=trixie
case ${1:-} in trixie | forky) release=$1; shift ;; esac
chroot="$cache/$release"
models=${XDG_DATA_HOME:-$HOME/.local/share}/maniera

# in_chroot CMD...: with the project, its data and models where they are here.
in_chroot() {
    local data shown=("$root" "$models>/root/.local/share/maniera")
    if data=$(cd "${MANIERA_TEST_DATA:-$root/../shared/data}" 2>/dev/null && pwd); then
        shown+=("$data")
        set -- env MANIERA_TEST_DATA="$data" "$@"
    fi
    mkdir -p "$models"
    in_system "$chroot" "$root" "$@"
}

# Everything that packages.txt names for building and testing there.
make_ready() {
    mkdir -p "$cache"
    exec 9>"$chroot.lock"
    flock 9 # two runs would both make it
    [ -e "$chroot/usr/sbin/policy-rc.d" ] || make_system "$chroot" "$release"
    local wanted stamp
    wanted=$(package_names build import test gimp3 gimp-test | sort | tr '\n' ' ')
    stamp=$(cat "$chroot/var/lib/maniera-packages" 2>/dev/null || true)
    if [ "$stamp" != "$wanted" ]; then
        say "Installing in $chroot: $wanted"
        in_chroot sh -c "apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted &&
            apt-get clean" >"$chroot.install.log" 2>&1 ||
            { tail -n 20 "$chroot.install.log" >&2; die "installing failed; see $chroot.install.log."; }
        as_root sh -c "printf '%s' '$wanted' >'$chroot/var/lib/maniera-packages'"
    fi
    exec 9>&-
}

case ${1:-} in
"") make_ready; echo "$chroot" ;;
run)
    shift
    [ $# -gt 0 ] || die "usage: $0 run CMD..."
    make_ready
    in_chroot "$@"
    ;;
remove) as_root rm -rf --one-file-system "$chroot" "$chroot.half" ;;
*) die "usage: $0 [trixie | forky] [run CMD... | remove]" ;;
esac
