# SPDX-License-Identifier: GPL-3.0-or-later
# Whole Debian systems in folders, for gimp3-chroot.sh and the packages' test. Sourced after common.sh.
# Mirrors are those of this system's apt. A command runs in mount and process namespaces of its own:
# when it ends, however it ends, nothing stays mounted and nothing goes on running.

cache=${XDG_CACHE_HOME:-$HOME/.cache}/maniera

# mirror LABEL: the address that this system's apt has for Debian's archive of that label.
mirror() {
    apt-get indextargets --format '$(LABEL) $(REPO_URI)' 2>/dev/null |
        awk -v label="$1" '$1 == label {print $2; exit}'
}

# write_sources DIR RELEASE
write_sources() {
    local release=$2 archive security keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    archive=$(mirror Debian)
    security=$(mirror Debian-Security)
    {
        echo "deb [signed-by=$keyring] $archive $release main"
        echo "deb [signed-by=$keyring] $archive $release-updates main"
        [ -z "$security" ] || echo "deb [signed-by=$keyring] $security $release-security main"
    } >"$1/etc/apt/sources.list"
    # Proxies and certificates, where this system has some for apt, and what it makes of old archives.
    apt-config dump | grep -E '^Acquire::((http|https)::[^ ]+|Check-[^ ]+) "[^"]' >"$1/etc/apt/apt.conf.d/99host" ||
        true
}

# make_system DIR RELEASE: a minimal one; DIR appears when it is whole.
make_system() {
    local system=$1 release=$2 half="$1.half"
    install_packages chroot
    [ -n "$(mirror Debian)" ] ||
        die "apt on this system names no Debian archive to make a $release from; add one to its sources."
    mkdir -p "$cache"
    as_root rm -rf --one-file-system "$half"
    say "Making a Debian $release in $system; this takes some minutes, once."
    # Releases younger than this debootstrap have no script of their own; every one of theirs is sid's.
    local script=/usr/share/debootstrap/scripts/$release
    [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
    as_root debootstrap --variant=minbase "$release" "$half" "$(mirror Debian)" "$script" >"$half.log" 2>&1 ||
        { tail -n 20 "$half.log" >&2; die "debootstrap failed; see $half.log."; }
    # No service is started by a package's installation.
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$half/usr/sbin/policy-rc.d" >/dev/null
    as_root chmod 755 "$half/usr/sbin/policy-rc.d"
    as_root bash -c "$(declare -f mirror write_sources); write_sources '$half' '$release'"
    as_root mv "$half" "$system"
}

# in_system DIR FOLDER CMD...: in FOLDER of the system in DIR, which sees of this one what the array
# `shown` lists: paths, or PATH>INSIDE where it is to lie elsewhere there.
in_system() {
    local into=$1 here=$2
    shift 2
    as_root env INTO="$into" HERE="$here" SHOWN="$(printf '%s\n' "${shown[@]}")" \
        unshare --mount --pid --fork --kill-child --propagation private bash -c '
        set -eu
        mount --bind "$INTO" "$INTO" # a mount point, so that tests can make namespaces in it
        mount -t proc proc "$INTO/proc"
        mount --rbind /dev "$INTO/dev"
        mount -t tmpfs tmpfs "$INTO/tmp"
        [ ! -e /etc/resolv.conf ] || cat /etc/resolv.conf >"$INTO/etc/resolv.conf"
        while IFS=">" read -r path inside; do
            mkdir -p "$INTO${inside:=$path}"
            mount --bind "$path" "$INTO$inside"
        done <<<"$SHOWN"
        exec chroot "$INTO" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            CCACHE_BASEDIR="$HERE" CCACHE_NOHASHDIR=1 CCACHE_DIR=/var/cache/ccache \
            ${CI:+CI="$CI"} sh -c "cd \"\$1\" && shift && exec \"\$@\"" sh "$HERE" "$@"' bash "$@"
}
