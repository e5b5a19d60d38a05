#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The styles that are at hand in the dialog: samples, the user's folder, those used last."""

import json
import os
import pathlib
import subprocess
import tempfile

import desktop
import gimp
import numpy as np
from desktop import TITLE, Session
from screen import wait_until

PICKER = "^Styles at Hand"
VIOLET = (160, 20, 230)
SAMPLES = ("strokes", "glass", "ink", "painted-portrait")


def sample_color(name):
    """What the fake helper paints it with."""
    return (250, 37 * ord(name[0]) % 256, 20)


class StylesAtHand(desktop.Test):
    """Only a photograph is open."""

    @classmethod
    def setUpClass(cls):
        cls.caches = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.caches.cleanup)
        cls.session = Session(styles=0, theme=os.environ.get("MANIERA_LOOK_THEME", "dark"),
                              environment={"XDG_CACHE_HOME": cls.caches.name})
        cls.screen, cls.gimp = cls.session.screen, cls.session.gimp
        cls.gimp.behave("invert")

    def setUp(self):
        self.dialog = self.session.open_dialog()
        self.session.wait_for_preview(self.dialog)
        self.folder = self.gimp.profile / "maniera/styles"

    def tearDown(self):
        for title in (PICKER, TITLE):
            for window in self.screen.windows(title):
                self.screen.ask_to_close(window)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.session.reopen(styles=0)

    def open_picker(self):
        """Once more where the dialog was not ready to hear the key."""
        self.screen.settle(self.dialog)
        for _ in range(5):
            self.screen.key(self.dialog, "alt+e")
            try:
                return self.screen.window(PICKER, 20)
            except AssertionError:
                continue
        raise AssertionError(f"the styles do not come\n{self.gimp.tail()}")

    def count(self, window, color):
        return np.sum(np.all(abs(self.screen.pixels(window) - color) < 8, -1))

    def wait_for_color(self, window, color):
        wait_until(lambda: self.count(window, color) > 500, f"a thumbnail in {color}")

    def violet_file(self, path, size="200x150"):
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["/usr/bin/convert", "-size", size, f"xc:rgb{VIOLET}", path], check=True)
        return path

    def painted_like(self):
        """The last style's file, after the dialog has painted."""
        self.session.wait_for("estimate")
        self.screen.settle(self.dialog)
        before = self.session.heard("stylize")
        self.screen.key(self.dialog, "alt+p")
        self.session.wait_for("stylize", before + 1)
        self.screen.wait_gone(TITLE)
        *_, style = self.gimp.job()["inputs"]["styles"]
        return pathlib.Path(style["file"])

    def test_1_ASampleIsFoundByKeysAlone(self):
        picker = self.open_picker()
        for name in SAMPLES:  # drawn when the window is open
            self.wait_for_color(picker, sample_color(name))
        self.session.shot(picker, "styles-at-hand")
        _, _, width, height = self.screen.geometry(picker)
        self.assertLessEqual((width, height), (1024, 768 - 60))
        self.screen.key(picker, "alt+s")
        self.screen.type(picker, "glass")
        wait_until(lambda: not self.count(picker, sample_color("ink")), "only what is sought")
        self.wait_for_color(picker, sample_color("glass"))
        self.screen.key(picker, "Return")
        self.screen.wait_gone(PICKER)
        self.wait_for_color(self.dialog, sample_color("glass"))
        self.session.shot(self.dialog, "sample-ticked")
        self.assertEqual(self.painted_like().name, "glass.png")

    def test_2_WhatWasUsedLastComesFirst(self):
        picker = self.open_picker()
        self.wait_for_color(picker, sample_color("glass"))
        self.screen.settle(picker)
        self.session.shot(picker, "last-used")
        self.screen.key(picker, "Return")  # the first is selected
        self.screen.wait_gone(PICKER)
        self.wait_for_color(self.dialog, sample_color("glass"))

    def test_3_APaintingInTheFolderIsFoundAndADoubleClickAddsIt(self):
        self.violet_file(self.folder / "violet.png")
        (self.folder / "notes.png").write_text("no picture")
        (self.folder / "monet.maniera-style").write_text("a pack")
        picker = self.open_picker()
        self.wait_for_color(picker, VIOLET)
        self.session.shot(picker, "own-folder")
        self.screen.key(picker, "alt+s")
        self.screen.type(picker, "violet")
        wait_until(lambda: not self.count(picker, sample_color("glass")), "only what is sought")
        where = np.argwhere(np.all(abs(self.screen.pixels(picker) - VIOLET) < 8, -1))
        y, x = (int(place) for place in where[len(where) // 2])
        self.screen.call("xdotool", "mousemove", "--sync", "--window", str(picker), str(x), str(y),
                         "click", "--repeat", "2", "--delay", "60", "1")
        self.screen.wait_gone(PICKER)
        self.wait_for_color(self.dialog, VIOLET)
        self.assertEqual(self.painted_like(), self.folder / "violet.png")

    def test_4_ADroppedPictureIsCopiedIntoTheFolder(self):
        file = self.violet_file(self.gimp.folder / "images/dropped.png")
        picker = self.open_picker()
        self.screen.settle(picker)
        # The source of the drag stands in the corner, and windows here do not move by themselves.
        self.screen.call("xdotool", "windowmove", "--sync", str(picker), "300", "200")
        with self.screen.offered(file.as_uri()) as source:
            self.screen.drag(source, picker, 300, 200)
        wait_until((self.folder / "dropped.png").exists, "a copy in the folder")
        self.assertEqual((self.folder / "dropped.png").read_bytes(), file.read_bytes())

    def test_5_AStyleThatVanishedIsTold(self):
        file = self.violet_file(self.folder / "a vanishing one.png")
        picker = self.open_picker()
        self.screen.key(picker, "alt+s")
        self.screen.type(picker, "vanishing")
        self.wait_for_color(picker, VIOLET)
        self.screen.settle(picker)
        words = np.s_[-90:-50]
        before = self.screen.pixels(picker)[words]
        file.unlink()
        self.screen.key(picker, "Return")
        wait_until(lambda: np.mean(self.screen.pixels(picker)[words] != before) > 0.01, "a sentence")
        self.session.shot(picker, "vanished-style")
        self.assertTrue(self.screen.windows(PICKER))
        self.screen.key(picker, "Escape")
        self.screen.wait_gone(PICKER)

    def test_6_APresetBringsItsFilesBackWithTheirWeights(self):
        file = self.violet_file(self.folder / "violet.png")
        picker = self.open_picker()
        self.screen.key(picker, "alt+s")
        self.screen.type(picker, "violet")
        self.wait_for_color(picker, VIOLET)
        self.screen.settle(picker)
        self.screen.key(picker, "Return")
        self.screen.wait_gone(PICKER)
        self.wait_for_color(self.dialog, VIOLET)
        self.screen.key(self.dialog, "alt+t", "Tab", "space")  # the button that saves
        name = self.screen.window("^Save Preset")
        self.screen.type(name, "Violet")
        self.screen.key(name, "Return")
        self.screen.wait_gone("^Save Preset")
        self.screen.ask_to_close(self.dialog)
        self.screen.wait_gone(TITLE)
        kept = self.gimp.profile / "maniera/presets.json"
        presets = json.loads(kept.read_text())
        styles = {style["file"]: style for style in presets["Violet"]["styles"]}
        self.assertIn(str(file), styles)
        styles[str(file)]["weight"] = 3
        presets["Violet"]["styles"] = [styles[str(file)], {"file": str(self.folder / "gone.png")}]
        kept.write_text(json.dumps(presets))
        (self.gimp.profile / "maniera/last-values.json").unlink(missing_ok=True)
        self.dialog = self.session.open_dialog()
        self.session.wait_for_preview(self.dialog)
        self.screen.settle(self.dialog)
        self.assertEqual(self.count(self.dialog, VIOLET), 0)
        self.screen.key(self.dialog, "alt+t", "Down")
        self.wait_for_color(self.dialog, VIOLET)
        self.screen.settle(self.dialog)
        self.session.shot(self.dialog, "preset-with-styles")
        self.assertEqual(self.painted_like(), file)
        (style,) = self.gimp.job()["inputs"]["styles"]
        self.assertEqual(style["weight"], 3)

    def test_7_PicturesThatComeWhenTheWindowIsDrawnAreDrawnToo(self):
        self.violet_file(self.folder / "0 that takes long.png", "6000x4000")
        self.violet_file(self.folder / "1.png")
        picker = self.open_picker()
        # The pointer is far away, and no key comes: nothing else has the window drawn anew.
        wait_until(lambda: self.count(picker, VIOLET) > 10000, "both violet pictures")


if __name__ == "__main__":
    desktop.main("/usr/bin/convert")
