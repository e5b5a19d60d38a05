#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever happens to the helper: GIMP lives, the image is as it was, nothing of ours remains, and the
message says what to do. Everything but the message is judged by gimp.Test.call."""

import os
import signal
import time

import gimp
import numpy as np
import xcf
from gimp import layer, paint_call


def picture():
    pixels = np.full((50, 60, 3), 127, np.uint8)
    return xcf.Image(60, 50, [xcf.Layer("photo", pixels), xcf.Layer("style", pixels)])


PAINT = paint_call(layer("photo"), styles=["style"])


class Failures(gimp.Test):
    def fails(self, mode, *words, at=""):
        self.gimp.behave(mode, at)
        said = self.refusal(picture(), PAINT)
        for word in words:
            self.assertIn(word, said)
        self.paints_again()
        return said

    def paints_again(self):
        self.gimp.behave("echo")
        self.paint(picture(), "photo", styles=["style"])

    # The helper's start

    def test_Missing(self):
        self.gimp.helper.unlink()
        said = self.refusal(picture(), PAINT)
        self.assertIn("MANIERA_HELPER", said)
        self.paints_again()

    def test_NotExecutable(self):
        self.gimp.helper.chmod(0o644)
        self.refusal(picture(), PAINT)
        self.paints_again()

    def test_NoProgramAtAll(self):
        self.gimp.helper.write_bytes(b"\x7fELF and then nothing")
        self.refusal(picture(), PAINT)
        self.paints_again()

    def test_AnotherProtocol(self):
        self.fails("other-protocol", "Install")
        self.fails("refuse-protocol", "Install")

    # Its end

    def test_Killed(self):
        self.fails("kill", "Killed")

    def test_SegmentationFault(self):
        self.fails("crash", "Segmentation fault", "line 30")

    def test_AtItsStart(self):
        self.fails("crash", "Segmentation fault", at="start")

    def test_LeavesWithoutAnAnswer(self):
        self.fails("leave:3", "told to leave")
        self.fails("half")

    def test_Hangs(self):
        self.fails("hang")

    # What it says

    def test_ProtocolErrors(self):
        for mode in "babble", "array", "nested", "null-id", "empty-answer", "endless":
            with self.subTest(mode):
                self.fails(mode)

    def test_FloodsAreHeardOut(self):
        for mode in "flood-stderr", "flood-stdout":
            self.gimp.behave(mode)
            self.paint(picture(), "photo", styles=["style"])

    def test_WhatItWarnsOfIsShown(self):
        self.gimp.behave("warn:0")
        self.paint(picture(), "photo", styles=["style"])
        self.assertEqual(self.gimp.tail().count("There is a <new> & odd warning."), 1)
        self.assertEqual(self.gimp.tail().count("goes on in smaller tiles"), 1)
        self.assertNotIn("something to know", self.gimp.tail())

    def test_WhatItRefuses(self):
        self.fails("error:no-model", "model")
        self.fails("error:out-of-memory", "memory")
        self.fails("error:no-space", "disk")
        self.fails("error:internal")

    # The end of others

    def remains_nothing(self, gimp_):
        end = time.monotonic() + 10
        while gimp_.processes() and time.monotonic() < end:
            time.sleep(0.05)
        self.assertEqual(gimp_.processes(), [])

    def running(self, gimp_, mode="slow:60"):
        """Starts a painting and waits until the helper has the job."""
        path = gimp_.folder / "images/picture.xcf"
        xcf.write(path, picture())
        gimp_.eval(f"(open-image {gimp.quoted(path)})")
        gimp_.behave(mode)
        place = gimp_.start(f"(name-of {PAINT})")
        end = time.monotonic() + 60
        while not any('"stylize"' in line for line in gimp_.heard()):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.02)
        return place

    def test_GimpIsKilled(self):
        for how in signal.SIGKILL, signal.SIGTERM:
            for mode in "slow:60", "hang", "mute":
                with self.subTest(f"{how.name} {mode}"):
                    other = gimp.Gimp()
                    try:
                        self.running(other, mode)
                        self.assertNotEqual(other.processes(), [])
                        other.process.send_signal(how)
                        other.process.wait(30)
                        self.remains_nothing(other)
                        self.assertEqual(list(other.temporary.rglob("*maniera*")), [])
                    finally:
                        other.close()

    def test_ThePluginIsKilled(self):
        place = self.running(self.gimp)
        for pid, command in self.gimp.processes():
            if "plug-ins" in command:
                os.kill(pid, signal.SIGKILL)
        with self.assertRaises(gimp.Refused):
            self.gimp.finish(place)
        self.remains_nothing(self.gimp)
        self.gimp.eval("(close-image)")
        self.paints_again()

    def test_GimpsOwnCancel(self):
        # The core kills the process group of a plug-in that leads one; see app/plug-in/gimpplugin.c.
        for mode in "slow:60", "hang":
            with self.subTest(mode):
                place = self.running(self.gimp, mode)
                plugin, = [pid for pid, command in self.gimp.processes() if "plug-ins" in command]
                self.assertEqual(os.getpgid(plugin), plugin)
                os.killpg(plugin, signal.SIGKILL)
                with self.assertRaises(gimp.Refused):
                    self.gimp.finish(place)
                self.remains_nothing(self.gimp)
                self.gimp.eval("(close-image)")
        self.paints_again()

    def test_FindingThePluginStartsNoHelper(self):
        other = gimp.Gimp()  # its first start, which asks every plug-in what it offers
        try:
            self.assertIn("plug-in-maniera", (other.profile / "pluginrc").read_text())
            self.assertEqual(other.heard(), [])
        finally:
            other.close()

    def test_TwoRunsAtOnce(self):
        other = gimp.Gimp()
        try:
            places = [(one, self.running(one, "slow:3")) for one in (self.gimp, other)]
            names = [one.finish(place) for one, place in places]
            self.assertEqual([name[:5] for name in names], ["style", "style"])
            for one, _ in places:
                one.eval("(close-image)")
                self.remains_nothing(one)
        finally:
            other.close()


if __name__ == "__main__":
    gimp.main()
