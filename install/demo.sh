#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sets up, builds, and paints one picture; prints its path.
#
#     ./install/demo.sh                            sample pictures
#     ./install/demo.sh photo.jpg painting.jpg...  your own; several paintings are mixed
. "$(dirname "$0")/common.sh"

take_libtorch "$@"
set -- "${rest[@]}"
[ $# != 1 ] || die "usage: $0 [CONTENT STYLE...]; a photograph needs at least one painting beside it."
install_packages build import
build release maniera
fetch_model "$root/build/bin/maniera"

results="$root/build/demo"
mkdir -p "$results"
if [ $# = 0 ]; then
    "$root/build/bin/maniera" sample all -o "$results/samples"
    set -- "$results/samples/landscape.png" "$results/samples/strokes.png"
fi
content=$1
shift
styles=()
for style in "$@"; do
    styles+=(--style "$style")
done
name=$(basename "${content%.*}")-$(basename "${1%.*}")
"$root/build/bin/maniera" stylize "$content" "${styles[@]}" --size 640 -o "$results/$name.png"
echo "$results/$name.png"
