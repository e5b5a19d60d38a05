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
        names = self.tries(2)
        self.assertIn("strength 75", names[0])
        for name in names:
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


if __name__ == "__main__":
    desktop.main()
