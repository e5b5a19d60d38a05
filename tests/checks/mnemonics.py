#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""In every language, no letter is the mnemonic of two things in the dialog: the key would only move
between them."""

import gettext
import io
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
# What is in the window itself; the windows that it opens have letters of their own.
SOURCES = ["dialog_view.c", "output_row.c", "parts_view.c", "preview_view.c", "quick_look.c", "status_area.c",
           "style_list.c", "tries_row.c"]


def marked():
    for source in SOURCES:
        text = (ROOT / "plugin/ui" / source).read_text()
        for string in re.findall(r'\b_ \(\s*((?:"[^"]*"\s*)+)\)', text):
            whole = "".join(re.findall(r'"([^"]*)"', string))
            if "_" in whole:
                yield whole


def clashes(language, texts):
    seen = {}
    for text in texts:
        letter = re.search("_(.)", text)
        seen.setdefault(letter.group(1).lower() if letter else None, []).append(text)
    bad = {letter: texts for letter, texts in seen.items() if letter is None or len(texts) > 1}
    for letter, texts in bad.items():
        print(f"{language}: {letter or 'no mnemonic'}: {', '.join(texts)}")
    return bad


def main():
    if not shutil.which("msgfmt"):
        print("skipped: there is no gettext")
        sys.exit(77)
    labels = list(marked())
    if len(labels) < 10:
        sys.exit(f"only {labels} are found in {SOURCES}: has the way of writing them changed?")
    bad = bool(clashes("en", labels))
    for file in sorted((ROOT / "po").glob("*.po")):
        compiled = subprocess.run(["msgfmt", "-o", "-", file], check=True, capture_output=True).stdout
        translations = gettext.GNUTranslations(io.BytesIO(compiled))
        bad |= bool(clashes(file.stem, [translations.gettext(text) for text in labels]))
    print(f"{len(labels)} mnemonics")
    sys.exit(bad)


main()
