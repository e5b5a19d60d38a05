#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages of plugin/help/ name the controls of the dialog as it names them.

In every language, each label of the dialog stands in the page in <b>, and what stands in <b> is a
string of the plug-in. The pages have the same sections, among them those that GIMP is told of, and lead to each
other.
"""

import gettext
import html
import html.parser
import io
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
# Of these every string that has a mnemonic, which is a label.
SOURCES = ["gimp2.c", "ui/dialog_view.c", "ui/output_row.c", "ui/parts_view.c", "ui/preview_view.c", "ui/quick_look.c",
           "ui/repeat_dialog.c", "ui/status_area.c", "ui/style_list.c"]
# A style's row has no mnemonics, as there are many rows; the others are of the list, the parts and the errors.
OTHERS = ["Paint like", "Try all...", "Weight", "Stroke size", "Mask", "Style mask", "Match parts", "Parts", "Save as channels",
          "Details"]


def strings_in(text, mark):
    for string in re.findall(rf'{mark} ?\(\s*((?:"[^"]*"\s*)+)\)', text):
        yield "".join(re.findall(r'"([^"]*)"', string))


def labels():
    for source in SOURCES:
        found = [text for text in strings_in((ROOT / "plugin" / source).read_text(), r"\bN?_") if "_" in text]
        if not found:
            sys.exit(f"no label is found in {source}: has the way of writing them changed?")
        yield from found
    yield from OTHERS


def known_strings():
    template = subprocess.run(["msgattrib", "--no-obsolete", "--no-wrap", ROOT / "po/de.po"],
                              check=True, capture_output=True, text=True).stdout
    return re.findall(r'^msgid "(.+)"$', template, re.M)


def as_shown(label):
    """Without its mnemonic and what follows the words."""
    return re.sub(r"\s*\(_.\)|_", "", label).rstrip(".…:： ").replace("\N{NO-BREAK SPACE}", " ").strip()


def translations(language):
    if language == "en":
        return gettext.NullTranslations()
    compiled = subprocess.run(["msgfmt", "-o", "-", ROOT / f"po/{language}.po"], check=True,
                              capture_output=True).stdout
    return gettext.GNUTranslations(io.BytesIO(compiled))


class Elements(html.parser.HTMLParser):
    """Whether each element ends, before the one around it does; and where the page leads."""

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.links = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag != "meta":
            self.open.append(tag)
        self.links += [value for name, value in attributes if name == "href"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            line, _ = self.getpos()
            self.faults.append(f"</{tag}> in line {line} ends what is not open")
            self.open.clear()


def elements_of(page):
    elements = Elements()
    elements.feed(page)
    elements.close()
    elements.faults += [f"<{tag}> has no end" for tag in elements.open]
    return elements


def complaints(language, sections, languages):
    path = ROOT / f"plugin/help/{language}.html"
    translate = translations(language).gettext
    if not path.exists() or translate("help/en/index.html") != f"help/{language}/index.html":
        yield "there is no page, or po/ does not name it"
        return
    page = path.read_text()
    named = {html.unescape(" ".join(text.split())) for text in re.findall(r"<b>(.*?)</b>", page, re.S)}
    for label in {as_shown(translate(label)) for label in labels()} - named:
        yield f"<b>{label}</b> is not explained"
    for text in named - {as_shown(translate(text)) for text in known_strings()}:
        yield f"<b>{text}</b> is no string of the plug-in"
    if re.findall(r'id="([^"]+)"', page) != sections:
        yield "its sections are not those of the English page"
    if f'<html lang="{language}">' not in page:
        yield "it does not say its language"
    elements = elements_of(page)
    yield from elements.faults
    wanted = {f"../{other}/index.html" for other in languages if other != language}
    for link in wanted.symmetric_difference(link for link in elements.links if link[0] != "#"):
        yield f"{link} is not linked" if link in wanted else f"there is no {link}"
    for link in elements.links:
        if link[0] == "#" and link[1:] not in sections:
            yield f"there is no {link}"


def main():
    if not shutil.which("msgfmt"):
        print("skipped: there is no gettext")
        sys.exit(77)
    languages = ["en", *re.findall(r"^[^#].*", (ROOT / "po/LINGUAS").read_text(), re.M)]
    sections = re.findall(r'id="([^"]+)"', (ROOT / "plugin/help/en.html").read_text())
    index = (ROOT / "plugin/help/gimp-help.xml").read_text()
    found = [f"plugin/help/gimp-help.xml: {place} is not in the pages"
             for place in re.findall(r'ref="index.html#?([^"]*)"', index) if place and place not in sections]
    for language in languages:
        found += [f"plugin/help/{language}.html: {why}" for why in complaints(language, sections, languages)]
    print("\n".join(found + [f"{len(languages)} pages, {len(set(labels()))} labels"]))
    sys.exit(bool(found))


main()
