#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors on their way to the helper and back: profiles, depths, what lies outside of sRGB."""

import gimp
import icc
import numpy as np
import xcf

RANDOM = np.random.default_rng(9)
ADOBE = icc.profile(icc.ADOBE_RGB, icc.ADOBE_GAMMA)
LINEAR_ADOBE = icc.profile(icc.ADOBE_RGB, 1)

# So little that no depth's step shows it, and enough that a pixel counts as painted and takes the
# way through sRGB.
NUDGE = "nudge:0.000002"


def stored(values, precision):
    """Values of 0 to 1 as an image of this precision stores them."""
    depth = xcf.depth_of(precision)
    if depth.kind == "f":
        return values.astype(depth.newbyteorder("="))
    return np.rint(values * np.iinfo(depth).max).astype(depth.newbyteorder("="))


def value_of(pixels):
    return pixels.astype(float) / (1 if pixels.dtype.kind == "f" else np.iinfo(pixels.dtype).max)


def step_of(pixels):
    """One step of the depth. Floats: the nudge in linear light, and what powers and matrices of 32
    bits cost; half of a step of 16 bits."""
    if pixels.dtype.kind == "f":
        return np.maximum(np.spacing(pixels).astype(float), 8e-6)
    return np.full(pixels.shape, 1 / np.iinfo(pixels.dtype).max)


def image_of(pixels, precision, profile=None, **more):
    layers = [xcf.Layer("photo", pixels), xcf.Layer("style", pixels[:40, :40])]
    parasites = {"icc-profile": profile} if profile else {}
    return xcf.Image(pixels.shape[1], pixels.shape[0], layers, precision=precision,
                     parasites=parasites, **more)


KINDS = [("8 bits", xcf.U8, None), ("8 bits, Adobe RGB", xcf.U8, ADOBE),
         ("8 bits linear", xcf.U8_LINEAR, None), ("16 bits", xcf.U16, None),
         ("16 bits, Adobe RGB", xcf.U16, ADOBE), ("16 bits linear", xcf.U16_LINEAR, None),
         ("16 bits linear, Adobe RGB", xcf.U16_LINEAR, LINEAR_ADOBE), ("half", xcf.HALF, None),
         ("float", xcf.FLOAT, None), ("float, Adobe RGB", xcf.FLOAT, ADOBE),
         ("float linear", xcf.FLOAT_LINEAR, None),
         ("float linear, Adobe RGB", xcf.FLOAT_LINEAR, LINEAR_ADOBE)]


