# SPDX-License-Identifier: GPL-3.0-or-later
"""What the golden pictures are painted from, and how far a new painting may be from them."""

# Of every case: 96x72 pixels, every choice that would depend on the machine made here.
COMMON = ["--size", "96", "--seed", "1", "--threads", "2", "--device", "cpu", "--no-checkpoint"]

STROKES = ["--style", "strokes.png"]
DRAFT = ["--quality", "draft"]

# name: (golden picture, options of `maniera stylize landscape.png`); files are the program's samples.
CASES = {
    "draft": ("draft", STROKES + DRAFT),
    "tiled": ("draft", STROKES + DRAFT + ["--tile", "64"]),  # tiles change no painting
    "normal": ("normal", STROKES + ["--quality", "normal", "--parts", "off"]),
    "parts": ("parts", STROKES + ["--parts", "3"] + DRAFT),
    "masked": ("masked", STROKES + ["--mask", "sky-mask.png"] + DRAFT),
    "style-mask": ("style-mask", ["--style", "glass.png", "--style-mask", "sky-mask.png"] + DRAFT),
    "two-styles": ("two-styles", STROKES + ["--weight", "2", "--style", "ink.png", "--weight", "1"] + DRAFT),
    "gatys": ("gatys", STROKES + ["--objective", "gatys", "--iterations", "40"]),
    "content-colors": ("content-colors", STROKES + ["--colors", "content"] + DRAFT),
    "whole": ("whole", STROKES + ["--match-parts", "off"] + DRAFT),
    "adam": ("adam", STROKES + ["--optimizer", "adam"] + DRAFT),
    "full-wasserstein": ("full-wasserstein", STROKES + ["--wasserstein-rank", "512"] + DRAFT),
    "gram": ("gram", STROKES + ["--style-term", "gram"] + DRAFT),
}

# precision: (root mean square, maximum) over a picture's values, of 255; README.md says why.
TOLERANCES = {"fp32": (7, 75), "bf16": (14, 105)}
