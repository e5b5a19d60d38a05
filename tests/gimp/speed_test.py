#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A layer of 24 megapixels: what moving its pixels to the helper and back costs."""

import os
import pathlib
import threading
import time

import gimp
import numpy as np
import xcf
from gimp import layer, paint_call, quoted

WIDTH, HEIGHT = 6000, 4000
COPY = WIDTH * HEIGHT * 16  # bytes, as the helper gets it
TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def yardstick():
    """Processor's seconds that this machine takes now to bring as many pixels to floats and back, in
    memory that it has."""
    rows = 100
    pixels = np.full((rows, WIDTH, 4), 100, np.uint8)
    floats = np.ones(pixels.shape, np.float32)
    start = time.process_time()
    for _ in range(HEIGHT // rows):
        np.multiply(pixels, np.float32(1 / 255), out=floats)
        np.power(floats, np.float32(2.2), out=floats)
        np.multiply(floats, 255, out=pixels, casting="unsafe")
    return time.process_time() - start


class Watch(threading.Thread):
    """Follows the plug-in's process: its peak of memory, how much of it is not shared, and the
    processors' time that it took."""

    def __init__(self, one):
        super().__init__(daemon=True)
        self.gimp, self.own, self.all, self.processors, self.stop = one, 0, 0, 0, False

    def run(self):
        while not self.stop:
            for pid, command in self.gimp.processes():
                if "plug-ins" in command:
                    self.look(pid)
            time.sleep(0.01)

    def look(self, pid):
        try:
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
            self.all = max(self.all, int(lines["VmHWM"].split()[0]) << 10)
            self.own = max(self.own, int(lines["RssAnon"].split()[0]) << 10)
            self.processors = processor_seconds(pid)
        except (OSError, KeyError):
            pass  # it has just ended


class Speed(gimp.Test):
    def measure(self, name, width, height, **more):
        """A painting's seconds without those that the helper took to copy; the processors' time that
        GIMP and the plug-in took; the watch."""
        noise = np.random.default_rng(1).integers(0, 255, (height, width, 3), np.uint8, True)
        path = self.gimp.folder / "images" / name
        style = xcf.Layer("style", noise[:64, :64])
        xcf.write(path, xcf.Image(width, height, [xcf.Layer("photo", noise), style], **more))
        self.gimp.eval(f"(open-image {quoted(path)})")
        watch = Watch(self.gimp)
        watch.start()
        own = processor_seconds(self.gimp.process.pid)
        start = time.monotonic()
        self.gimp.eval(f"(name-of {paint_call(layer('photo'), styles=['style'])})")
        took = time.monotonic() - start
        own = processor_seconds(self.gimp.process.pid) - own
        watch.stop = True
        watch.join()
        self.gimp.eval("(close-image)")
        painted = [line.split()[1] for line in self.gimp.heard() if line.startswith("painted")]
        return took - float(painted[-1]), own + watch.processors, watch

    def test_TwentyFourMegapixels(self):
        # Pixels that are painted take the longer way.
        self.gimp.behave("invert")
        small, small_work, _ = self.measure("small.xcf", 64, 64)
        for name, selection in ("whole", None), ("selection", np.full((HEIGHT, WIDTH), 128, np.uint8)):
            with self.subTest(name):
                self.gimp.behave("invert")
                unit = yardstick()
                large, work, watch = self.measure("large.xcf", WIDTH, HEIGHT, selection=selection)
                unit = (unit + yardstick()) / 2
                work -= small_work
                print(f"{name}: {large - small:.2f} s in and out, {work:.2f} s of processors, "
                      f"{work / unit:.1f} times NumPy's {unit:.2f} s to floats and back; "
                      f"{watch.all >> 20} MiB at most, {watch.own >> 20} of them the plug-in's own; "
                      f"a copy is {COPY >> 20} MiB")
                # Seconds depend on what else runs, work on the machine.
                self.assertLess(work, 4 * unit)
                # What is not the copy: Babl's tables, and bands.
                self.assertLess(watch.own, 600 << 20)
                self.assertLess(watch.all, (600 << 20) + COPY)


if __name__ == "__main__":
    gimp.main()
