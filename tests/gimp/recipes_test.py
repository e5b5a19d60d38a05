#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters > Artistic > Repeat and Edit Maniera Recipe as a user meets them, and a painting's one step of
undo."""

import desktop
import gimp
from screen import wait_until

TITLE = "^Repeat Maniera Recipe$"
PAINTED = "Painting 1, strength 50"
RUN = {2: "(car (plug-in-maniera-repeat RUN-INTERACTIVE image {} -1))",
       3: "(plug-in-maniera-repeat #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector {}))"}


class Recipes(desktop.Test):
    def setUp(self):
        self.session.reopen()

    def tearDown(self):
        for title in (TITLE, desktop.TITLE):  # a failure left it
            for window in self.screen.windows(title):
                self.screen.ask_to_close(window)

    def paint(self):
        call = gimp.paint_call(gimp.layer("Hill"), styles=["Painting 1"], options={"size": 64})
        return self.gimp.eval(f"(name-of {call})")

    def ask(self):
        """Opens the dialog; the place of the answer, and the window."""
        place = self.gimp.start(f"(name-of {RUN[gimp.VERSION].format(gimp.layer('Painting 2'))})")
        return place, self.screen.window(TITLE)

    def edit(self):
        """Paints, and opens the dialog with the recipe; the place of the answer, and the window."""
        self.paint()
        self.gimp.behave("invert")
        place = self.gimp.start(f"(name-of {gimp.edit_call(gimp.layer(PAINTED), 'RUN-INTERACTIVE')})")
        window = self.screen.window(desktop.TITLE)
        self.session.wait_for("estimate")  # so the style is ticked
        return place, window

    def painted(self):
        return [name for name in self.session.names() if "strength" in name]

    def test_ARecipeIsEditedWithWhatItHasForItsPhotograph(self):
        place, window = self.edit()
        self.session.shot(window, "edit")
        # It shows the last try, the opposite of the hill.
        wait_until(lambda: self.screen.pixels(window)[380:420, 100:400, 1].mean() > 120, "the painting")
        self.screen.key(window, "alt+s", "ctrl+a", "7", "5", "Tab", "alt+p")
        self.assertEqual(self.gimp.finish(place), "Painting 1, strength 75")
        job = self.gimp.job()
        self.assertEqual(job["inputs"]["content"]["name"], "Hill")
        self.assertEqual(job["options"], {"size": 64, "strength": 75, "seed": 0})
        self.assertEqual(len(job["inputs"]["styles"]), 1)
        self.assertEqual(self.painted(), ["Painting 1, strength 75", PAINTED])

    def test_TheEditedPaintingMayBeReplaced(self):
        place, window = self.edit()
        self.screen.key(window, "alt+n", "alt+s", "ctrl+a", "7", "5", "Tab", "alt+p")
        self.gimp.finish(place)
        self.assertEqual(self.painted(), ["Painting 1, strength 75"])

    def test_LeavingTheEditingLeavesThePainting(self):
        place, window = self.edit()
        self.screen.key(window, "Escape")
        try:
            self.gimp.finish(place)
        except gimp.Refused:
            pass
        self.assertEqual(self.painted(), [PAINTED])

    def test_TheMenuEditsTheActiveLayersRecipe(self):
        self.paint()
        self.gimp.behave("invert")
        self.screen.key(self.session.window, "alt+r")
        self.screen.call("xdotool", "key", "--delay", "150", "a", "e")
        window = self.screen.window(desktop.TITLE)
        self.session.wait_for("estimate")
        self.screen.ask_to_close(window)
        self.session.wait_for_silence()

    def test_AScriptPaintsARecipeAgainAndIsRefusedWithoutOne(self):
        self.paint()
        self.gimp.behave("invert")
        self.gimp.eval(gimp.edit_call(gimp.layer(PAINTED)))
        self.assertEqual(self.gimp.job()["inputs"]["content"]["name"], "Hill")
        with self.assertRaises(gimp.Refused) as refused:
            self.gimp.eval(gimp.edit_call(gimp.layer("Hill")))
        self.assertIn("has no recipe", str(refused.exception))

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
        self.session.undo()
        wait_until(lambda: self.session.names() == before, "the image without the painting")


if __name__ == "__main__":
    desktop.main()
