#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How well the parts that are found agree with parts drawn by hand: intersection over union.

    parts_iou.py PROGRAM PICTURES

PICTURES holds content/face.jpg, style/woman-with-hat-matisse.jpg and style/the_scream.jpg. The
outlines below were drawn before any part was seen, in percent of width and height. A found part is
given to the outline that holds most of it; `one` is the best part alone, `all` all that were given.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from PIL import Image, ImageChops, ImageDraw

FACE, CLOTHES, BACKGROUND = "face", "clothes", "background"
OUTLINES = {
    "content/face.jpg": {
        FACE: [[(25, 28), (29, 24.5), (36, 23), (44, 23.2), (51, 24.5), (56, 26.5), (60, 30), (62.5, 35), (62.5, 42),
                (63, 47), (61, 54), (59.5, 58), (57, 62), (54, 66), (52.5, 70), (51.5, 75), (50, 80), (48, 82.5),
                (43, 78), (37, 72), (31, 67), (28, 63), (25.5, 57), (24, 51), (23, 44), (22.5, 38), (22.5, 33)]],
        CLOTHES: [[(0, 73), (10, 69), (18, 66), (24, 62), (27, 61), (31, 67), (37, 72), (43, 78), (48, 82.5), (50, 80),
                   (52, 74), (53.5, 66), (56, 66), (60, 69), (65, 73), (72, 80), (78, 87), (83, 94), (85, 100),
                   (0, 100)]],
    },
    "style/woman-with-hat-matisse.jpg": {
        FACE: [[(23, 36), (34, 38.5), (46, 39), (56, 38), (62, 36.5), (63.5, 39), (62, 45), (60, 50), (58.5, 54),
                (56, 56.5), (53, 59), (48, 58.5), (42, 57), (34, 55.5), (35, 51), (33, 47), (30, 44), (27, 43),
                (25, 40)]],
        CLOTHES: [[(31, 2), (34, 7), (31, 12), (30, 17), (26, 16), (21, 13.5), (14, 14.5), (11, 17), (10, 21), (12, 24),
                   (17, 23), (19, 26), (20, 31), (22, 35), (33, 38.5), (46, 39), (56, 38), (62, 36.5), (68, 34),
                   (71, 29), (73, 25), (80, 20), (78, 13), (78, 8), (74, 4), (68, 1), (62, 0), (36, 0)],
                  [(33, 56), (27, 60), (20, 66), (14, 72), (12, 78), (11, 90), (14, 100), (80, 100), (84, 88), (80, 78),
                   (86, 71), (76, 70), (68, 65), (60, 60.5), (53, 59.5), (42, 57)]],
    },
    "style/the_scream.jpg": {
        FACE: [[(45, 49), (52, 48.5), (58, 50), (60, 54), (60, 60), (58, 66), (54, 69), (52, 69.5), (49, 67), (47, 70),
                (44, 70), (45, 66), (43, 62), (43, 55)]],
        CLOTHES: [[(42, 63), (45, 66), (44, 70), (49, 68), (52, 70), (56, 67), (59, 62), (62, 65), (62, 80), (60, 88),
                   (62, 100), (38, 100), (39, 90), (37, 82), (37, 74), (40, 68)]],
    },
}


def drawn(name, size):
    """The outlines as masks of this size; what is in none is the background."""
    rest = Image.new("L", size, 255)
    masks = {}
    for part, polygons in OUTLINES[name].items():
        mask = Image.new("L", size, 0)
        for polygon in polygons:
            ImageDraw.Draw(mask).polygon([(x * size[0] / 100, y * size[1] / 100) for x, y in polygon], fill=255)
        masks[part] = ImageChops.multiply(mask, rest)
        rest = ImageChops.subtract(rest, mask)
    return {**masks, BACKGROUND: rest}


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
    hand = drawn(name, found[0].size)
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
    for style in OUTLINES:
        if style == content:
            continue
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([program, "parts", pictures / content, "--style", pictures / style, "-o", folder], check=True,
                           stdout=subprocess.DEVNULL)
            parts = json.loads((pathlib.Path(folder) / "parts.json").read_text())["parts"]
            print(f"{content} and {style}: {len(parts)} parts")
            compare(content, [pathlib.Path(folder) / part["mask"] for part in parts])
            compare(style, [pathlib.Path(folder) / part["styles"][0] for part in parts if part["styles"][0]])


if __name__ == "__main__":
    main()
