#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well the parts that are found agree with parts drawn by hand: intersection over union.

    parts_iou.py PROGRAM PICTURES

PICTURES holds content/face.jpg, style/woman-with-hat-matisse.jpg and style/the_scream.jpg. The
outlines (outlines.py) were drawn before any part was seen, in percent of width and height. A found part is
given to the outline that holds most of it; `one` is the best part alone, `all` all that were given.
Needs python3-pil.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from PIL import Image, ImageChops

from outlines import CLOTHES, FACE, drawn


def area(mask):
    return mask.histogram()[255]


def overlap(a, b):
    both = area(ImageChops.darker(a, b))
    return both / max(1, area(a) + area(b) - both)


def compare(name, files):
    found = [Image.open(file).convert("L").point(lambda v: 255 if v >= 128 else 0) for file in files]
    if not found:
        print(f"  {name}: no parts")
        return
    hand = drawn(name, found[0].size, (FACE, CLOTHES))
    given = {part: Image.new("L", found[0].size, 0) for part in hand}
    taken = Image.new("L", found[0].size, 0)
    for mask in found:
        taken = ImageChops.lighter(taken, mask)
    # What no part holds is painted as one too.
    found.append(ImageChops.invert(taken))
    for mask in found:
        best = max(hand, key=lambda part: area(ImageChops.darker(mask, hand[part])))
        given[best] = ImageChops.lighter(given[best], mask)
    for part, mask in hand.items():
        one = max(overlap(mask, each) for each in found)
        print(f"  {name:34} {part:11} one {one:.2f}  all {overlap(mask, given[part]):.2f}")


def main():
    program, pictures = sys.argv[1], pathlib.Path(sys.argv[2])
    content = "content/face.jpg"
    for style in ("style/woman-with-hat-matisse.jpg", "style/the_scream.jpg"):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([program, "parts", pictures / content, "--style", pictures / style, "-o", folder], check=True,
                           stdout=subprocess.DEVNULL)
            parts = json.loads((pathlib.Path(folder) / "parts.json").read_text())["parts"]
            print(f"{content} and {style}: {len(parts)} parts")
            compare(content, [pathlib.Path(folder) / part["mask"] for part in parts])
            compare(style, [pathlib.Path(folder) / part["styles"][0] for part in parts if part["styles"][0]])


if __name__ == "__main__":
    main()
