#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes the template of all strings to translate, from the files that POTFILES.in names.
#
#     po/extract.sh maniera.pot
set -eu
template=$(realpath -m "${1:?the file to write}")
cd "$(dirname "$0")/.."
grep -v '^#' po/POTFILES.in | xgettext --files-from=- --output="$template" --from-code=UTF-8 \
    --language=C --keyword=_ --keyword=N_ --keyword=C_:1c,2 --add-comments=Translators: \
    --add-location=file --package-name=Maniera --copyright-holder='The authors of Maniera'
