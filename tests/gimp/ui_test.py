#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialog as a user meets it: opened from the menu, driven by keys and clicks, judged by the image."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

import desktop
import gimp
import numpy as np
import xcf
from desktop import SHOTS, TITLE, Session, photo, picture_from
from screen import wait_until

CHOOSER = "^Add Pictures"
VIOLET = (160, 20, 230)


def tabs_to(option):
    """How often Tab is pressed from the colors to an option: over the two parts of the output, and then
    the table's order, but for `strength`, which stands further above."""
    table = (pathlib.Path(__file__).parents[2] / "core/options.c").read_text()
    rows = re.findall(r'{"([a-z-]+)", MANIERA_KIND', table)
    rows.remove("strength")
    return rows.index(option) - rows.index("objective") + 1 + 2


class Dialog(desktop.Test):
    """Two paintings lie below the hill. The helper is the fake one, which inverts colours."""

    def setUp(self):
        for file in self.gimp.profile.glob("maniera*"):  # last values
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        self.session.reopen()
        self.dialog = self.session.open_dialog()

    def tearDown(self):
        for title in (CHOOSER, TITLE):  # a failure left it
            for window in self.screen.windows(title):
                self.screen.ask_to_close(window)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()

    def tick_first(self):
        self.session.wait_for_preview(self.dialog)
        self.session.tick_first(self.dialog)

    def start_slow(self, seconds=300):
        self.gimp.behave(f"slow:{seconds}")
        self.tick_first()
        before = self.screen.pixels(self.dialog)
        self.screen.key(self.dialog, "Return")
        self.session.wait_for("stylize")
        return before

    def press_until_seen(self, key, window=None):
        """Without a window manager, a window above has the focus for a moment after it went, and a new
        one not yet. For keys that do no harm twice."""
        window = window or self.dialog
        self.screen.settle(window)
        before = self.screen.pixels(window)
        for _ in range(5):
            self.screen.key(window, key)
            try:
                wait_until(lambda: np.mean(self.screen.pixels(window) != before) > 2e-4, key, 5)
                return
            except AssertionError:
                pass
        raise AssertionError(f"{key} does nothing")

    def press_until_gone(self, key):
        """See press_until_seen()."""
        for _ in range(5):
            self.screen.key(self.dialog, key)
            try:
                self.screen.wait_gone(TITLE, 10)
                return
            except AssertionError:
                pass
        raise AssertionError(f"the dialog stays after {key}")

    def assert_painted(self, names, style="Painting 1"):
        new = [name for name in names if style in name and name != style]
        self.assertEqual(len(new), 1, names)
        self.assertEqual(names.index(new[0]), names.index("Hill") - 1)
        np.testing.assert_array_equal(self.session.image().layer(new[0]).pixels[..., :3],
                                      255 - photo())

    def assert_as_it_was(self):
        self.assertEqual(self.session.names(), ["Hill", "Painting 1", "Painting 2"])

    def violet_file(self):
        """A picture on disk, in a colour that the dialog has nowhere else."""
        path = self.gimp.folder / "images/violet.png"
        subprocess.run(["/usr/bin/convert", "-size", "200x150", f"xc:rgb{VIOLET}", path], check=True)
        return path

    def violet_pixels(self):
        return np.sum(np.all(abs(self.screen.pixels(self.dialog) - VIOLET) < 8, -1))

    def line_of_words(self):
        """What the dialog shows where its line of words is, above the buttons."""
        return self.screen.pixels(self.dialog)[-90:-55]

    def assert_file_is_painted_like(self, path, shot):
        """It is in the list, with its picture, and ticked; then it is what the painting is like."""
        wait_until(lambda: self.violet_pixels() > 48 * 36 * 0.9, "the file's thumbnail")
        self.session.wait_for("estimate")
        self.session.shot(self.dialog, shot)
        self.press_until_gone("alt+p")
        self.assert_painted(self.session.wait_for_layers(4), "violet")
        (style,) = self.gimp.job()["inputs"]["styles"]
        self.assertEqual(style["file"], str(path))

    def test_KeysAlonePaintALayer(self):
        self.assertEqual(self.gimp.heard(), [], "a helper was started before one was needed")
        self.tick_first()
        self.session.shot(self.dialog, "ticked")
        self.screen.key(self.dialog, "Return")
        self.screen.wait_gone(TITLE)
        self.assert_painted(self.session.wait_for_layers(4))

    def test_ATickedNameIsAsBrightAsTheOthers(self):
        name = np.s_[44:66, -322:-240]
        self.session.wait_for_preview(self.dialog)
        before = self.screen.pixels(self.dialog)[name].max()
        self.tick_first()
        self.screen.settle(self.dialog)
        self.assertGreater(self.screen.pixels(self.dialog)[name].max(), before - 20)

    def test_AMousePaintsALayer(self):
        self.session.wait_for_preview(self.dialog)
        self.screen.settle(self.dialog)  # on a busy machine the list of styles is still moving
        self.screen.click(self.dialog, -300, 66)
        self.session.wait_for("estimate")
        self.screen.click(self.dialog, -60, -32)
        self.screen.wait_gone(TITLE)
        self.assert_painted(self.session.wait_for_layers(4))

    def test_StopAndKeepGivesALayer(self):
        before = self.start_slow(40)
        # The fake helper inverts from the left: the preview changes as it goes.
        wait_until(lambda: np.mean(self.screen.pixels(self.dialog) != before) > 0.1,
                   "a preview of what is painted")
        self.session.shot(self.dialog, "painting")
        self.screen.key(self.dialog, "alt+k")
        self.screen.wait_gone(TITLE)
        self.assert_painted(self.session.wait_for_layers(4))

    def test_AWarningIsALineOfTheDialog(self):
        self.start_slow()
        above = np.s_[-116:-92, :300]  # the line of words; the preview ends further up
        self.screen.settle(self.dialog)
        without = self.screen.pixels(self.dialog)[above]
        self.screen.key(self.dialog, "Escape")
        self.session.wait_for("estimate", 2)
        self.gimp.behave("warn:300")
        self.screen.key(self.dialog, "alt+p")
        self.session.wait_for("stylize")
        wait_until(lambda: np.mean(self.screen.pixels(self.dialog)[above] != without) > 0.05,
                   "another line")
        self.session.shot(self.dialog, "warning")
        self.screen.key(self.dialog, "alt+k")
        self.screen.wait_gone(TITLE)
        self.assert_painted(self.session.wait_for_layers(4))

    def test_EscapeStopsThePaintingThenLeaves(self):
        self.start_slow()
        self.screen.key(self.dialog, "Escape")
        self.session.wait_for("estimate", 2)  # so it is as it was before
        self.assertEqual(self.screen.windows(TITLE), [self.dialog])
        self.assert_as_it_was()
        self.screen.key(self.dialog, "Escape")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.assert_as_it_was()

    def test_ClosingTheWindowEndsThePainting(self):
        self.start_slow()
        self.screen.ask_to_close(self.dialog)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.assert_as_it_was()

    def test_AfterAnErrorItCanBeTriedAgain(self):
        self.gimp.behave("error:out-of-memory")
        self.tick_first()
        self.screen.key(self.dialog, "Return")
        self.session.wait_for("stylize")
        self.session.wait_for_helpers_end()
        self.session.shot(self.dialog, "error")
        self.assert_as_it_was()
        self.gimp.behave("invert")
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        self.assert_painted(self.session.wait_for_layers(4))

    def test_WithoutAModelItOffersToFetchIt(self):
        self.gimp.behave("error:no-model")
        self.tick_first()
        self.screen.key(self.dialog, "Return")
        self.session.wait_for("stylize")
        self.session.wait_for_helpers_end()
        self.session.shot(self.dialog, "no-model")
        self.gimp.behave("invert")
        self.screen.key(self.dialog, "alt+f")
        self.session.wait_for("estimate")
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        self.assert_painted(self.session.wait_for_layers(4))

    def test_WhatIsChosenReachesTheHelper(self):
        self.tick_first()
        keys = ["Tab", "Up", "Up",  # weight: 1.2
                "Tab", "Down", "Down", "Down",  # stroke size: 0.7
                "Tab", "Down",  # paint in: the first that there is, the channel
                "alt+z", "ctrl+a", "2", "0", "0", "Tab",
                "alt+q", "Down",  # high
                "alt+s", "ctrl+a", "7", "5", "Tab"]
        for key in keys:
            self.screen.key(self.dialog, key)
        self.session.shot(self.dialog, "chosen")
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_layers(4)
        job = self.gimp.job()
        (style,) = job["inputs"]["styles"]
        self.assertAlmostEqual(style["weight"], 1.2)
        self.assertAlmostEqual(style["style-scale"], 0.7)
        self.assertEqual((style["mask"]["width"], style["mask"]["height"]), (320, 240))
        self.assertNotIn("style-mask", style)
        self.assertEqual(job["options"], {"size": 200, "quality": "high", "strength": 75})

    def test_TheControlsStayInTheirPlaceWhenOneIsSet(self):
        """Although a button comes that takes it back."""
        quality = np.s_[428:442, -390:]
        self.tick_first()
        self.screen.settle(self.dialog)
        before = self.screen.pixels(self.dialog)[quality]
        self.screen.key(self.dialog, "alt+s", "ctrl+a", "7", "5", "Tab")
        self.session.wait_for("estimate", 2)
        self.screen.settle(self.dialog)
        self.session.shot(self.dialog, "one-set")
        np.testing.assert_array_equal(self.screen.pixels(self.dialog)[quality], before)

    def test_AFileThatIsChosenIsPaintedLike(self):
        path = self.violet_file()
        self.session.wait_for_preview(self.dialog)
        self.screen.key(self.dialog, "alt+d")
        chooser = self.screen.window(CHOOSER)
        x, y, width, height = self.screen.geometry(chooser)
        self.assertTrue(x >= 0 and y >= 0 and x + width <= 1024 and y + height <= 768,
                        f"{width}x{height}+{x}+{y} is not all to be seen")
        self.press_until_seen("slash", chooser)  # a line to type in
        self.screen.key(chooser, "ctrl+a")
        self.screen.type(chooser, str(path))
        self.session.shot(chooser, "chooser")
        self.screen.key(chooser, "Return")
        self.screen.wait_gone(CHOOSER)
        self.assert_file_is_painted_like(path, "file")

    def test_AFileThatIsDroppedIsPaintedLike(self):
        path = self.violet_file()
        self.session.wait_for_preview(self.dialog)
        with self.screen.offered(path.as_uri()) as source:
            self.screen.drag(source, self.dialog, -250, 150)
            self.assert_file_is_painted_like(path, "dropped")

    def test_ALeavingOfTheChooserAddsNothing(self):
        self.session.wait_for_preview(self.dialog)
        self.screen.settle(self.dialog)
        styles = np.s_[:320, -390:]
        before = self.screen.pixels(self.dialog)[styles]
        self.screen.key(self.dialog, "alt+d")
        chooser = self.screen.window(CHOOSER)
        self.screen.key(chooser, "Escape")
        self.screen.wait_gone(CHOOSER)
        self.screen.settle(self.dialog)
        after = self.screen.pixels(self.dialog)[styles]
        self.assertLess(np.mean(after != before), 0.02, "another row, or a tick")  # a frame of focus is less
        self.assertEqual(self.gimp.heard(), [])

    def test_AChannelCanBeTheStyleMask(self):
        self.gimp.behave("show:style-mask0")
        self.tick_first()
        for key in ("Tab", "Tab", "Tab", "Tab", "Down"):  # style mask: the first that there is
            self.screen.key(self.dialog, key)
        self.session.shot(self.dialog, "style-mask")
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        names = self.session.wait_for_layers(4)
        (style,) = self.gimp.job()["inputs"]["styles"]
        self.assertNotIn("mask", style)
        mask = style["style-mask"]
        self.assertEqual((mask["width"], mask["height"]), (200, 150))  # the painting's own frame
        new = names[names.index("Hill") - 1]
        shown = self.session.image().layer(new).pixels[..., :3]
        # The channel: white in the upper two thirds of the painting.
        self.assertEqual((shown[:155].min(), shown[165:].max()), (255, 0))

    def test_WithoutATickNothingIsPainted(self):
        self.session.wait_for_preview(self.dialog)
        self.session.shot(self.dialog, "nothing-ticked")
        self.screen.key(self.dialog, "alt+p")
        self.screen.settle(self.dialog)
        without = self.line_of_words()
        self.tick_first()
        self.screen.settle(self.dialog)
        self.assertGreater(np.mean(self.line_of_words() != without), 0.01, "the line says the same")
        self.screen.key(self.dialog, "space")  # not ticked again
        wait_until(lambda: np.array_equal(self.line_of_words(), without), "what it said at first")
        self.screen.key(self.dialog, "alt+p")
        self.screen.settle(self.dialog)
        self.assertEqual(self.screen.windows(TITLE), [self.dialog])
        self.assertEqual(self.session.heard("stylize"), 0)
        self.screen.key(self.dialog, "space")
        self.press_until_gone("alt+p")
        self.assert_painted(self.session.wait_for_layers(4))

    def test_WhatIsWrongIsSaidWhereItIsSet(self):
        self.tick_first()
        self.screen.key(self.dialog, "alt+a", "alt+l", *["Tab"] * tabs_to("content-layers"), "ctrl+a")
        self.screen.type(self.dialog, "relu4_1")
        self.session.wait_for("estimate", 2)
        self.screen.settle(self.dialog)
        right = self.line_of_words()
        self.screen.type(self.dialog, ":-")
        wait_until(lambda: np.mean(self.line_of_words() != right) > 0.01, "a complaint")
        self.session.shot(self.dialog, "wrong")
        asked = self.session.heard("estimate")
        self.screen.key(self.dialog, "alt+p", "Return")
        self.screen.settle(self.dialog)
        self.assertEqual(self.screen.windows(TITLE), [self.dialog])
        self.assertEqual((self.session.heard("stylize"), self.session.heard("estimate")), (0, asked))
        self.screen.key(self.dialog, "BackSpace", "BackSpace")
        wait_until(lambda: np.array_equal(self.line_of_words(), right), "the estimate again")
        self.press_until_gone("alt+p")
        self.assert_painted(self.session.wait_for_layers(4))
        self.assertEqual(self.gimp.job()["options"], {"content-layers": "relu4_1:1"})

    def test_FetchingTheModelCanBeCancelled(self):
        self.gimp.behave("error:no-model")
        self.tick_first()
        self.screen.key(self.dialog, "Return")
        self.session.wait_for("stylize")
        self.session.wait_for_helpers_end()
        files = self.gimp.files()
        self.gimp.behave("hang")
        self.screen.key(self.dialog, "alt+f")
        wait_until(lambda: any("models fetch" in command for _, command in self.gimp.processes()),
                   "the helper fetches")
        self.session.shot(self.dialog, "fetching")
        self.screen.key(self.dialog, "Escape")
        self.session.wait_for_helpers_end()
        self.assertEqual(self.gimp.files(), files)
        self.assertEqual(self.screen.windows(TITLE), [self.dialog])
        self.gimp.behave("invert")
        self.press_until_gone("alt+p")
        self.assert_painted(self.session.wait_for_layers(4))

    def test_APresetBringsTheSettingsBack(self):
        self.tick_first()
        for key in ("alt+q", "Up", "alt+t", "Tab", "space"):  # draft; the button that saves
            self.screen.key(self.dialog, key)
        name = self.screen.window("^Save Preset")
        self.screen.type(name, "My sketch")
        self.screen.key(name, "Return")
        self.screen.wait_gone("^Save Preset")
        self.press_until_seen("alt+r")  # reset: normal, and no preset
        self.screen.key(self.dialog, "alt+t")
        self.press_until_seen("Down")
        self.session.shot(self.dialog, "preset")
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_layers(4)
        self.assertEqual(self.gimp.job()["options"], {"quality": "draft"})

    def test_CtrlFPaintsTheSameAgain(self):
        self.tick_first()
        self.screen.key(self.dialog, "Return")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_layers(4)
        self.screen.key(self.session.window, "ctrl+f")
        names = self.session.wait_for_layers(5)
        self.assertEqual(self.screen.windows(TITLE), [])
        self.assertEqual(sum("Painting 1" in name for name in names), 3)

    def test_ItOpensAsItWasLeft(self):
        self.tick_first()
        self.screen.key(self.dialog, "Return")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_layers(4)
        self.session.wait_for_silence()
        self.dialog = self.session.open_dialog()
        self.session.wait_for_preview(self.dialog)
        self.session.wait_for("estimate", 2)  # ticked, or nothing would be asked
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_layers(5)


