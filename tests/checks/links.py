#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""links.py: what the documents point to is there.

Every relative link with its heading, every path of this repository (core/run/, core/memory/memory_model,
core/options.{h,c}, po/LL.po, tests/gimp/*.py), and every file of ours that is named in backticks alone.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/*.md", "tests/*/README.md"]
FOLDERS = ["core", "docs", "helper", "icons", "install", "plugin", "po", "tests", ".github"]

LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)")
PATH = re.compile(rf"(?<![\w./-])(?:\./)?((?:{'|'.join(map(re.escape, FOLDERS))})/[\w.*{{}},/-]*)")
NAME = re.compile(r"`([\w-]+\.(?:c|cpp|h|md|scm|sh))`")

NAMES = {path.name for folder in FOLDERS for path in (ROOT / folder).rglob("*")}
NAMES.update(path.name for path in ROOT.iterdir())


def headings(document):
    titles = re.findall(r"^#+ (.*)$", document.read_text(), re.M)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def is_there(path):
    """With {a,b} for each of them, N or LL for any version or language, and the ending left out for any."""
    braces = re.search(r"{(.*?)}", path)
    if braces:
        return all(is_there(path.replace(braces[0], each)) for each in braces[1].split(","))
    pattern = re.sub(r"(N|LL)(?=[._])", "*", path).rstrip("/")
    return any(ROOT.glob(pattern)) or any(ROOT.glob(pattern + ".*"))


def missing(document):
    """(place in the text, what is missing)"""
    text = document.read_text()
    for link in LINK.finditer(text):
        target = document.parent / link[1] if link[1] else document
        if not target.exists() or link[2] and link[2] not in headings(target):
            yield link.start(), link[0][1:]
    for path in PATH.finditer(text):
        if not is_there(path[1].rstrip(".,")):
            yield path.start(), path[1]
    for name in NAME.finditer(text):
        if name[1] not in NAMES:
            yield name.start(), name[1]


documents = [path for pattern in DOCUMENTS for path in sorted(ROOT.glob(pattern))]
found = [(document, *each) for document in documents for each in missing(document)]
for document, place, what in found:
    line = document.read_text().count("\n", 0, place) + 1
    print(f"{document.relative_to(ROOT)}:{line}: {what} is not there")
print(f"{len(documents)} documents")
sys.exit(1 if found else 0)
