#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the plug-in for you alone, into every GIMP that is here; needs root for missing packages only.
#
#     ./install/gimp.sh [--libtorch DIR]   builds what is needed and installs it
#     ./install/gimp.sh --remove           takes the plug-in and its helper away again
#     ./install/gimp.sh --purge            and the networks and settings with them
#
# What is installed is a copy: it works on when this folder is gone.
. "$(dirname "$0")/common.sh"

# gimp_versions: 2.10 and each 3.x that PATH has, one a line.
gimp_versions() {
    compgen -c gimp- | sed -nE 's/^gimp-(2\.10|3\.[0-9]+)$/\1/p' | sort -uV
}

# profile VERSION: the user's folder of that GIMP.
profile() {
    local own
    case $1 in 2.*) own=${GIMP2_DIRECTORY:-} ;; *) own=${GIMP3_DIRECTORY:-} ;; esac
    echo "${own:-${XDG_CONFIG_HOME:-$HOME/.config}/GIMP/$1}"
}

# profiles: of every GIMP that is here, or was: what --remove looks through.
profiles() {
    local version folder
    for version in $(gimp_versions); do profile "$version"; done
    for folder in "${XDG_CONFIG_HOME:-$HOME/.config}"/GIMP/*/; do
        [ ! -d "$folder" ] || echo "${folder%/}"
    done
}

flatpak_gimp() {
    [ -d "$HOME/.var/app/org.gimp.GIMP" ] ||
        { command -v flatpak >/dev/null && flatpak info org.gimp.GIMP >/dev/null 2>&1; }
}

# take_away FOLDER WHAT
take_away() {
    [ -e "$1" ] || return 0
    rm -rf "$1"
    echo "Removed $2: $1"
    removed=yes
}

remove() {
    local purge=$1 folder removed="" networks=${XDG_DATA_HOME:-$HOME/.local/share}/maniera
    while read -r folder; do
        take_away "$folder/plug-ins/maniera" "the plug-in"
        if [ "$purge" = yes ]; then
            take_away "$folder/maniera" "your settings and presets"
        elif [ -e "$folder/maniera" ]; then
            echo "Your settings and presets stay in $folder/maniera; --purge removes them."
        fi
    done < <(profiles | sort -u)
    if [ "$purge" = yes ]; then
        take_away "$networks" "the networks"
    elif [ -e "$networks" ]; then
        echo "The networks stay in $networks; --purge removes them."
    fi
    [ -n "$removed" ] || echo "There was no plug-in of Maniera's to remove."
}

# first_start VERSION: GIMP makes a profile, from an older GIMP's where there is one, only while there
# is no folder of that name.
first_start() {
    local quit=()
    case $1 in 2.*) quit=(-b '(gimp-quit 0)') ;; *) quit=(--quit -b '(gimp-version)') ;; esac
    say "GIMP $1 was never started; it makes your profile now."
    timeout 300 "gimp-console-$1" -i -d -f --batch-interpreter plug-in-script-fu-eval "${quit[@]}" \
        >/dev/null 2>&1 || true
}

# install_for VERSION: one folder with everything; the old one is replaced when the new one is whole.
install_for() {
    local version=$1 folder fresh
    folder=$(profile "$version")
    [ -d "$folder" ] || first_start "$version"
    mkdir -p "$folder/plug-ins"
    fresh=$(mktemp -d "$folder/maniera.XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    chmod 755 "$fresh"
    cp -r "$built/plug-ins/${version%%.*}/maniera/." "$fresh"
    cmake --install "$built" --component helper --prefix "$fresh/helper" >/dev/null
    ln -s helper/bin/maniera "$fresh/maniera-helper"
    rm -rf "$folder/plug-ins/maniera"
    mv "$fresh" "$folder/plug-ins/maniera"
    trap - EXIT
    echo "GIMP $version: installed in $folder/plug-ins/maniera"
}

take_libtorch "$@"
case ${rest[*]:-} in
"") ;;
--remove) remove no; exit ;;
--purge) remove yes; exit ;;
*) die "usage: $0 [--libtorch DIR | --remove | --purge]" ;;
esac

if flatpak_gimp; then
    echo "GIMP from Flatpak is here too. It cannot start programs of this system: it needs Maniera as an" \
        "extension, which docs/packaging.md tells how to build."
fi
mapfile -t versions < <(gimp_versions)
[ ${#versions[@]} -gt 0 ] ||
    die "no GIMP 2.10 or 3 is here: install one (sudo apt install gimp), then run this again."
built=${MANIERA_BUILT:-$root/build} # the tests install what they have built
if [ -z "${MANIERA_BUILT:-}" ]; then
    install_packages build import gimp
    configure "$built" --preset release # finds a GIMP that was installed since
    build release
fi
installed=no
for version in "${versions[@]}"; do
    if [ -x "$built/plug-ins/${version%%.*}/maniera/maniera" ]; then
        install_for "$version"
        installed=yes
    else
        echo "GIMP $version: not installed, its development files are missing (libgimp of that version)."
    fi
done
[ $installed = yes ] || exit 1
fetch_model "$built/bin/maniera" ||
    echo "The network is still missing: the dialog offers to fetch it, or run this again when there is a connection."
echo "Start GIMP anew: Filters > Artistic > Neural Style (Maniera)."
