#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of every kind go through the plug-in; the helper copies or inverts, so that every pixel is
known."""

import json

import gimp
import numpy as np
import xcf
from gimp import channel, layer, mask

RANDOM = np.random.default_rng(4)


def noise(height, width, components, depth=np.uint8):
    most = np.iinfo(depth).max
    return RANDOM.integers(0, most, (height, width, components), endpoint=True, dtype=depth)


def photo(components=3, size=(53, 71), **more):
    return xcf.Layer("photo", noise(*size, components), **more)


def style(components=3):
    return xcf.Layer("style", noise(40, 45, components))


def image_of(*layers, **more):
    return xcf.Image(80, 60, list(layers), **more)


class Pictures(gimp.Test):
    def assert_inverted(self, new, source, places=None):
        colors = source.pixels.shape[2] - (source.pixels.shape[2] in (2, 4))
        wanted = source.pixels.copy()
        wanted[..., :colors] = np.iinfo(wanted.dtype).max - wanted[..., :colors]
        np.testing.assert_array_equal(new.pixels, wanted)

    def paint_inverted(self, image, **arguments):
        self.gimp.behave("invert")
        return self.paint(image, "photo", styles=["style"], **arguments)

    def test_ColorsArePaintedAndTheSourceStays(self):
        image = image_of(photo(), style())
        saved, new = self.paint_inverted(image)
        self.assert_inverted(new, image.layer("photo"))
        np.testing.assert_array_equal(saved.layer("photo").pixels, image.layer("photo").pixels)

    def test_AlphaIsTheSources(self):
        image = image_of(photo(4), style(4))
        _, new = self.paint_inverted(image)
        self.assert_inverted(new, image.layer("photo"))

    def test_GrayImagesGetTheirLuma(self):
        image = image_of(photo(1), style(1), base=xcf.GRAY)
        _, new = self.paint_inverted(image)
        self.assert_inverted(new, image.layer("photo"))
        image = image_of(photo(2), style(2), base=xcf.GRAY)
        _, new = self.paint_inverted(image)
        self.assert_inverted(new, image.layer("photo"))

    def test_IndexedImagesGetTheNearestColors(self):
        colormap = np.array([[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 255], [0, 0, 255],
                             [255, 255, 0]], np.uint8)
        opposite = np.array([1, 0, 3, 2, 5, 4], np.uint8)
        source = xcf.Layer("photo", RANDOM.integers(0, 6, (53, 71, 1), dtype=np.uint8))
        other = xcf.Layer("style", RANDOM.integers(0, 6, (40, 45, 1), dtype=np.uint8))
        image = image_of(source, other, base=xcf.INDEXED, colormap=colormap)
        saved, new = self.paint_inverted(image)
        np.testing.assert_array_equal(new.pixels, opposite[source.pixels])
        np.testing.assert_array_equal(saved.colormap, colormap)

    def test_LayersKeepTheirPlaceWhateverTheirSize(self):
        for size, offsets in ((53, 71), (5, 3)), ((53, 71), (-20, -31)), ((190, 33), (-7, -90)), ((200, 301), (-50, -60)):
            image = image_of(photo(4, size, offsets=offsets), style())
            saved, new = self.paint_inverted(image)
            self.assertEqual(new.offsets, offsets)
            self.assert_inverted(new, image.layer("photo"))

    def test_TheResultLiesAboveItsSource(self):
        image = image_of(style(), xcf.Layer("top", noise(60, 80, 3)), photo(), xcf.Layer("below", noise(60, 80, 3)))
        saved, new = self.paint_inverted(image)
        self.assertEqual([one.name for one in saved.layers],
                         ["style", "top", new.name, "photo", "below"])

    def test_InAGroupTheResultLiesInTheGroup(self):
        group = xcf.Layer("group", noise(60, 80, 4), children=[style(), photo()])
        saved, new = self.paint_inverted(image_of(group))
        self.assertEqual([one.name for one in saved.layers[0].children], ["style", new.name, "photo"])

    def test_TheSourcesMaskIsTheResultsToo(self):
        image = image_of(photo(mask=noise(53, 71, 1)[..., 0]), style())
        saved, new = self.paint_inverted(image)
        self.assert_inverted(new, image.layer("photo"))
        np.testing.assert_array_equal(new.mask, image.layer("photo").mask)

    def test_TheResultIsNamedAfterStylesAndStrength(self):
        _, new = self.paint_inverted(image_of(photo(), style()))
        self.assertEqual(new.name, "style, strength 50")
        self.gimp.behave("invert")
        image = image_of(photo(), style(), xcf.Layer("other", noise(39, 39, 3)))
        _, new = self.paint(image, "photo", styles=["style", "other"], options={"strength": 80})
        self.assertEqual(new.name, "style + other, strength 80")

    def test_SixteenBitsStaySixteenBits(self):
        image = image_of(xcf.Layer("photo", noise(53, 71, 4, np.uint16)), xcf.Layer("style", noise(40, 45, 3, np.uint16)), precision=xcf.U16)
        saved, new = self.paint_inverted(image)
        self.assertEqual(saved.precision, xcf.U16)
        wanted = image.layer("photo").pixels.astype(int)
        wanted[..., :3] = 65535 - wanted[..., :3]
        self.assertLessEqual(np.abs(new.pixels.astype(int) - wanted).max(), 1)

    def test_HalfFloatsStayHalfFloats(self):
        pixels = RANDOM.random((53, 71, 4), np.float32).astype(np.float16)
        image = image_of(xcf.Layer("photo", pixels), xcf.Layer("style", pixels), precision=xcf.HALF)
        saved, new = self.paint_inverted(image)
        self.assertEqual(saved.precision, xcf.HALF)
        wanted = 1 - pixels[..., :3].astype(float)
        self.assertLess(np.abs(new.pixels[..., :3] - wanted).max(), 1e-3)
        np.testing.assert_array_equal(new.pixels[..., 3], pixels[..., 3])

    # Selections

    def test_ASelectionLimitsTheResultAsSoftAsItIs(self):
        selection = np.zeros((60, 80), np.uint8)
        selection[10:40, 20:60] = 255
        selection[10:40, 40:60] = 128
        image = image_of(photo(offsets=(5, 3)), style(), selection=selection)
        _, new = self.paint_inverted(image)
        source = image.layer("photo").pixels.astype(float)
        share = selection[3:56, 5:76, None] / 255
        wanted = source + share * (255 - 2 * source)
        self.assertLessEqual(np.abs(new.pixels - wanted).max(), 0.51)
        np.testing.assert_array_equal(new.pixels[share[..., 0] == 0], source[share[..., 0] == 0])

    def test_WithAMaskTheSelectionDoesNotLimit(self):
        selection = np.zeros((60, 80), np.uint8)
        selection[10:40, 20:60] = 255
        sky = np.maximum(noise(60, 80, 1)[..., 0], 1)
        image = image_of(photo(), style(), selection=selection, channels={"sky": sky})
        _, new = self.paint_inverted(image, masks=[channel("sky")])
        self.assert_inverted(new, image.layer("photo"))

    def test_OutsideOfAllMasksTheLayerStaysSharp(self):
        # A painting of size 64 is enlarged; a fake one just as well leaves no pixel as it was.
        sky, ground = np.zeros((2, 60, 80), np.uint8)
        sky[:20], ground[30:, :9] = 200, 1
        image = image_of(photo(size=(60, 80)), style(), channels={"sky": sky, "ground": ground})
        self.gimp.behave("invert")
        _, new = self.paint(image, "photo", styles=["style", "style"],
                            masks=[channel("sky"), channel("ground")])
        source = image.layer("photo").pixels
        reached = (sky > 0) | (ground > 0)
        np.testing.assert_array_equal(new.pixels[reached], 255 - source[reached])
        np.testing.assert_array_equal(new.pixels[~reached], source[~reached])

    # Masks as the helper sees them

    def shown(self, what, image, **arguments):
        """A picture of the job, brought back as the painting's gray, 0 to 255."""
        self.gimp.behave("show:" + what)
        _, new = self.paint(image, "photo", styles=["style"], **arguments)
        return new.pixels[..., 0]

    def image_with_masks(self):
        return image_of(
            photo(offsets=(9, -7), mask=noise(53, 71, 1)[..., 0]), style(),
            xcf.Layer("gray", noise(60, 80, 1).repeat(3, axis=2)),
            channels={"sky": noise(60, 80, 1)[..., 0]}, selection=noise(60, 80, 1)[..., 0])

    def assert_mask(self, image, drawable, values):
        """`values` cover the canvas; the content lies at 9, -7 and is 71 x 53."""
        wanted = np.zeros((53, 71), np.uint8)
        wanted[7:, :] = values[:46, 9:80]
        self.assert_shown(image, drawable, wanted)

    def assert_shown(self, image, drawable, wanted):
        shown = self.shown("mask0", image, masks=[drawable]).astype(int)
        source = image.layer("photo").pixels[..., 0]  # stays where the mask is 0
        self.assertLessEqual(np.abs(shown - np.where(wanted > 0, wanted, source)).max(), 1)

    def test_AChannelIsReadAsItIsStored(self):
        image = self.image_with_masks()
        self.assert_mask(image, channel("sky"), image.channels["sky"])

    def test_TheSelectionIsReadAsItIsStored(self):
        image = self.image_with_masks()
        self.assert_mask(image, gimp.SELECTION, image.selection)

    def test_ALayersGrayIsRead(self):
        image = self.image_with_masks()
        self.assert_mask(image, layer("gray"), image.layer("gray").pixels[..., 0])

    def test_ALayerMaskIsReadAsItIsStored(self):
        image = self.image_with_masks()
        self.assert_shown(image, mask("photo"), image.layer("photo").mask)

    def test_InLinearImagesMasksAreReadAsTheyAreStored(self):
        image = image_of(xcf.Layer("photo", noise(60, 80, 3, np.uint16)), xcf.Layer("style", noise(60, 80, 3, np.uint16)),
                         channels={"sky": noise(60, 80, 1, np.uint16)[..., 0]}, precision=xcf.U16_LINEAR)
        self.gimp.behave("show:mask0")
        _, new = self.paint(image, "photo", styles=["style"], masks=[channel("sky")])
        stored = image.channels["sky"] / 65535.0
        # The painting is sRGB-encoded, the image linear light.
        linear = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
        self.assertLess(np.abs(new.pixels[..., 0] / 65535.0 - linear).max(), 2e-4)

    def test_AStyleMaskIsReadInItsStylesFrame(self):
        image = self.image_with_masks()
        image.layers[1].offsets = (3, 4)
        self.gimp.behave("show:style-mask0")
        self.paint(image, "photo", styles=["style"], style_masks=[channel("sky")])
        mask_sent = self.gimp.job()["inputs"]["styles"][0]["style-mask"]
        self.assertEqual((mask_sent["width"], mask_sent["height"]), (45, 40))

    # Several styles

    def test_TwoStylesWithWeightsAndMasksReachTheHelper(self):
        image = self.image_with_masks()
        self.paint(image, "photo", styles=["style", "gray"], weights=[3, 0.5],
                   masks=[channel("sky"), None])
        first, second = self.gimp.job()["inputs"]["styles"]
        self.assertEqual((first["weight"], second["weight"]), (3, 0.5))
        self.assertIn("mask", first)
        self.assertNotIn("mask", second)
        self.assertEqual(second["file"]["width"], 80)

    def test_TwoMasksReachTheHelper(self):
        image = self.image_with_masks()
        self.paint(image, "photo", styles=["style", "gray"],
                   masks=[channel("sky"), gimp.SELECTION])
        for one in self.gimp.job()["inputs"]["styles"]:
            self.assertEqual((one["mask"]["width"], one["mask"]["height"]), (71, 53))

    def test_StylesComeFromFilesToo(self):
        path = self.gimp.folder / "a painting.png"
        path.write_bytes(b"the fake helper does not look into it")
        self.paint(image_of(photo(), style()), "photo", styles=["style"], files=[path], weights=[1, 2])
        first, second = self.gimp.job()["inputs"]["styles"]
        self.assertEqual((second["file"], second["weight"]), (str(path), 2))
        self.assertEqual((first["file"]["width"], first["weight"]), (45, 1))

    def test_OptionsReachTheHelper(self):
        self.paint(image_of(photo(), style()), "photo", styles=["style"],
                   options={"size": 64, "quality": "draft", "style-scale": 0.5, "iterations": "3,2"})
        options = self.gimp.job()["options"]
        self.assertEqual((options["size"], options["quality"], options["style-scale"]),
                         (64, "draft", 0.5))
        self.assertNotIn("objective", options)

    # Recipes

    def recipe(self, saved_layer):
        return json.loads(saved_layer.parasites["maniera-recipe"].rstrip(b"\0"))

    def test_TheResultCarriesItsRecipe(self):
        _, new = self.paint(image_of(photo(), style()), "photo", styles=["style"], options={"size": 64, "seed": 7})
        recipe = self.recipe(new)
        self.assertEqual(recipe["options"], {"size": 64, "seed": 7})
        self.assertEqual(recipe["styles"][0]["drawable"]["name"], "style")

    def test_ARecipeIsRepeatedOnAnotherLayer(self):
        liked = style()
        _, painted = self.paint(image_of(photo(), liked), "photo", styles=["style"], weights=[2],
                                options={"size": 64, "seed": 7})
        other = image_of(xcf.Layer("other", noise(35, 37, 3)), liked,
                         xcf.Layer("painted", noise(60, 80, 3), parasites=painted.parasites))
        self.gimp.behave("invert")
        _, new = self.call(other, gimp.repeat_call(layer("other"), layer("painted")))
        self.assert_inverted(new, other.layer("other"))
        job = self.gimp.job()
        self.assertEqual((job["options"]["size"], job["options"]["seed"]), (64, 7))
        self.assertEqual(job["inputs"]["styles"][0]["weight"], 2)
        self.assertEqual(self.recipe(new)["options"]["size"], 64)

    def test_ARecipeWhoseStyleIsNotOpenSaysWhichOne(self):
        _, painted = self.paint(image_of(photo(), style()), "photo", styles=["style"])
        other = image_of(xcf.Layer("other", noise(35, 37, 3)),
                         xcf.Layer("painted", noise(60, 80, 3), parasites=painted.parasites))
        self.gimp.behave("echo")
        said = self.refusal(other, gimp.repeat_call(layer("other"), layer("painted")))
        self.assertIn("style", said)
        self.assertEqual(self.gimp.heard(), [])

    def test_ANamesakeOfTheStyleIsNotTaken(self):
        _, painted = self.paint(image_of(photo(), style()), "photo", styles=["style"])
        other = image_of(xcf.Layer("other", noise(35, 37, 3)), style(),  # other pixels
                         xcf.Layer("painted", noise(60, 80, 3), parasites=painted.parasites))
        self.gimp.behave("echo")
        said = self.refusal(other, gimp.repeat_call(layer("other"), layer("painted")))
        self.assertIn('"style"', said)
        self.assertEqual(self.gimp.heard(), [])

    def test_ALayerIsNeverItsOwnStyle(self):
        image = image_of(photo(), style())
        said = self.refusal(image, gimp.paint_call(layer("photo"), styles=["photo"]))
        self.assertIn("its own style", said)
        liked = style()
        _, painted = self.paint(image_of(photo(), liked), "photo", styles=["style"])
        other = image_of(liked, xcf.Layer("painted", noise(60, 80, 3), parasites=painted.parasites))
        said = self.refusal(other, gimp.repeat_call(layer("style"), layer("painted")))
        self.assertIn('"style"', said)

    def test_ARecipeOfSomebodyElseWritesNoFileAndTakesNoModelFile(self):
        liked = style()
        _, painted = self.paint(image_of(photo(), liked), "photo", styles=["style"])
        recipe = self.recipe(painted)
        victim = self.gimp.folder / "victim"
        recipe["options"] = {"size": 64, "preview": str(victim), "preview-interval": 0, "device": "cuda",
                             "memory": 64, "threads": 512}

        def with_recipe():
            parasites = {"maniera-recipe": json.dumps(recipe).encode() + b"\0"}
            return image_of(photo(), liked, xcf.Layer("painted", noise(60, 80, 3), parasites=parasites))

        call = gimp.repeat_call(layer("photo"), layer("painted"))
        self.call(with_recipe(), call)
        self.assertEqual(self.gimp.job()["options"], {"size": 64})
        recipe["options"] = {"model": "/tmp/evil.safetensors"}
        self.assertIn("model", self.refusal(with_recipe(), call))

    def test_ALayerWithoutARecipeIsRefused(self):
        image = image_of(photo(), style())
        said = self.refusal(image, gimp.repeat_call(layer("photo"), layer("style")))
        self.assertIn("recipe-layer", said)


if __name__ == "__main__":
    gimp.main()
