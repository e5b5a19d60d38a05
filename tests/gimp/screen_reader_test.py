#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What those hear who cannot see the dialog: asked of the accessibility bus, as a screen reader does."""

import contextlib
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import desktop
import gimp
from screen import wait_until

SPOKEN = pathlib.Path(gimp.HERE) / "spoken.py"


@contextlib.contextmanager
def session_bus():
    """A D-Bus of our own; the environment of programs on it."""
    with tempfile.TemporaryDirectory() as folder:
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"],
                               env={**os.environ, "XDG_RUNTIME_DIR": folder}, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
        try:
            yield {"DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip(),
                   "XDG_RUNTIME_DIR": folder, "NO_AT_BRIDGE": "0",
                   # GTK 3 has it built in
                   **({"GTK_MODULES": "gail:atk-bridge"} if gimp.VERSION == 2 else {})}
        finally:
            bus.terminate()  # and what it has started ends with it
            bus.wait(30)
            bus.stdout.close()


class ScreenReader(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ends = contextlib.ExitStack()
        cls.addClassCleanup(cls.ends.close)
        cls.bus = cls.ends.enter_context(session_bus())
        cls.session = desktop.Session(environment=cls.bus)
        cls.ends.callback(cls.session.close)
        cls.screen = cls.session.screen

    def setUp(self):
        self.dialog = self.session.open_dialog()
        self.session.wait_for_preview(self.dialog)

    def tearDown(self):
        self.screen.ask_to_close(self.dialog)
        self.screen.wait_gone(desktop.TITLE)
        self.session.wait_for_silence()

    def heard(self):
        """The parts that show."""
        done = subprocess.run([SPOKEN, "maniera"], capture_output=True, text=True, check=True, timeout=120,
                              env={**self.screen.environment(), **self.bus})
        return [part for part in json.loads(done.stdout) if part["shows"]]

    def names(self, role):
        return [part["name"] for part in self.heard() if part["role"] == role]

    def part(self, name):
        return next((part for part in self.heard() if part["name"] == name), None)

    def test_WhateverTakesTheFocusHasAName(self):
        self.screen.key(self.dialog, "space", "alt+a")  # ticks a style; the rest of the settings
        wait_until(lambda: "Parts" in self.names("combo box"), "the rest of the settings")
        found = self.heard()
        buttons = [part["name"] for part in found if part["role"] == "button"]
        self.assertGreater(len(buttons), 8)
        # Two that sound the same cannot be told apart.
        self.assertEqual(len(buttons), len(set(buttons)), sorted(buttons))
        while "Style scale" not in [part["name"] for part in found]:  # out of sight until the focus comes near
            self.assertLess(len(found), 1000, "the focus does not come to all settings")
            self.screen.key(self.dialog, "Tab", "Tab", "Tab")
            found += self.heard()
        parts = [part for part in found if part["focus"] or part["role"] == "combo box"]
        self.assertGreater(len(parts), 25)
        for part in parts:
            self.assertTrue(part["name"], part)

    def test_TheWordsAreThoseThatAreSeen(self):
        self.assertIn("Painting 1, 200 × 150", self.names("check box"))
        for name in "Colors", "Quality":
            self.assertIn(name, self.names("combo box"))
        self.assertIn("Strength", self.names("slider"))
        self.assertIn("Paint", self.names("button"))
        self.screen.key(self.dialog, "space")
        wait_until(lambda: {"Weight, Painting 1", "Stroke size, Painting 1"}
                   <= set(self.names("spin button")), "the style's own settings")
        self.assertLessEqual({"Mask, Painting 1", "Style mask, Painting 1"},
                             set(self.names("combo box")))
        described = {part["name"]: part["description"] for part in self.heard()}
        self.assertIn("balanced", described["Strength"])

    def test_PartsAreNamed(self):
        self.assertFalse(self.part("Show parts")["usable"])
        self.screen.key(self.dialog, "space", "alt+w")  # a style; show parts
        wait_until(lambda: self.part("Part 1"), "the legend")
        self.assertLessEqual({"Part by part", "Show parts"}, set(self.names("check box")))
        self.assertTrue(self.part("Show parts")["usable"])
        self.assertTrue(self.part("Part 2"))
        self.assertTrue(self.part("Parts of Painting 1"))
        counterpart = self.part("Paint the part like")
        self.assertFalse(counterpart["usable"])  # no part is chosen
        self.screen.settle(self.dialog)
        self.screen.call("xdotool", "mousemove", "--window", str(self.dialog), "50", "362", "click", "1")
        wait_until(lambda: self.part("Paint the part like")["usable"], "a chosen part")
        self.screen.key(self.dialog, "Tab", "Tab", "Down")
        wait_until(lambda: self.part("Part 1, painted like part 2"), "what the part is painted like")
        self.screen.key(self.dialog, "Down")
        wait_until(lambda: self.part("Part 1, painted with the whole picture"), "a part that is off")

    def test_AStylePackIsOfferedAndItsStyleMaskSaysWhyItCannotBeUsed(self):
        pack = self.session.gimp.folder / "waves.maniera-style"
        pack.write_bytes(b"")
        self.screen.key(self.dialog, "alt+d")
        chooser = self.screen.window("^Add Pictures")
        self.screen.settle(chooser)
        self.assertIn("Pictures and style packs", self.names("combo box"))
        self.screen.key(chooser, "slash")  # a line to type in
        self.screen.settle(chooser)
        self.screen.key(chooser, "ctrl+a")
        self.screen.type(chooser, str(pack))
        self.screen.settle(chooser)
        self.screen.key(chooser, "Return")
        self.screen.wait_gone("^Add Pictures")
        mask = wait_until(lambda: self.part("Style mask, waves.maniera-style"), "the pack's settings")
        self.assertFalse(mask["usable"])
        self.assertIn("no painting", mask["description"])
        for name in "Weight", "Stroke size", "Mask":
            self.assertTrue(self.part(f"{name}, waves.maniera-style")["usable"], name)
        self.session.shot(self.dialog, "pack-ticked")

    def test_EachDraftOfTryAllIsCalledAsItsStyle(self):
        self.try_all("echo", lambda names: {"Painting 1", "Painting 2"} <= set(names))

    def test_WhyAStyleCouldNotBeTriedIsHeard(self):
        self.try_all("crash", lambda names: all(
            any(name.startswith(f"{style}: The painting program ended") for name in names)
            for style in ("Painting 1", "Painting 2")))

    def try_all(self, helper, are_heard):
        self.assertTrue(self.part("Try all...")["usable"])
        self.session.gimp.behave(helper)
        self.screen.key(self.dialog, "shift+Tab", "space")
        gallery = self.screen.window("^All Styles Tried")
        wait_until(lambda: are_heard(self.names("toggle button")), "the drafts' names")
        self.assertIn("Progress", self.names("progress bar"))
        self.screen.key(gallery, "Escape")
        self.screen.wait_gone("^All Styles Tried")


if __name__ == "__main__":
    if not importlib.util.find_spec("pyatspi"):
        print("skipped: there is no pyatspi (Debian's package python3-pyatspi)")
        sys.exit(77)
    desktop.main("dbus-daemon")
