#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers with effects, which GIMP 3 keeps live on them, are painted and learned from as they look."""

import sys

import gimp
import numpy as np
import xcf
from gimp import layer

RANDOM = np.random.default_rng(5)
SIZE = (53, 71)  # rows, columns


def noise(*shape, depth=np.uint8):
    return RANDOM.integers(0, np.iinfo(depth).max, shape, endpoint=True, dtype=depth)


def image_of(components=4, **more):
    """A photograph, and a style of its size, so that the style can be shown as the painting."""
    return xcf.Image(80, 60, [xcf.Layer("photo", noise(*SIZE, components), offsets=(4, 5)),
                              xcf.Layer("style", noise(*SIZE, 3))], **more)


def inverted(pixels):
    result = pixels.copy()
    result[..., :3] = np.iinfo(pixels.dtype).max - result[..., :3]
    return result


def append(name, operation="gegl:invert-gamma"):
    return (f'(gimp-drawable-append-new-filter {layer(name)} "{operation}" "effect" '
            f"LAYER-MODE-REPLACE 1)")


def hide(name):
    return ("(gimp-drawable-filter-set-visible "
            f"(vector-ref (gimp-drawable-get-filters {layer(name)}) 0) #f)")


class Effects(gimp.Test):
    def painted(self, image, effects, mode="echo", **arguments):
        self.gimp.behave(mode)
        paint = gimp.paint_call(layer("photo"), styles=["style"], **arguments)
        return self.call(image, f"(begin {' '.join(effects)} {paint})")

    def test_AnEffectIsInWhatIsPainted(self):
        image = image_of()
        saved, new = self.painted(image, [append("photo")])
        np.testing.assert_array_equal(new.pixels, inverted(image.layer("photo").pixels))
        self.assertEqual(new.offsets, (4, 5))
        np.testing.assert_array_equal(saved.layer("photo").pixels, image.layer("photo").pixels)

    def test_WhatIsPaintedOverAnEffectIsThePainting(self):
        image = image_of()
        _, new = self.painted(image, [append("photo")], "invert")
        np.testing.assert_array_equal(new.pixels, image.layer("photo").pixels)

    def test_AnEffectIsInWhatIsLearnedFrom(self):
        image = image_of(3)
        _, new = self.painted(image, [append("style")], "show:style0")
        np.testing.assert_array_equal(new.pixels, inverted(image.layer("style").pixels))

    def test_AHiddenEffectDoesNotCount(self):
        image = image_of()
        _, new = self.painted(image, [append("photo"), hide("photo")])
        np.testing.assert_array_equal(new.pixels, image.layer("photo").pixels)
        _, new = self.painted(image, [append("photo"), hide("photo"), append("photo")])
        np.testing.assert_array_equal(new.pixels, inverted(image.layer("photo").pixels))

    def test_AMaskIsNotBakedIn(self):
        image = image_of()
        image.layer("photo").mask = noise(*SIZE)
        saved, new = self.painted(image, [append("photo")])
        np.testing.assert_array_equal(new.pixels, inverted(image.layer("photo").pixels))
        np.testing.assert_array_equal(new.mask, image.layer("photo").mask)
        np.testing.assert_array_equal(saved.layer("photo").mask, image.layer("photo").mask)

    def test_TheSelectionLimitsThePaintingAndNotTheEffect(self):
        image = image_of(selection=np.zeros((60, 80), np.uint8))
        image.selection[:, :40] = 255
        _, new = self.painted(image, ["(gimp-selection-none image)", append("photo"),
                                      "(gimp-image-select-rectangle image CHANNEL-OP-REPLACE 0 0 40 60)"], "invert")
        wanted = inverted(image.layer("photo").pixels)
        wanted[:, :36] = image.layer("photo").pixels[:, :36]
        np.testing.assert_array_equal(new.pixels, wanted)

    def test_AShadowBeyondALayerLeavesItsSizeAndPlace(self):
        image = image_of()
        image.layer("photo").pixels[..., 3] = 255
        _, new = self.painted(image, [append("photo", "gegl:dropshadow")])
        self.assertEqual(new.offsets, (4, 5))
        np.testing.assert_array_equal(new.pixels, image.layer("photo").pixels)

    def test_EffectsKeepTheKindOfTheirImage(self):
        colormap = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 255]], np.uint8)
        opposite = np.array([1, 0, 3, 2], np.uint8)
        indexed = xcf.Image(80, 60, [xcf.Layer("photo", RANDOM.integers(0, 4, (*SIZE, 1), dtype=np.uint8)),
                                     xcf.Layer("style", RANDOM.integers(0, 4, (*SIZE, 1), dtype=np.uint8))],
                            base=xcf.INDEXED, colormap=colormap)
        _, new = self.painted(indexed, [append("photo")])
        np.testing.assert_array_equal(new.pixels, opposite[indexed.layer("photo").pixels])
        deep = xcf.Image(80, 60, [xcf.Layer(name, noise(*SIZE, 4, depth=np.uint16)) for name in ("photo", "style")],
                         precision=xcf.U16)
        _, new = self.painted(deep, [append("photo")])
        self.assertLessEqual(np.abs(new.pixels - inverted(deep.layer("photo").pixels).astype(int)).max(), 1)

    def test_AMaskIsReadWithItsEffects(self):
        image = image_of(3, channels={"sky": noise(60, 80)})
        image.layers.append(xcf.Layer("gray", noise(60, 80, 1).repeat(3, axis=2)))
        _, new = self.painted(image, [append("gray")], "show:mask0", masks=[layer("gray")])
        wanted = 255 - image.layer("gray").pixels[5:5 + SIZE[0], 4:4 + SIZE[1], 0].astype(int)
        source = image.layer("photo").pixels[..., 0]
        self.assertLessEqual(np.abs(new.pixels[..., 0] - np.where(wanted > 0, wanted, source)).max(), 1)

    def test_AGroupIsReadWithItsEffects(self):
        image = image_of(3)
        image.layers.append(xcf.Layer("group", noise(60, 80, 4), offsets=(0, 0), children=[
            xcf.Layer("gray", noise(*SIZE, 1).repeat(3, axis=2), offsets=(4, 5))]))
        _, new = self.painted(image, [append("group")], "show:mask0", masks=[layer("group")])
        wanted = 255 - image.layer("gray").pixels[..., 0].astype(int)
        source = image.layer("photo").pixels[..., 0]
        self.assertLessEqual(np.abs(new.pixels[..., 0] - np.where(wanted > 0, wanted, source)).max(), 1)

    def test_ALayerWithAnEffectIsNotReplaced(self):
        """Its effect would be seen once more over the painting."""
        image = image_of()
        saved, new = self.painted(image, [append("photo")], options={"placement": "replace"})
        self.assertNotEqual(new.name, "photo")
        np.testing.assert_array_equal(new.pixels, inverted(image.layer("photo").pixels))
        np.testing.assert_array_equal(saved.layer("photo").pixels, image.layer("photo").pixels)
        saved, new = self.painted(image, [append("photo"), hide("photo")], "invert", options={"placement": "replace"})
        self.assertEqual(new.name, "photo")

    def test_ARecipeTellsStylesByWhatTheyLookLike(self):
        image = image_of()
        _, painted = self.painted(image, [append("style")])
        image.layers.append(xcf.Layer("painted", noise(60, 80, 3), parasites=painted.parasites))
        repeat = gimp.repeat_call(layer("photo"), layer("painted"))
        self.gimp.behave("echo")
        self.assertIn('"style"', self.refusal(image, repeat))
        self.call(image, f"(begin {append('style')} {repeat})")

    def test_ReadingLeavesNoTraceInTheImage(self):
        """No step of undo, no change to save, no other image, whatever becomes of the painting."""
        before = self.gimp.folder / "images" / "before.xcf"
        image = image_of()
        image.layer("photo").mask = noise(*SIZE)
        xcf.write(before, image)
        self.gimp.eval(f"(open-image {gimp.quoted(before)})")
        self.gimp.eval(f"(begin {append('photo')} {append('style')} (gimp-image-clean-all image))")
        self.gimp.behave("error:out-of-memory")
        with self.assertRaises(gimp.Refused):
            self.gimp.eval(gimp.paint_call(layer("photo"), styles=["style"]))
        self.assertEqual(self.gimp.eval("(gimp-image-is-dirty image)"), "#f")
        self.assertEqual(self.gimp.eval("(count-of-images)"), "1")
        self.assertEqual(self.gimp.eval("(vector-length (gimp-image-get-layers image))"), "2")
        for name in ("photo", "style"):
            self.assertEqual(self.gimp.eval(f"(vector-length (gimp-drawable-get-filters {layer(name)}))"), "1")
        self.gimp.eval("(close-image)")


if __name__ == "__main__":
    if gimp.VERSION == 2:
        print("skipped: GIMP 2.10 has no effects that stay live")
        sys.exit(77)
    gimp.main()
