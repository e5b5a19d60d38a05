#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters > Artistic > Repeat Maniera Recipe as a user meets it, and a painting's one step of undo."""

import desktop
import gimp
from screen import wait_until

TITLE = "^Repeat Maniera Recipe$"
RUN = {2: "(car (plug-in-maniera-repeat RUN-INTERACTIVE image {} -1))",
       3: "(plug-in-maniera-repeat #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector {}))"}


class Recipes(desktop.Test):
    def setUp(self):
        self.session.reopen()

    def paint(self):
        call = gimp.paint_call(gimp.layer("Hill"), styles=["Painting 1"], options={"size": 64})
        return self.gimp.eval(f"(name-of {call})")

    def ask(self):
        """Opens the dialog; the place of the answer, and the window."""
        place = self.gimp.start(f"(name-of {RUN[gimp.VERSION].format(gimp.layer('Painting 2'))})")
        return place, self.screen.window(TITLE)

    def test_ReturnRepeatsTheOnlyRecipe(self):
        self.paint()
        self.gimp.behave("invert")
        place, window = self.ask()
        self.session.shot(window, "repeat")
        self.screen.key(window, "Return")
        name = self.gimp.finish(place)
        self.assertEqual(self.gimp.job()["options"]["size"], 64)
        names = self.session.names()
        self.assertEqual(names.index(name), names.index("Painting 2") - 1)

    def test_EscapeLeavesTheImageAsItIs(self):
        self.paint()
        before = self.session.names()
        self.gimp.behave("invert")
        place, window = self.ask()
        self.screen.key(window, "Escape")
        try:
            self.gimp.finish(place)
        except gimp.Refused:
            pass  # what a script gets for it is GIMP's affair
        self.assertEqual(self.session.names(), before)
        self.assertEqual(self.gimp.heard(), [])

    def test_APaintingIsOneStepOfUndo(self):
        before = self.session.names()
        self.paint()
        self.assertEqual(len(self.session.names()), len(before) + 1)
        self.screen.key(self.session.window, "ctrl+z")
        wait_until(lambda: self.session.names() == before, "the image without the painting")


if __name__ == "__main__":
    desktop.main()