class Colors(gimp.Test):
    def painted(self, image, mode):
        self.gimp.behave(mode)
        saved, new = self.paint(image, "photo", styles=["style"])
        self.assertEqual(saved.parasites.get("icc-profile"), image.parasites.get("icc-profile"))
        return new.pixels

    def test_WhatTheHelperLeavesComesBackToTheBit(self):
        for name, precision, profile in KINDS:
            with self.subTest(name):
                pixels = stored(RANDOM.random((61, 67, 4)), precision)
                new = self.painted(image_of(pixels, precision, profile), "echo")
                np.testing.assert_array_equal(new, pixels)

    def test_TheWayThroughSrgbCostsNoMoreThanAStep(self):
        for name, precision, profile in KINDS:
            with self.subTest(name):
                pixels = stored(self.inside_srgb(profile), precision)
                new = self.painted(image_of(pixels, precision, profile), NUDGE)
                off = np.abs(value_of(new) - value_of(pixels)) / step_of(pixels)
                # Babl's curves of a gamma are off by 5.2e-4 near black.
                allowed = 1.01 + (6e-4 / step_of(pixels) if profile == ADOBE else 0)
                self.assertLessEqual((off / allowed).max(), 1)

    def inside_srgb(self, profile):
        values = RANDOM.random((61, 67, 4))
        if profile:
            gamma = 1 if profile == LINEAR_ADOBE else icc.ADOBE_GAMMA
            values[..., :3] = icc.from_srgb(0.02 + 0.96 * values[..., :3], icc.ADOBE_RGB, gamma)
        return values

    def test_TheHelperSeesSrgb(self):
        for name, precision, profile, gamma in (
                ("8 bits", xcf.U8, ADOBE, icc.ADOBE_GAMMA), ("16 bits", xcf.U16, ADOBE, icc.ADOBE_GAMMA),
                ("linear", xcf.U16_LINEAR, LINEAR_ADOBE, 1), ("float", xcf.FLOAT, ADOBE, icc.ADOBE_GAMMA)):
            with self.subTest(name):
                pixels = stored(RANDOM.random((61, 67, 3)), precision)
                new = self.painted(image_of(pixels, precision, profile), "invert")
                seen = np.clip(icc.to_srgb(value_of(pixels), icc.ADOBE_RGB, gamma), 0, 1)
                wanted = icc.from_srgb(1 - seen, icc.ADOBE_RGB, gamma)
                # Near black Babl's curves stray, and a gamma's are steep.
                off = np.abs(value_of(new) - wanted)[wanted.min(axis=2) > 0.05]
                self.assertGreater(off.size, 1000)
                self.assertLess(off.max(), 0.5 / 255 + 5e-4)

    def test_LinearLightIsEncodedForTheHelper(self):
        pixels = stored(RANDOM.random((61, 67, 3)), xcf.FLOAT_LINEAR)
        new = self.painted(image_of(pixels, xcf.FLOAT_LINEAR), "invert")
        wanted = icc.srgb_linear(1 - icc.srgb_encoded(pixels))
        self.assertLess(np.abs(new - wanted).max(), 1e-5)

    def test_GrayTakesTheSameWay(self):
        pixels = stored(RANDOM.random((61, 67, 2)), xcf.U16_LINEAR)
        image = image_of(pixels, xcf.U16_LINEAR)
        image.base = xcf.GRAY
        new = self.painted(image, "invert")
        wanted = icc.srgb_linear(1 - icc.srgb_encoded(value_of(pixels[..., 0])))
        self.assertLess(np.abs(value_of(new[..., 0]) - wanted).max(), 2 / 65535)
        np.testing.assert_array_equal(new[..., 1], pixels[..., 1])

    def test_OutsideOfTheSelectionNothingIsLost(self):
        pixels = (RANDOM.random((61, 67, 4)) * 9 - 3).astype(np.float32)
        selection = np.zeros((61, 67), np.float32)
        selection[20:40] = 1
        image = image_of(pixels, xcf.FLOAT_LINEAR, selection=selection)
        new = self.painted(image, "invert")
        np.testing.assert_array_equal(new[:20], pixels[:20])
        np.testing.assert_array_equal(new[40:], pixels[40:])
        self.assertTrue((new[20:40, :, :3] != pixels[20:40, :, :3]).any(axis=2).all())

    def test_HalfASelectionBlendsHalf(self):
        for precision in xcf.U16, xcf.FLOAT:
            with self.subTest(precision):
                pixels = stored(RANDOM.random((61, 67, 3)), precision)
                # The selection has 8 bits in GIMP, whatever the image has.
                selection = stored(np.full((61, 67), 128 / 255), precision)
                new = self.painted(image_of(pixels, precision, selection=selection), "invert")
                values = value_of(pixels)
                wanted = values + 128 / 255 * (1 - 2 * values)
                self.assertLess(np.abs(value_of(new) - wanted).max(), 1e-4)

    def test_WhatIsNoNumberDoesNoHarm(self):
        pixels = RANDOM.random((61, 67, 4)).astype(np.float32)
        pixels[5, 5], pixels[6, 6], pixels[7, 7] = np.nan, np.inf, -np.inf
        new = self.painted(image_of(pixels, xcf.FLOAT), "invert")
        self.assertTrue(np.isfinite(new[..., :3]).all())


if __name__ == "__main__":
    gimp.main()
