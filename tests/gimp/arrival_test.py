#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user works on while a layer is painted: whatever becomes of the image, the painting arrives."""

import desktop
import gimp
import numpy as np
from desktop import TITLE, photo
from screen import wait_until


class Arrival(desktop.DialogTest):
    helper = "slow:300"

    def setUp(self):
        super().setUp()
        self.screen.key(self.dialog, "Return")
        self.session.wait_for("stylize")

    def change(self, expression):
        self.gimp.eval(f"(begin {expression} (gimp-displays-flush) 1)")

    def keep(self):
        self.screen.key(self.dialog, "alt+k")
        self.screen.wait_gone(TITLE)

    def painting(self):
        names = [name for name in self.session.names() if "strength" in name]
        self.assertEqual(len(names), 1, names)
        return self.session.image().layer(names[0])

    def test_AScaledImageGetsItScaled(self):
        self.change("(gimp-image-scale image 160 120)")
        self.keep()
        painting = wait_until(self.painting, "the painting")
        self.assertEqual(painting.pixels.shape[:2], (120, 160))
        wanted = 255 - photo()[::2, ::2].astype(int)
        self.assertLess(np.mean(abs(painting.pixels[..., :3] - wanted)), 8)

    def new_image(self, images):
        wait_until(lambda: int(self.gimp.eval("(count-of-images)").split()[0].strip("()")) == images,
                   "a new image")
        self.gimp.eval("(newest-image)")
        painting = self.painting()
        np.testing.assert_array_equal(painting.pixels[..., :3], 255 - photo())

    def test_AClosedImageGetsItInANewOne(self):
        self.gimp.eval(f"(gimp-display-delete {self.session.display})")
        self.keep()
        self.new_image(1)

    def test_ACroppedImageGetsItInANewOne(self):
        self.change("(gimp-image-crop image 160 120 100 20)")
        self.keep()
        self.new_image(2)

    def test_AFlattenedImageGetsItOnTop(self):
        self.change("(gimp-image-flatten image)")
        self.keep()
        names = self.session.wait_for_layers(2)
        self.assertIn("strength", names[0])
        np.testing.assert_array_equal(self.painting().pixels[..., :3], 255 - photo())

    def test_AnotherLayerStaysActive(self):
        self.change(f"(activate {gimp.layer('Painting 2')})")
        self.keep()
        self.session.wait_for_layers(4)
        self.assertEqual(self.gimp.eval("(active-name)"), "Painting 2")

    def test_WhereNothingElseBecameActiveThePaintingIs(self):
        self.keep()
        self.session.wait_for_layers(4)
        self.assertIn("strength", self.gimp.eval("(active-name)"))


if __name__ == "__main__":
    desktop.main()
