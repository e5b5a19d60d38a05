#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers that GIMP 3.2 makes of a file (link layers) or of paths (vector layers) are painted and
learned from as they look, and stay what they are."""

import sys

import gimp
import numpy as np
import xcf
from gimp import layer, quoted

RANDOM = np.random.default_rng(6)
SIZE = (53, 71)  # rows, columns
INVERT = '(gimp-drawable-append-new-filter {} "gegl:invert-gamma" "effect" LAYER-MODE-REPLACE 1)'
OVAL = """(let ((path (gimp-path-new image "oval")))
  (gimp-image-insert-path image path -1 0)
  (gimp-path-bezier-stroke-new-ellipse path 40 30 30 20 0)
  (let ((made (gimp-vector-layer-new image path)))
    (gimp-item-set-name made "made")
    (gimp-image-insert-layer image made -1 0)
    (gimp-vector-layer-set-fill-color made '(200 30 10))
    (gimp-vector-layer-set-enable-fill made #t)
    (gimp-vector-layer-set-enable-stroke made #f)
    (gimp-vector-layer-refresh made)))"""
ACTIVE, VISIBLE = 2, 8  # of a layer's properties in a file: what a painting may change


def noise(rows, columns, components):
    return RANDOM.integers(0, 255, (rows, columns, components), endpoint=True, dtype=np.uint8)


class MadeLayers(gimp.Test):
    def setUp(self):
        try:
            self.gimp.eval("gimp-link-layer-new")
        except gimp.Refused:
            self.skipTest("this GIMP has neither link layers nor vector layers")
        self.gimp.behave("echo")
        self.file = self.gimp.folder / "images/linked.xcf"
        self.pixels = noise(*SIZE, 4)
        xcf.write(self.file, xcf.Image(SIZE[1], SIZE[0], [xcf.Layer("linked", self.pixels)]))
        plain = xcf.Image(80, 60, [xcf.Layer("plain", noise(*SIZE, 3))])
        xcf.write(self.gimp.folder / "images/plain.xcf", plain)
        self.gimp.eval(f"(open-image {quoted(self.gimp.folder / 'images/plain.xcf')})")

    def tearDown(self):
        self.gimp.eval("(close-image)")

    def link(self):
        return (f"(let ((made (gimp-link-layer-new image {quoted(self.file)}))) "
                '(gimp-item-set-name made "made") (gimp-image-insert-layer image made -1 0))')

    def save(self, name):
        path = self.gimp.folder / "images" / name
        self.gimp.eval(f"(save-image {quoted(path)})")
        return xcf.read(path)

    def painted(self, make, content="made", style="plain", **options):
        """The layer that was made, and the new one; sees to it that the first stays what it is."""
        self.gimp.eval(make)
        before = self.save("before.xcf").layer("made")
        paint = gimp.paint_call(layer(content), styles=[style], options=options)
        name = self.gimp.eval(f"(name-of {paint})")
        saved = self.save("after.xcf")
        after = saved.layer("made")
        for properties in (before.properties, after.properties):
            properties.pop(ACTIVE, None), properties.pop(VISIBLE)
        self.assertEqual(after.properties, before.properties)
        np.testing.assert_array_equal(after.pixels, before.pixels)
        return after, saved.layer(name)

    def inverted(self, pixels):
        return np.concatenate([255 - pixels[..., :3], pixels[..., 3:]], axis=2)

    def test_ALinkedPictureIsPainted(self):
        _, new = self.painted(self.link())
        np.testing.assert_array_equal(new.pixels, self.pixels)

    def test_ALinkedPictureIsLearnedFrom(self):
        self.pixels[..., 3] = 255
        xcf.write(self.file, xcf.Image(SIZE[1], SIZE[0], [xcf.Layer("linked", self.pixels)]))
        self.gimp.behave("show:style0")
        _, new = self.painted(self.link(), "plain", "made")
        np.testing.assert_array_equal(new.pixels, self.pixels[..., :3])

    def test_ALinkedPictureIsPaintedWithItsEffects(self):
        _, new = self.painted(f"(begin {self.link()} {INVERT.format(layer('made'))})")
        np.testing.assert_array_equal(new.pixels, self.inverted(self.pixels))

    def test_ALinkedPictureWhoseFileIsGoneIsPaintedAsItLooks(self):
        self.gimp.eval(f"(begin {self.link()} {INVERT.format(layer('made'))})")
        self.file.unlink()
        _, new = self.painted("1")
        np.testing.assert_array_equal(new.pixels, self.inverted(self.pixels))

    def test_ShapesArePaintedAndLearnedFrom(self):
        made, new = self.painted(OVAL)
        self.assertGreater(made.pixels.shape[1], 50)
        np.testing.assert_array_equal(new.pixels, made.pixels)
        self.assertEqual(new.offsets, made.offsets)

    def test_ShapesArePaintedWithTheirEffects(self):
        made, new = self.painted(f"(begin {OVAL} {INVERT.format(layer('made'))})")
        seen = made.pixels[..., 3] > 0
        np.testing.assert_array_equal(new.pixels[..., 3], made.pixels[..., 3])
        np.testing.assert_array_equal(new.pixels[seen], self.inverted(made.pixels)[seen])

    def test_TheyAreNotReplacedByTheirPainting(self):
        self.gimp.behave("invert")
        for make, pixels in (self.link(), self.pixels), (OVAL, None):
            with self.subTest(make):
                made, new = self.painted(make, placement="replace")
                self.assertNotEqual(new.name, "made")
                np.testing.assert_array_equal(new.pixels, self.inverted(made.pixels))
                self.gimp.eval(f"(begin (gimp-image-remove-layer image {layer(new.name)}) "
                               f"(gimp-image-remove-layer image {layer('made')}))")


if __name__ == "__main__":
    if gimp.VERSION == 2:
        print("skipped: GIMP 2.10 has neither link layers nor vector layers")
        sys.exit(77)
    gimp.main()
