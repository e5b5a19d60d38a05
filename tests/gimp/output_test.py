#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where paintings go: above their layer, in its place, over a hidden original, into a new image."""

import gimp
import numpy as np
import xcf
from gimp import layer, paint_call

RANDOM = np.random.default_rng(5)
MULTIPLY = 30  # GIMP's number of the mode
NORMAL = (0, 28)


def noise(height, width, components):
    return RANDOM.integers(0, 255, (height, width, components), endpoint=True, dtype=np.uint8)


def image_of(alpha=255, components=4, selection=None, **more):
    """A photograph between two other layers."""
    pixels = noise(50, 60, components)
    pixels[..., 3:] = alpha
    photo = xcf.Layer("photo", pixels, offsets=(4, -3), **more)
    return xcf.Image(70, 60, [xcf.Layer("top", noise(60, 70, 3)), photo,
                              xcf.Layer("style", noise(40, 40, 3))], selection=selection)


def inverted(source):
    wanted = source.pixels.copy()
    wanted[..., :3] = 255 - wanted[..., :3]
    return wanted


class Output(gimp.Test):
    def setUp(self):
        self.gimp.behave("invert")

    def put(self, image, **options):
        options = {name.replace("_", "-"): word for name, word in options.items()}
        return self.paint(image, "photo", styles=["style"], options=options)

    def names(self, image):
        return [one.name for one in image.layers]

    def test_ReplacingChangesThePixelsOfTheLayerAndNothingElseOfIt(self):
        image = image_of(components=3, mask=noise(50, 60, 1)[..., 0], opacity=128, mode=MULTIPLY)
        source = image.layer("photo")
        saved, new = self.put(image, placement="replace")
        self.assertEqual(self.names(saved), ["top", "photo", "style"])
        np.testing.assert_array_equal(new.pixels, inverted(source))
        np.testing.assert_array_equal(new.mask, source.mask)
        self.assertEqual((new.name, new.offsets, new.opacity, new.mode, new.visible),
                         ("photo", (4, -3), 128, MULTIPLY, True))
        self.assertIn("maniera-recipe", new.parasites)

    def test_ReplacingBlendsAtASelectionOnceAndKeepsIt(self):
        selection = np.zeros((60, 70), np.uint8)
        selection[:, :30] = 255
        selection[:, 30:40] = 128
        image = image_of(selection=selection)
        before = image.layer("photo").pixels.astype(float)
        saved, new = self.put(image, placement="replace")
        wanted = before.copy()
        seen = slice(3, None)  # rows of the layer within the image
        wanted[seen, :26, :3] = 255 - before[seen, :26, :3]
        soft = np.s_[seen, 26:36, :3]
        wanted[soft] = (128 * (255 - before[soft]) + 127 * before[soft]) / 255
        self.assertLess(np.max(abs(new.pixels - wanted)), 1.5)
        np.testing.assert_array_equal(saved.selection, selection)
        self.assertEqual(saved.channels, {}, "a channel is left")

    def test_TheOriginalIsHiddenOnRequest(self):
        image = image_of()
        saved, new = self.put(image, placement="hide-original")
        self.assertEqual(self.names(saved), ["top", new.name, "photo", "style"])
        self.assertEqual((new.visible, saved.layer("photo").visible), (True, False))
        np.testing.assert_array_equal(new.pixels, inverted(image.layer("photo")))

    def test_ANewLayerHidesOnlyWhatWouldShineThroughIt(self):
        half = np.full((50, 60), 128, np.uint8)
        for what, image, seen in (("opaque", image_of(), True), ("translucent", image_of(128), False),
                                  ("holes", image_of((RANDOM.random((50, 60, 1)) > 0.5) * 255), True),
                                  ("mask", image_of(mask=half), False), ("mode", image_of(mode=MULTIPLY), True)):
            with self.subTest(what):
                saved, new = self.put(image)
                self.assertEqual(saved.layer("photo").visible, seen)
                self.assertTrue(new.visible)
                self.assertIn(new.mode, NORMAL)

    def test_ModeAndOpacityAreInheritedOnRequest(self):
        saved, new = self.put(image_of(opacity=100, mode=MULTIPLY), layer_mode="inherited")
        self.assertEqual((new.opacity, new.mode), (100, MULTIPLY))
        self.assertFalse(saved.layer("photo").visible, "it is multiplied twice")
        saved, new = self.put(image_of(), layer_mode="inherited")
        self.assertTrue(saved.layer("photo").visible)

    def test_ANewImageLeavesItsOwnAsItWas(self):
        image = image_of()
        path = self.gimp.folder / "images/photo.xcf"
        new = self.gimp.folder / "images/new.xcf"
        xcf.write(path, image)
        self.gimp.eval(f"(open-image {gimp.quoted(path)})")
        call = paint_call(layer("photo"), styles=["style"], options={"placement": "new-image"})
        photograph = self.gimp.eval("image")
        self.gimp.eval(call)
        self.gimp.eval("(newest-image)")
        self.gimp.eval(f"(save-image {gimp.quoted(new)})")
        self.gimp.eval("(close-image)")
        self.gimp.eval(f"(begin (set! image {photograph}) (save-image {gimp.quoted(path)}) (close-image))")
        self.assertEqual(self.names(xcf.read(path)), ["top", "photo", "style"])
        painting, = xcf.read(new).layers
        np.testing.assert_array_equal(painting.pixels, inverted(image.layer("photo")))

    def test_WordsThatThereAreNotAreRefused(self):
        for name, word in ("placement", "below"), ("layer-mode", "multiply"):
            said = self.refusal(image_of(), paint_call(layer("photo"), styles=["style"], options={name: word}))
            for part in name, word, "Choose from":
                self.assertIn(part, said)


if __name__ == "__main__":
    gimp.main()
