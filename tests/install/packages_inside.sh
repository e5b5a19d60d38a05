#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What packages_test.sh does inside the clean system, in the folder of the packages.
set -euo pipefail
fail() { echo "FAILED: $*"; exit 1; }

traces() { find / -xdev \( -path /packages -o -path /test \) -prune -o -iname '*maniera*' -print; }
[ -z "$(traces)" ] || fail "the system is not clean: $(traces)"
apt-get update -qq
echo "== install"
apt-get install -y -qq --no-install-recommends ./*.deb >/tmp/apt.log 2>&1 || { tail -n 20 /tmp/apt.log; exit 1; }
names=$(for package in ./*.deb; do dpkg-deb -f "$package" Package; done)
for name in $names; do
    dpkg-query -W -f '${Package} ${Version} ${db:Status-Status}\n' "$name"
    dpkg --verify "$name"
done
[ "$(wc -w <<<"$names")" = 3 ] || fail "not three packages: $names"
dpkg -L $names | sort -u >/tmp/files

echo "== command line"
maniera sample all -o /tmp/samples
maniera models verify vgg16

echo "== Script-Fu"
gimp=$(dpkg-query -W -f '${Version}' gimp | cut -d. -f1)
export GIMP2_DIRECTORY=/tmp/profile GIMP3_DIRECTORY=/tmp/profile
options=(-i -d -f --batch-interpreter=plug-in-script-fu-eval)
case $gimp in
2) options+=(-b '(load "/test/paint-2.scm")' -b '(gimp-quit 0)') ;;
3) options+=(--quit -b '(load "/test/paint-3.scm")') ;;
esac
# GIMP 2.10 leaves with 0 whatever happened; the picture tells.
timeout 540 gimp-console "${options[@]}" >/tmp/gimp.log 2>&1 || { tail -n 30 /tmp/gimp.log; fail "GIMP left with $?"; }
[ -s /tmp/painted.png ] || { tail -n 30 /tmp/gimp.log; fail "GIMP wrote no picture"; }

total() {
    maniera measure "$1" --content /tmp/samples/landscape.png --style /tmp/samples/strokes.png \
        --size 256 --json | sed -E 's/.*"total":([0-9.]+).*/\1/'
}
before=$(total /tmp/samples/landscape.png)
after=$(total /tmp/painted.png)
echo "the objective: $before for the photograph, $after for the painting"
awk "BEGIN {exit !($after < 0.5 * $before)}" || fail "that is no painting in the style"

echo "== remove"
apt-get purge -y -qq $names >>/tmp/apt.log 2>&1 || { tail -n 20 /tmp/apt.log; exit 1; }
left=$(while read -r file; do [ -d "$file" ] || [ ! -e "$file" ] || echo "$file"; done </tmp/files)
left="$left$(traces)"
[ -z "$left" ] || fail "left behind: $left"
echo "nothing of $(wc -l </tmp/files) files and folders is left"
