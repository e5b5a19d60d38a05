#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A Debian 13 beside this system, for GIMP 3.0, its compiler and its LibTorch.
#
#     ./install/gimp3-chroot.sh            makes it, or brings it up to date; prints its folder
#     ./install/gimp3-chroot.sh run CMD... runs a command in it, in this folder; makes it first
#     ./install/gimp3-chroot.sh remove     deletes it
#
# It lies in the user's cache folder (about 3 GB) and is made once, in six minutes. Mirrors are
# those of this system's apt. A command runs in mount and process namespaces of its own: when it
# ends, however it ends, nothing stays mounted and nothing goes on running. It sees this project, the
# data beside it and the user's models at the paths that they have here.
. "$(dirname "$0")/common.sh"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/maniera
chroot="$cache/trixie"
models=${XDG_DATA_HOME:-$HOME/.local/share}/maniera

# mirror LABEL: the address that this system's apt has for Debian's archive of that label.
mirror() {
    apt-get indextargets --format '$(LABEL) $(REPO_URI)' 2>/dev/null |
        awk -v label="$1" '$1 == label {print $2; exit}'
}

write_sources() {
    local archive security keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    archive=$(mirror Debian)
    security=$(mirror Debian-Security)
    {
        echo "deb [signed-by=$keyring] $archive trixie main"
        echo "deb [signed-by=$keyring] $archive trixie-updates main"
        [ -z "$security" ] || echo "deb [signed-by=$keyring] $security trixie-security main"
    } >"$1/etc/apt/sources.list"
    # Proxies and certificates, where this system has some for apt.
    apt-config dump | grep -E '^Acquire::(http|https)::[^ ]+ "[^"]' >"$1/etc/apt/apt.conf.d/99host" ||
        true
}

# in_chroot DIR CMD...: with the project, its data and models where they are here.
in_chroot() {
    local into=$1
    shift
    local shown=("$root")
    [ ! -d "$root/../shared/data" ] || shown+=("$(cd "$root/../shared" && pwd)")
    mkdir -p "$models"
    as_root env INTO="$into" HERE="$root" MODELS="$models" SHOWN="$(printf '%s\n' "${shown[@]}")" \
        unshare --mount --pid --fork --kill-child --propagation private bash -c '
        set -eu
        mount -t proc proc "$INTO/proc"
        mount --rbind /dev "$INTO/dev"
        mount -t tmpfs tmpfs "$INTO/tmp"
        [ ! -e /etc/resolv.conf ] || cat /etc/resolv.conf >"$INTO/etc/resolv.conf"
        while read -r path; do
            mkdir -p "$INTO$path"
            mount --bind "$path" "$INTO$path"
        done <<<"$SHOWN"
        mkdir -p "$INTO/root/.local/share/maniera"
        mount --bind "$MODELS" "$INTO/root/.local/share/maniera"
        exec chroot "$INTO" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            CCACHE_BASEDIR="$HERE" CCACHE_NOHASHDIR=1 CCACHE_DIR=/var/cache/ccache \
            ${CI:+CI="$CI"} sh -c "cd \"\$1\" && shift && exec \"\$@\"" sh "$HERE" "$@"' bash "$@"
}

make_system() {
    install_packages chroot
    [ -n "$(mirror Debian)" ] ||
        die "apt on this system names no Debian archive to make a Debian 13 from; add one to its sources."
    local half="$chroot.half" # renamed when it is whole
    as_root rm -rf --one-file-system "$half"
    say "Making a Debian 13 in $chroot; this takes some minutes, once."
    as_root debootstrap --variant=minbase trixie "$half" "$(mirror Debian)" >"$cache/debootstrap.log" 2>&1 ||
        { tail -n 20 "$cache/debootstrap.log" >&2; die "debootstrap failed; see $cache/debootstrap.log."; }
    # No service is started by a package's installation.
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$half/usr/sbin/policy-rc.d" >/dev/null
    as_root chmod 755 "$half/usr/sbin/policy-rc.d"
    as_root bash -c "$(declare -f mirror write_sources); write_sources '$half'"
    as_root mv "$half" "$chroot"
}

# Everything that packages.txt names for building and testing on Debian 13.
make_ready() {
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9 # two runs would both make it
    [ -e "$chroot/usr/sbin/policy-rc.d" ] || make_system
    local wanted stamp
    wanted=$(package_names build import test gimp3 gimp-test | sort | tr '\n' ' ')
    stamp=$(cat "$chroot/var/lib/maniera-packages" 2>/dev/null || true)
    if [ "$stamp" != "$wanted" ]; then
        say "Installing in $chroot: $wanted"
        in_chroot "$chroot" sh -c "apt-get update -qq && apt-get install -y -qq --no-install-recommends $wanted &&
            apt-get clean" >"$cache/install.log" 2>&1 ||
            { tail -n 20 "$cache/install.log" >&2; die "installing failed; see $cache/install.log."; }
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
    in_chroot "$chroot" "$@"
    ;;
remove) as_root rm -rf --one-file-system "$chroot" "$chroot.half" ;;
*) die "usage: $0 [run CMD... | remove]" ;;
esac
