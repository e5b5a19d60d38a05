#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# install/gimp.sh, in a home of its own: what it installs stands alone, a real GIMP takes it, and it is
# taken away again.
#
#     gimp_test.sh BUILD    the folder of the build to install
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
gimp=$(compgen -c gimp-console- | grep -E '^gimp-console-(2\.10|3\.[0-9]+)$' | head -n 1) ||
    { echo 'skipped: there is no GIMP'; exit 77; }
version=${gimp#gimp-console-}
fail() { echo "FAILED: $*"; exit 1; }

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
models=${XDG_DATA_HOME:-$HOME/.local/share}/maniera/models
unset GIMP2_DIRECTORY GIMP3_DIRECTORY MANIERA_HELPER MANIERA_MODELS DISPLAY
export HOME=$home XDG_CONFIG_HOME=$home/config XDG_DATA_HOME=$home/data MANIERA_BUILT=$1
mkdir -p "$XDG_DATA_HOME/maniera/models"
[ ! -d "$models" ] || ln -s "$models"/* "$XDG_DATA_HOME/maniera/models"

"$root/install/gimp.sh" >"$home/said" 2>"$home/log" || { cat "$home/log"; fail "gimp.sh left with $?"; }
profile=$XDG_CONFIG_HOME/GIMP/$version
place=$profile/plug-ins/maniera
grep -q "GIMP $version: installed in $place\$" "$home/said" || fail "it did not say what it did: $(cat "$home/said")"
[ -e "$profile/gimprc" ] || [ -d "$profile/brushes" ] || fail "GIMP did not make the profile itself"

# It stands alone: nothing points into this folder.
"$place/maniera-helper" --version >/dev/null
"$place/maniera-helper" models verify vgg16 >/dev/null || fail 'the helper finds no model'
[ -x "$place/helper/share/maniera/import-model" ] || fail 'import-model is missing'
pointing=$(find "$place" -type l -lname '/*'; readelf -d "$place/maniera" "$place"/helper/libexec/maniera/* |
    grep -E 'R(UN)?PATH' | grep -F "$root" || true)
[ -z "$pointing" ] || fail "it needs the source tree: $pointing"
[ -s "$place/icons/hicolor/48x48/apps/maniera.png" ] || fail 'the icon is missing'
[ -s "$place/help/en/index.html" ] && [ -s "$place/help/ja/index.html" ] || fail 'the help is missing'

case $version in
2.*) quit=(-b '(gimp-quit 0)') known='(car (gimp-procedural-db-proc-exists "plug-in-maniera"))' ;;
*) quit=(--quit) known='(car (gimp-pdb-proc-exists "plug-in-maniera"))' ;;
esac
timeout 300 "$gimp" -i -d -f --batch-interpreter plug-in-script-fu-eval \
    -b "(gimp-message (if (= $known 1) \"it-is-known\" \"it-is-unknown\"))" "${quit[@]}" >"$home/gimp.log" 2>&1 || true
grep -q 'it-is-known' "$home/gimp.log" || { cat "$home/gimp.log"; fail "GIMP does not know plug-in-maniera"; }

# Without the network, and no way to fetch it, there is a plug-in none the less, and a word about it.
"$root/install/gimp.sh" --purge >/dev/null
PIP_INDEX_URL=http://127.0.0.1:9 PIP_RETRIES=0 "$root/install/gimp.sh" >"$home/said" 2>"$home/log" ||
    { cat "$home/log"; fail "without a network it left with $?"; }
grep -q 'The network is still missing' "$home/said" && [ -x "$place/maniera" ] ||
    fail "without a network it said: $(cat "$home/said")"
[ ! -d "$models" ] || { mkdir -p "$XDG_DATA_HOME/maniera/models" && ln -s "$models"/* "$XDG_DATA_HOME/maniera/models"; }

# Installing over itself, then away again; what the user made stays until --purge.
"$root/install/gimp.sh" >/dev/null 2>"$home/log" || { cat "$home/log"; fail "the second time it left with $?"; }
[ -x "$place/maniera" ] || fail 'the second time it lost the plug-in'
mkdir "$profile/maniera"
"$root/install/gimp.sh" --remove >"$home/said"
grep -q "Removed the plug-in: $place\$" "$home/said" || fail "it did not say what it removed: $(cat "$home/said")"
[ ! -e "$place" ] || fail '--remove left the plug-in'
[ -z "$(find "$profile" -name 'maniera*' ! -path "$profile/maniera")" ] || fail '--remove left something'
[ -d "$profile/maniera" ] || fail '--remove took the settings'
"$root/install/gimp.sh" --purge >"$home/said"
[ ! -e "$profile/maniera" ] && [ ! -e "$XDG_DATA_HOME/maniera" ] || fail '--purge left something'
"$root/install/gimp.sh" --remove | grep -q 'There was no plug-in' || fail 'it claims to remove what is gone'
