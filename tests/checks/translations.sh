#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Every string that is marked for translation is found, and every language has all of them.
cd "$(dirname "$0")/../.." || exit 1
command -v msgfmt >/dev/null || { echo 'skipped: there is no gettext'; exit 77; }
bad=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Marks may stand at a line's end, with their string on the next.
grep -rlzE '\b(N_|C_|_) ?\([[:space:]]*"' --include='*.[ch]' --include='*.cpp' core helper plugin |
    sort >"$scratch/marked"
grep -v '^#' po/POTFILES.in | sort >"$scratch/named"
if ! diff "$scratch/marked" "$scratch/named"; then
    echo 'po/POTFILES.in is not the list of files with marked strings: < is missing, > is too much'
    bad=1
fi
ls po/*.po | sed 's,po/\(.*\)\.po,\1,' | sort >"$scratch/files"
if ! diff "$scratch/files" <(grep -v '^#' po/LINGUAS | sort); then
    echo 'po/LINGUAS is not the list of translations'
    bad=1
fi

po/extract.sh "$scratch/maniera.pot" || exit 1
strings=$(($(grep -c "^msgid " "$scratch/maniera.pot") - 1)) # without the header
for file in po/*.po; do
    msgmerge --quiet --output-file="$scratch/merged.po" "$file" "$scratch/maniera.pot" || bad=1
    # Formats, headers, and one mnemonic wherever the English has one.
    msgfmt --check --check-accelerators=_ --output-file=/dev/null "$scratch/merged.po" || bad=1
    for lack in untranslated only-fuzzy; do
        found=$(msgattrib --$lack --no-obsolete "$scratch/merged.po" | grep -A3 '^msgid' | head -n 20)
        if [ -n "$found" ]; then
            printf '%s has strings that are %s; run po/update.sh and finish it:\n%s\n' \
                "$file" "$lack" "$found"
            bad=1
        fi
    done
done
echo "$strings strings in $(wc -l <"$scratch/named") files"
exit $bad
