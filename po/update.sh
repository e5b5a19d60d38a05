#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Brings every translation up to the sources: new strings come empty, changed ones fuzzy, and
# `ctest -R translations` fails until they are done. Run after a string was changed.
set -eu
cd "$(dirname "$0")"
template=$(mktemp --suffix=.pot)
trap 'rm -f "$template"' EXIT
./extract.sh "$template"
grep -v '^#' LINGUAS | while read -r language; do
    if [ -e "$language.po" ]; then
        msgmerge --quiet --update --backup=off --previous --width=100 "$language.po" "$template"
    else
        msginit --no-translator --locale "$language" --input "$template" --output-file "$language.po"
    fi
    printf '%s: ' "$language"
    msgfmt --statistics --output-file=/dev/null "$language.po"
done
