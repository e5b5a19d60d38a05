#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Try all: a window with a small draft in each listed style alone."""

import json
import subprocess
import tempfile
import time
import unittest

import desktop
import numpy as np
import xcf
from desktop import TITLE
from gimp import BUILD
from screen import wait_until

GALLERY = "^All Styles Tried"
PROGRAM = BUILD / "bin/maniera"
# A style of one color each, of a size of its own; "Speck" is too small to be one.
COLORS = {"Rose": (230, 20, 120), "Moss": (30, 150, 40), "Speck": (250, 250, 10), "Plum": (110, 20, 180)}
SIZES = {"Rose": (60, 50), "Moss": (70, 50), "Speck": (20, 20), "Plum": (80, 50)}
TRIED = [name for name in COLORS if name != "Speck"]


def image():
    layers = [xcf.Layer("Hill", desktop.photo())]
    layers += [xcf.Layer(name, np.full((SIZES[name][1], SIZES[name][0], 3), COLORS[name], np.uint8))
               for name in COLORS]
    return xcf.Image(320, 240, layers)


class GalleryTest(desktop.Test):
    """The fake helper shows the style, so that a draft is as colored as its style."""

    quick_look = False

    @classmethod
    def setUpClass(cls):
        cls.session = desktop.Session(image=image())
        cls.screen, cls.gimp = cls.session.screen, cls.session.gimp

    def setUp(self):
        for file in self.gimp.profile.glob("maniera/*"):  # last values
            file.unlink()
        self.gimp.behave("show:style0")
        self.dialog = self.session.open_dialog(quick_look=self.quick_look)
        self.session.wait_for_preview(self.dialog)
        self.screen.settle(self.dialog)

    def tearDown(self):
        for title in (GALLERY, TITLE):
            for window in self.screen.windows(title):
                self.screen.ask_to_close(window)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.gimp.eval("(close-displays)")
        self.session.open(image())

    def open_gallery(self):
        """The button is before the first style."""
        self.screen.key(self.dialog, "shift+Tab", "space")
        return self.screen.window(GALLERY)

    def places(self, window, color):
        return np.argwhere(np.all(abs(self.screen.pixels(window) - color) < 8, -1))

    def wait_for_cell(self, window, name):
        wait_until(lambda: len(self.places(window, COLORS[name])) > 9000, f"a draft like {name}")

    def wait_for_all(self, window):
        for name in TRIED:
            self.wait_for_cell(window, name)
        self.screen.settle(window)

    def click_cell(self, window, name):
        where = self.places(window, COLORS[name])
        y, x = (int(place) for place in where[len(where) // 2])
        self.screen.click(window, x, y)

    def close_gallery(self, window):
        self.screen.key(window, "Escape")
        self.screen.wait_gone(GALLERY)

    def jobs(self):
        asked = [json.loads(line) for line in self.gimp.heard() if line.startswith("{")]
        return [each["params"]["job"] for each in asked if each["method"] == "stylize"]

    def styles(self, job):
        """Their names, by the shapes of their pictures."""
        sizes = [(style["file"]["width"], style["file"]["height"]) for style in job["inputs"]["styles"]]
        return [name for size in sizes for name in SIZES if SIZES[name] == size]

    def assert_paints_like(self, *names):
        self.session.wait_for("estimate")
        self.screen.settle(self.dialog)
        count = self.session.heard("stylize")
        self.screen.key(self.dialog, "alt+p")
        self.session.wait_for("stylize", count + 1)
        self.screen.wait_gone(TITLE)
        self.assertEqual(self.styles(self.jobs()[-1]), list(names))


class TryAll(GalleryTest):
    def test_EachStyleIsTriedAloneInItsTurnWithTheSettings(self):
        self.screen.key(self.dialog, "space", "alt+s", "ctrl+a", "7", "5", "Tab")
        self.session.wait_for("estimate")
        self.screen.click(self.dialog, -50, 26)
        gallery = self.screen.window(GALLERY)
        self.wait_for_all(gallery)
        self.session.shot(gallery, "try-all")
        self.assertEqual([self.styles(job) for job in self.jobs()], [[name] for name in TRIED])
        for job in self.jobs():
            self.assertEqual(job["options"],
                             {"size": 256, "quality": "draft", "parts": "auto", "strength": 75, "time-limit": 10})
        _, _, width, height = self.screen.geometry(gallery)
        self.assertLessEqual((width, height), (1024, 768 - 60))
        self.close_gallery(gallery)
        self.assertEqual(self.session.names(), ["Hill", *COLORS])
        self.assert_paints_like("Rose")  # what was ticked is so still

    def test_OneThatFailsSaysWhyAndTheRestGoesOn(self):
        gallery = self.open_gallery()
        self.wait_for_all(gallery)
        self.session.shot(gallery, "try-all-failed")
        rose, moss, plum = (self.places(gallery, COLORS[name]).mean(axis=0) for name in TRIED)
        self.assertAlmostEqual(rose[0], moss[0], delta=4)  # in one line
        self.assertAlmostEqual(rose[1], plum[1], delta=4)  # the next begins
        self.assertGreater(plum[0], rose[0] + 100)
        third = self.screen.pixels(gallery)[int(rose[0]) - 60 : int(rose[0]) + 60, int(2 * moss[1] - rose[1]) - 100 :][:, :200]
        self.assertGreater(np.std(third), 10, "nothing is said in the third place")

    def test_AHelperThatDiesIsStartedAgainForTheNext(self):
        self.gimp.behave("crash")
        gallery = self.open_gallery()
        wait_until(lambda: self.session.heard("stylize") == len(TRIED), "a try of each")
        self.screen.settle(gallery)
        self.session.shot(gallery, "try-all-crashes")
        self.assertEqual(sum(line.startswith("start") for line in self.gimp.heard()), len(TRIED))
        self.assertEqual(self.screen.windows(GALLERY), [gallery])
        self.close_gallery(gallery)

    def stopped_with(self, *keys):
        """At the second of them."""
        self.gimp.behave("slow:1.5")
        gallery = self.open_gallery()
        self.session.wait_for("stylize", 2)
        self.session.shot(gallery, f"try-all-runs-{keys[0]}")
        self.screen.key(gallery, *keys)
        self.session.wait_for("stop")
        time.sleep(2)
        self.assertEqual(self.session.heard("stylize"), 2)
        return gallery

    def test_StopEndsTheWorkAndLeavesWhatIsTried(self):
        gallery = self.stopped_with("alt+s")
        self.assertEqual(self.screen.windows(GALLERY), [gallery])
        self.screen.key(gallery, "Return")  # the first, which came before
        self.close_gallery(gallery)
        self.assert_paints_like("Rose")

    def test_ClosingTheWindowEndsTheWork(self):
        self.stopped_with("Escape")
        self.screen.wait_gone(GALLERY)
        self.screen.key(self.dialog, "Tab", "space")  # the dialog goes on
        self.session.wait_for("estimate")

    def test_AClickTicksThatStyleAloneAndAnotherClickAnother(self):
        self.screen.key(self.dialog, "space")
        gallery = self.open_gallery()
        self.wait_for_all(gallery)
        self.click_cell(gallery, "Moss")
        self.session.wait_for("estimate", 2)
        self.click_cell(gallery, "Plum")
        self.session.wait_for("estimate", 3)
        self.assertGreater(len(self.places(gallery, COLORS["Plum"])), 9000, "not its colors below the pointer")
        self.session.shot(gallery, "try-all-chosen")
        self.close_gallery(gallery)
        self.session.shot(self.dialog, "try-all-ticked")
        self.assert_paints_like("Plum")

    def test_ArrowsAndReturnChoose(self):
        gallery = self.open_gallery()
        self.wait_for_all(gallery)
        self.screen.key(gallery, "Down")  # from the first to the second line
        self.session.shot(gallery, "try-all-keys")
        self.screen.key(gallery, "Up", "Right", "Return")
        self.session.wait_for("estimate")
        self.close_gallery(gallery)
        self.assert_paints_like("Moss")


class QuickLook(GalleryTest):
    quick_look = True

    def test_ItFollowsWhileTheWindowIsOpen(self):
        gallery = self.open_gallery()
        self.wait_for_all(gallery)
        self.screen.call("xdotool", "windowmove", "--sync", str(gallery), "0", "420")  # the preview is above it
        self.click_cell(gallery, "Rose")
        wait_until(lambda: len(self.places(self.dialog, COLORS["Rose"])) > 20000, "a quick look")


class RealHelper(unittest.TestCase):
    def test_EachCellIsADraftInItsStyle(self):
        if not PROGRAM.exists():
            self.skipTest("the helper was not built")
        if "vgg" not in subprocess.run([PROGRAM, "models"], capture_output=True, text=True).stdout:
            self.skipTest("there is no model")
        layers = [xcf.Layer("Hill", desktop.photo())]
        with tempfile.TemporaryDirectory() as folder:
            for name in "strokes", "ink":
                subprocess.run([PROGRAM, "sample", name, "-o", f"{folder}/{name}.png"], check=True)
                layers.append(xcf.Layer(name, desktop.picture_from(f"{folder}/{name}.png")))
        session = desktop.Session(image=xcf.Image(320, 240, layers))
        self.addCleanup(session.close)
        session.gimp.behave("", helper=PROGRAM)
        dialog = session.open_dialog()
        session.wait_for_preview(dialog)
        session.screen.settle(dialog)
        session.screen.key(dialog, "shift+Tab", "space")
        gallery = session.screen.window(GALLERY)
        left, right = np.s_[40:180, 40:240], np.s_[40:180, 320:520]

        def both():
            pixels = session.screen.pixels(gallery)
            drafts = [pixels[at].astype(float) for at in (left, right)]
            return min(np.std(draft) for draft in drafts) > 10 and drafts

        strokes, ink = wait_until(both, "two drafts")
        session.shot(gallery, "try-all-real")
        self.assertGreater(np.mean(abs(strokes - ink)), 10, "they are alike")


if __name__ == "__main__":
    desktop.main("/usr/bin/convert")
