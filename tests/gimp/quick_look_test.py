#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quick look: a moment after a change the dialog shows a small draft of what is set."""

import json
import time

import desktop
import numpy as np
from desktop import TITLE
from screen import wait_until

HILL = np.s_[380:420, 100:400, 1]  # green, and much less of it in the photograph than in its opposite


class QuickLook(desktop.Test):
    """The helper is the fake one, so the look is the opposite of the photograph."""

    def open(self, mode="invert"):
        """The dialog, whose helper behaves so: it starts with the dialog."""
        self.gimp.behave(mode)
        self.dialog = self.session.open_dialog(quick_look=True)
        self.session.wait_for_preview(self.dialog)

    def tearDown(self):
        for window in self.screen.windows(TITLE):
            self.screen.ask_to_close(window)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        for file in self.gimp.profile.glob("maniera/*"):  # last values
            file.unlink()
        self.session.reopen()

    def looks_painted(self):
        return self.screen.pixels(self.dialog)[HILL].mean() > 120

    def wait_for_look(self):
        wait_until(self.looks_painted, "a quick look")

    def start_slow(self, seconds):
        self.open(f"slow:{seconds}")
        self.session.tick_first(self.dialog)
        self.session.wait_for("stylize")

    def set_strength(self, digits):
        self.screen.key(self.dialog, "alt+s", "ctrl+a", *digits, "Tab")

    def test_ItAppearsAfterAChangeAndLeavesTheImageAsItIs(self):
        self.open()
        self.assertFalse(self.looks_painted())
        self.session.tick_first(self.dialog)
        self.wait_for_look()
        self.session.shot(self.dialog, "quick-look")
        job = self.gimp.job()
        self.assertEqual(job["options"], {"size": 256, "quality": "draft", "parts": "auto", "time-limit": 3})
        content = job["inputs"]["content"]
        self.assertEqual((content["width"], content["height"]), (256, 192))
        self.assertEqual(self.session.names(), ["Hill", "Painting 1", "Painting 2"])
        self.screen.key(self.dialog, "space")  # nothing is ticked: nothing is looked at
        wait_until(lambda: not self.looks_painted(), "the photograph")

    def test_ItsHelperIsReadyBeforeAnythingIsTicked(self):
        self.open()
        self.session.wait_for("hello")
        self.assertEqual([self.session.heard(method) for method in ("estimate", "stylize")], [0, 0])
        self.session.tick_first(self.dialog)
        self.wait_for_look()
        self.assertEqual(self.session.heard("hello"), 1)

    def test_AChangeWhileItRunsStopsItAndAnotherComes(self):
        self.start_slow(3)
        self.set_strength("75")
        self.wait_for_look()
        self.assertGreaterEqual(self.session.heard("stop"), 1)
        self.assertEqual(self.session.heard("stylize"), self.session.heard("stop") + 1)
        self.assertEqual(self.gimp.job()["options"]["strength"], 75)
        # At once, not when the next begins.
        methods = [json.loads(line)["method"] for line in self.gimp.heard() if line.startswith("{")]
        self.assertEqual(methods[:5], ["hello", "estimate", "stylize", "stop", "estimate"])

    def test_AChangeTakesTheLastOneAway(self):
        self.start_slow(2)
        self.wait_for_look()
        self.set_strength("75")
        wait_until(lambda: not self.looks_painted(), "the photograph")
        self.wait_for_look()

    def test_ItIsGoneWhenThePaintingBegins(self):
        self.open()
        self.session.tick_first(self.dialog)
        self.wait_for_look()
        self.gimp.behave("slow:300")
        self.screen.key(self.dialog, "alt+p")
        self.session.wait_for("stylize")
        wait_until(lambda: not self.looks_painted(), "the photograph")
        self.assertNotIn("quality", self.gimp.job()["options"])
        self.screen.key(self.dialog, "Escape")
        wait_until(lambda: self.session.heard("estimate") == 1, "the dialog as it was")
        time.sleep(1)
        self.assertEqual(self.session.heard("stylize"), 1, "a look that nobody asked for")

    def test_APaintingDoesNotWaitForIt(self):
        self.start_slow(300)
        self.gimp.behave("invert")
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_layers(4)

    def test_WhatWasAppliedStaysInSight(self):
        self.open()
        self.session.tick_first(self.dialog)
        self.wait_for_look()
        self.gimp.behave("echo")  # from now on
        self.screen.key(self.dialog, "alt+y")
        self.session.wait_for_layers(4)
        self.session.wait_for("estimate")
        time.sleep(1)
        self.assertEqual(self.session.heard("stylize"), 1)
        self.assertFalse(self.looks_painted())

    def test_ClosingTheDialogWhileItRunsLeavesNothing(self):
        files = self.gimp.files()
        self.start_slow(300)
        self.screen.ask_to_close(self.dialog)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.assertEqual(self.gimp.files(), files)
        self.assertEqual(self.session.names(), ["Hill", "Painting 1", "Painting 2"])

    def test_ItsTickIsRemembered(self):
        self.open()
        self.session.tick_first(self.dialog)
        self.wait_for_look()
        self.screen.key(self.dialog, "alt+i")
        wait_until(lambda: not self.looks_painted(), "the photograph")
        self.screen.ask_to_close(self.dialog)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.gimp.behave("invert")
        self.dialog = self.session.open_dialog(quick_look=None)
        self.session.wait_for_preview(self.dialog)
        self.session.tick_first(self.dialog)
        time.sleep(1)
        self.assertEqual(self.session.heard("stylize"), 0)
        self.screen.key(self.dialog, "alt+i")
        self.wait_for_look()


if __name__ == "__main__":
    desktop.main()