class RealHelper(unittest.TestCase):
    """The helper that users have, with pictures that it makes by code."""

    PROGRAM = gimp.BUILD / "bin/maniera"

    def setUp(self):
        if not self.PROGRAM.exists():
            self.skipTest("the helper was not built")
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([self.PROGRAM, "sample", "all", "-o", folder], check=True,
                           capture_output=True)
            layers = [xcf.Layer(name.capitalize(), picture_from(f"{folder}/{name}.png"))
                      for name in ("landscape", "strokes", "glass", "ink")]
        self.landscape = layers[0].pixels
        height, width = self.landscape.shape[:2]
        self.session = Session(image=xcf.Image(width, height, layers))
        self.addCleanup(self.session.close)

    def test_APaintingComesIntoSight(self):
        session = self.session
        session.gimp.behave("", helper=self.PROGRAM)
        dialog = session.open_dialog()
        session.wait_for_preview(dialog)
        session.screen.key(dialog, "space")
        before = session.screen.pixels(dialog)
        session.screen.key(dialog, "Return")
        seen = 0
        sight = SHOTS / f"gimp{gimp.VERSION}-readme.png"

        def look():
            """Whether it has gone; keeps the last sight of it."""
            nonlocal seen
            try:
                now = session.screen.pixels(dialog)
                left = np.s_[:450, :500]
                if np.mean(abs(now[left] - before[left])) > 10:
                    seen += 1
                    session.screen.shot(sight, dialog)
            except (AssertionError, subprocess.SubprocessError, ValueError):
                pass  # it went while it was looked at
            time.sleep(1)
            return not session.screen.windows(TITLE)

        wait_until(look, "a painting", 900)
        self.assertGreater(seen, 2, "previews of the painting")
        # GIMP 3's is the README's: a palette makes it a third as large.
        subprocess.run(["/usr/bin/convert", sight, "-strip", "-colors", "256", f"png8:{sight}"], check=True)
        self.assertLess(sight.stat().st_size, 300e3)
        painted = session.image().layers[0]
        self.assertIn("Strokes", painted.name)
        self.assertGreater(np.mean(abs(painted.pixels[..., :3].astype(int) - self.landscape)), 10)


if __name__ == "__main__":
    desktop.main()
