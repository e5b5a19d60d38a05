#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second try is one click: Apply leaves the dialog open, and Ctrl+F paints the photograph again."""

import desktop
import gimp
import numpy as np
from desktop import TITLE, photo
from screen import wait_until


class Apply(desktop.DialogTest):
    def tries(self, count):
        return wait_until(lambda: len(names := [name for name in self.session.names()
                                                if "strength" in name]) == count and names,
                          f"{count} tries")

    def test_ASecondTryIsOneClick(self):
        self.screen.key(self.dialog, "alt+y")
        self.tries(1)
        self.assertEqual(self.screen.windows(TITLE), [self.dialog])
        # The hill is green and the sky blue; the painting has the opposite colors.
        wait_until(lambda: self.screen.pixels(self.dialog)[380:420, 100:400, 1].mean() > 120,
                   "the painting is looked at")
        self.session.shot(self.dialog, "applied")
        self.screen.key(self.dialog, "alt+s", "ctrl+a", "7", "5", "Tab", "alt+y")
        # The new one comes above the hill, and then above the last.
        wait_until(lambda: "strength 75" in self.tries(2)[0], "the second try above the first")
        for name in self.tries(2):
            np.testing.assert_array_equal(self.session.image().layer(name).pixels[..., :3],
                                          255 - photo())

    def test_OnlyTheNewestTryStaysWhereThatIsTicked(self):
        self.screen.key(self.dialog, "alt+y")
        self.tries(1)
        self.screen.settle(self.dialog)
        self.screen.key(self.dialog, "alt+n", "alt+s", "ctrl+a", "7", "5", "Tab", "alt+p")
        self.screen.wait_gone(TITLE)
        name, = self.tries(1)
        self.assertIn("strength 75", name)

    def test_GoesOnFromTheLastTryWhereThatIsTicked(self):
        self.screen.key(self.dialog, "alt+y")
        self.tries(1)
        self.assertNotIn("painting", self.gimp.job()["inputs"])
        self.screen.settle(self.dialog)
        self.screen.key(self.dialog, "alt+g")
        self.session.shot(self.dialog, "going-on")
        for count, strength in (2, "75"), (3, "80"):
            last = self.session.names()[0]
            self.screen.key(self.dialog, "alt+s", "ctrl+a", *strength, "Tab", "alt+y")
            self.tries(count)
            job = self.gimp.job()["inputs"]
            self.assertEqual(job["content"]["name"], "Hill")
            self.assertEqual(job["painting"]["name"], last)
            self.assertEqual([job["painting"][side] for side in ("width", "height")],
                             [job["content"][side] for side in ("width", "height")])
            self.screen.settle(self.dialog)

    def test_ATryThatIsNoLongerThereIsNotGoneOnFrom(self):
        self.screen.key(self.dialog, "alt+y")
        name, = self.tries(1)
        self.screen.settle(self.dialog)
        self.screen.key(self.dialog, "alt+g")
        self.gimp.eval(f'(gimp-image-remove-layer image (layer "{name}"))')
        self.screen.key(self.dialog, "alt+s", "ctrl+a", "7", "5", "Tab", "alt+y")
        self.tries(1)
        self.assertNotIn("painting", self.gimp.job()["inputs"])

    def start_slow(self, key, seconds=6):
        self.gimp.behave(f"slow:{seconds}")
        self.screen.key(self.dialog, key)
        self.session.wait_for("stylize")

    def test_WhatApplyPaintsGoesOnWithOtherSettings(self):
        self.start_slow("alt+y")
        for times, strength in (2, "80"), (3, "25"):
            self.screen.key(self.dialog, "alt+s", "ctrl+a", *strength, "Tab")
            self.session.wait_for("stylize", times)
            job = self.gimp.job()
            self.assertEqual(job["options"]["strength"], int(strength))
            self.assertEqual(job["inputs"]["content"]["name"], "Hill")
            self.assertGreaterEqual(job["inputs"]["unfinished"]["scales"], 1)
            self.screen.shot(desktop.SHOTS / f"gimp{gimp.VERSION}-goes-on-with-{strength}.png", self.dialog)
        name, = self.tries(1)
        self.assertIn("strength 25", name)
        np.testing.assert_array_equal(self.session.image().layer(name).pixels[..., :3], 255 - photo())
        self.screen.settle(self.dialog)
        self.assertEqual(self.session.heard("stop"), 2)
        # All of it is one step of undo, and the next painting begins with the last settings.
        self.screen.key(self.dialog, "Escape")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.session.undo()
        wait_until(lambda: self.session.names()[0] == "Hill", "an image without the try")
        self.gimp.behave("invert")
        self.screen.key(self.session.window, "ctrl+f")
        self.assertIn("strength 25", *self.tries(1))

    def change_strength(self, strength, times):
        """Once more while it paints; waits until the helper goes on with it."""
        self.screen.key(self.dialog, "alt+s", "ctrl+a", *strength, "Tab")
        self.session.wait_for("stylize", times)

    def red_pixels(self):
        """In what the dialog says below the preview."""
        below = self.screen.pixels(self.dialog)[-170:, :60]
        return np.sum((below[..., 0] > 150) & (below[..., 1:].max(-1) < 90))

    def test_WhereTheChangeFailsTheFirstPaintingStaysAndTheReasonIsTold(self):
        self.gimp.behave("unwilling:60")
        self.screen.key(self.dialog, "alt+y")
        self.session.wait_for("stylize")
        self.change_strength("80", 2)
        name, = self.tries(1)
        self.assertIn("strength 50", name)
        painted = self.session.image().layer(name).pixels[..., :3]
        self.assertGreater(np.mean(painted != photo()), 0.001, "nothing of it is painted")
        self.session.shot(self.dialog, "change-failed")
        wait_until(lambda: self.red_pixels() > 50, "the sign of an error")
        self.assertGreater(np.ptp(self.screen.pixels(self.dialog)[-103:-91, 300:500]), 60, "the painting is not spoken of")
        self.assertEqual(self.screen.windows(TITLE), [self.dialog])
        self.session.wait_for_helpers_end()

    def test_StopAndKeepKeepsWhatGoesOn(self):
        self.start_slow("alt+y", 60)
        self.change_strength("80", 2)
        self.screen.key(self.dialog, "alt+k")
        self.assertIn("strength 80", *self.tries(1))
        self.screen.settle(self.dialog)
        self.assertEqual((self.session.heard("stylize"), self.session.heard("stop")), (2, 2))
        self.assertEqual(self.screen.windows(TITLE), [self.dialog])

    def test_CancelForgetsTheChange(self):
        self.start_slow("alt+y", 60)
        self.screen.key(self.dialog, "alt+s", "ctrl+a", "8", "0", "Tab", "Escape")
        self.session.wait_for_helpers_end()
        self.screen.settle(self.dialog)
        self.assertEqual(self.session.names(), ["Hill", "Painting 1", "Painting 2"])
        self.assertEqual(self.screen.windows(TITLE), [self.dialog])
        self.assertEqual(self.red_pixels(), 0, "an error is told")
        # What is set stays, for the next one.
        self.gimp.behave("invert")
        self.screen.key(self.dialog, "alt+y")
        self.assertIn("strength 80", *self.tries(1))
        self.assertNotIn("unfinished", self.gimp.job()["inputs"])

    def wait_for_options(self, **wanted):
        wait_until(lambda: self.gimp.job().get("options", {}) == wanted, f"a job with {wanted}")

    def test_TheLookFollowsAndAllElseStaysAsItBegan(self):
        self.start_slow("alt+y", 20)
        for keys in (["alt+z", "ctrl+a", "2", "0", "0", "Tab"], ["alt+t", "Down"], ["alt+u", "Down", "Down", "Down"],
                     ["alt+m", "space"], ["alt+i"], ["alt+d"], ["alt+e"]):
            self.screen.key(self.dialog, *keys)
        self.screen.click(self.dialog, -300, 66)  # the first style's tick
        self.screen.settle(self.dialog)
        self.session.shot(self.dialog, "fixed")
        self.assertEqual(self.screen.windows("^(Add Pictures|Styles)"), [])
        self.screen.key(self.dialog, "alt+q", "Up", "alt+l", "Down", "alt+s", "ctrl+a", "8", "0", "Tab")
        self.wait_for_options(quality="draft", colors="content", strength=80)
        self.assertEqual(len(self.gimp.job()["inputs"]["styles"]), 1)
        self.screen.key(self.dialog, "alt+r")
        self.tries(1)
        self.assertEqual(self.gimp.eval("(count-of-images)").strip("()"), "1")
        # Then all can be chosen again.
        self.screen.settle(self.dialog)
        self.screen.key(self.dialog, "alt+z", "ctrl+a", "2", "0", "0", "Tab")
        self.gimp.behave("invert")
        self.screen.key(self.dialog, "alt+y")
        self.tries(2)
        self.assertEqual(self.gimp.job()["options"], {"quality": "draft", "colors": "content", "strength": 80, "size": 200})

    def test_WeightsFollowAndWhatIsSetBackToo(self):
        def style():
            return self.gimp.job()["inputs"]["styles"][0]

        self.start_slow("alt+y", 20)
        # From "Part by part" back over the stroke size: between them nothing takes the focus now.
        self.screen.key(self.dialog, "alt+q", "shift+Tab", "shift+Tab", "shift+Tab", "Up", "Up")
        wait_until(lambda: abs(style()["weight"] - 1.2) < 1e-6, "the weight")
        self.screen.key(self.dialog, "alt+s", "ctrl+a", "8", "0", "Tab")
        self.wait_for_options(strength=80)
        # The button that takes it back is beside it.
        self.screen.key(self.dialog, "alt+s", "Tab", "space")
        self.wait_for_options()
        self.assertAlmostEqual(style()["weight"], 1.2)
        self.assertIn("strength 50", *self.tries(1))

    def test_AStylesLayerMayBeClosedMeanwhile(self):
        self.start_slow("alt+y", 8)
        self.gimp.eval('(gimp-image-remove-layer image (layer "Painting 1"))')
        self.change_strength("80", 2)
        name, = self.tries(1)
        self.assertEqual(name, "Painting 1, strength 80")
        np.testing.assert_array_equal(self.session.image().layer(name).pixels[..., :3], 255 - photo())
        self.session.shot(self.dialog, "style-closed")

    def test_WhatPaintPaintsStaysAsItBegan(self):
        self.start_slow("alt+p")
        self.screen.key(self.dialog, "alt+s", "ctrl+a", "8", "0", "Tab")
        self.screen.wait_gone(TITLE)
        self.assertIn("strength 50", *self.tries(1))
        self.assertEqual(self.session.heard("stylize"), 1)

    def test_CtrlFPaintsThePhotographAgain(self):
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        self.tries(1)
        self.session.wait_for_silence()
        self.assertIn("strength", self.gimp.eval("(active-name)"))
        self.gimp.log.unlink()
        self.screen.key(self.session.window, "ctrl+f")
        self.tries(2)
        self.assertEqual(self.gimp.job()["inputs"]["content"]["name"], "Hill")

    def test_CtrlFPaintsThePhotographOfAPaintingInAnImageOfItsOwn(self):
        def images():
            return int(self.gimp.eval("(count-of-images)").split()[0].strip("()"))

        self.screen.key(self.dialog, "alt+u", "Down", "Down", "Down", "alt+p")
        self.screen.wait_gone(TITLE)
        wait_until(lambda: images() == 2, "a new image")
        self.session.wait_for_silence()
        self.gimp.log.unlink()
        self.screen.key(self.session.window, "ctrl+f")
        wait_until(lambda: images() == 3, "another new image")
        self.assertEqual(self.gimp.job()["inputs"]["content"]["name"], "Hill")

    def test_InPlaceOfTheLayerIsOneStepOfUndoAndHasNoSecondTry(self):
        def hill():
            return self.session.image().layer("Hill")

        self.gimp.eval("(gimp-image-select-rectangle image 2 10 10 100 100)")
        self.screen.key(self.dialog, "alt+u", "Down", "alt+y")
        self.screen.settle(self.dialog)
        self.session.shot(self.dialog, "in-place")
        self.assertEqual(self.session.heard("stylize"), 0)
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        wanted = photo()
        wanted[10:110, 10:110] = 255 - wanted[10:110, 10:110]
        wait_until(lambda: np.array_equal(hill().pixels[..., :3], wanted), "the painting in place")
        self.assertEqual(self.session.names(), ["Hill", "Painting 1", "Painting 2"])
        self.assertEqual(self.gimp.eval("(active-name)"), "Hill")
        self.session.wait_for_silence()
        self.session.undo()
        wait_until(lambda: np.array_equal(hill().pixels[..., :3], photo()), "the photograph again")
        self.assertNotIn("maniera-recipe", hill().parasites)
        self.assertEqual(self.session.image().selection[10, 10], 255)


if __name__ == "__main__":
    desktop.main()
