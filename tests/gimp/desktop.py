# SPDX-License-Identifier: GPL-3.0-or-later
"""A GIMP on a screen of its own with an image to paint, for the tests of what a user sees.

Screenshots go to build/screenshots, to be looked at.
"""

import pathlib
import time
import unittest

import gimp
import numpy as np
import screen
import xcf
from screen import wait_until

SHOTS = pathlib.Path(gimp.HERE).parents[1] / "build/screenshots"
TITLE = "^Neural Style"


def picture(height, width, hue):
    """Something to look at: bands that turn, in one colour's shades."""
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    waves = 0.5 + 0.5 * np.sin(40 * (x * np.cos(hue) + y * np.sin(hue)) + 6 * np.sin(9 * x * y))
    tint = np.array([np.cos(hue), np.cos(hue - 2.1), np.cos(hue + 2.1)]) * 0.5 + 0.5
    return np.uint8(255 * (0.25 + 0.75 * waves[..., None]) * tint)


def photo():
    """A hill, a sky and a sun."""
    y, x = np.mgrid[0:240, 0:320]
    hill = y > 150 + 25 * np.sin(x / 40)
    sun = (x - 240) ** 2 + (y - 60) ** 2 < 900
    colors = np.where(hill[..., None], [70, 120 , 60], [120, 170, 220])
    colors = np.where(sun[..., None], [250, 220, 120], colors)
    return np.uint8(colors - (y[..., None] // 8))


def image_with(styles):
    layers = [xcf.Layer("Hill", photo())]
    layers += [xcf.Layer(f"Painting {i + 1}", picture(150, 200, i)) for i in range(styles)]
    sky = np.zeros((240, 320), np.uint8)
    sky[:100] = 255
    return xcf.Image(320, 240, layers, channels={"Sky": sky})


def picture_from(path):
    return screen.picture("/usr/bin/convert", path, "-depth", "8", "ppm:-")


class Session:
    """A screen, a GIMP on it, and an image in that."""

    def __init__(self, theme="dark", styles=2, environment=None, image=None, stock=("script-fu",)):
        self.screen = screen.Screen()
        self.gimp = screen.Gimp(self.screen, theme, environment, stock)
        self.saved = 0
        self.open(image or image_with(styles))

    def close(self):
        try:
            self.gimp.close()
        finally:
            self.screen.close()

    def open(self, image):
        path = self.gimp.folder / "images/hill.xcf"
        xcf.write(path, image)
        self.gimp.eval(f"(open-image {gimp.quoted(path)})")
        top = gimp.layer(image.layers[0].name)
        self.gimp.eval({2: f"(gimp-image-set-active-layer image {top})",
                        3: f"(gimp-image-set-selected-layers image (vector {top}))"}[gimp.VERSION])
        for name in image.channels:
            self.gimp.eval(f"(gimp-item-set-visible {gimp.channel(name)} FALSE)")
        self.display = self.gimp.eval("(gimp-display-new image)").strip("()")
        self.window = self.screen.window("hill.*GIMP")
        self.screen.place(self.window, 0, 0, 1024, 768)

    def reopen(self, styles=2):
        self.gimp.eval("(close-displays)")  # and the images with them
        self.gimp.behave("invert")
        self.open(image_with(styles))

    def image(self):
        """What GIMP has now, by a file that it writes."""
        self.saved += 1
        path = self.gimp.folder / f"images/saved{self.saved}.xcf"
        self.gimp.eval(f"(save-image {gimp.quoted(path)})")
        return xcf.read(path)

    def names(self):
        return [layer.name for layer in self.image().layers]

    def wait_for_layers(self, count):
        return wait_until(lambda: len(names := self.names()) == count and names,
                          f"an image of {count} layers")

    def heard(self, method):
        return sum(f'"{method}"' in line for line in self.gimp.heard())

    def wait_for(self, method, times=1):
        wait_until(lambda: self.heard(method) >= times, f"the helper hears {method}")

    def wait_for_silence(self):
        """No process of ours runs."""
        wait_until(lambda: not self.gimp.processes(), "no process of the plug-in's")

    def undo(self):
        """GIMP looks at keys while it writes a file, and undoing what is being written may end it: so it
        has done it when this returns."""
        self.screen.key(self.window, "ctrl+z")
        time.sleep(0.3)
        self.screen.settle(self.window)

    def open_dialog(self, quick_look=False):
        """Filters > Artistic > Neural Style, by their mnemonics; once more where GIMP was not ready to
        hear them. Most tests do without the quick look, which would be one more painting; None = as it
        was left."""
        if quick_look is not None:
            self.gimp.remember_quick_look(quick_look)
        for _ in range(5):
            self.screen.key(self.window, "alt+r")
            self.screen.call("xdotool", "key", "--delay", "150", "a", "n")
            try:
                return self.screen.window(TITLE, 20)
            except AssertionError:
                self.screen.key(self.window, "Escape", "Escape", "Escape")
        raise AssertionError(f"the dialog does not come\n{self.gimp.tail()}")

    def tick_first(self, dialog):
        """The first style, which has the focus; once more where a busy machine lost the key."""
        for patience in 20, 20, screen.TIMEOUT:
            self.screen.key(dialog, "space")
            try:
                return wait_until(lambda: self.heard("estimate"), "the helper hears of a style", patience)
            except AssertionError as lost:
                failure = lost
        raise failure

    def wait_for_helpers_end(self):
        wait_until(lambda: not any("fake_helper" in command for _, command in self.gimp.processes()),
                   "an end of the helper")

    def wait_for_preview(self, window):
        """The hill comes a moment after the window."""
        wait_until(lambda: np.std(self.screen.pixels(window)[:400, :500], (0, 1)).max() > 20,
                   "the layer in the dialog")

    def shot(self, window, name):
        self.screen.settle(window)
        self.screen.shot(SHOTS / f"gimp{gimp.VERSION}-{name}.png", window)


class Test(unittest.TestCase):
    """Tests of a class share a session."""

    @classmethod
    def setUpClass(cls):
        cls.session = Session()
        cls.screen, cls.gimp = cls.session.screen, cls.session.gimp

    @classmethod
    def tearDownClass(cls):
        cls.session.close()


class DialogTest(Test):
    """Each test begins with the first painting ticked, and with no last values."""

    helper = "invert"  # how the fake one behaves

    def setUp(self):
        for file in self.gimp.profile.glob("maniera/*"):  # last values
            file.unlink()
        self.gimp.behave(self.helper)
        self.dialog = self.session.open_dialog()
        self.session.wait_for_preview(self.dialog)
        self.session.tick_first(self.dialog)

    def tearDown(self):
        for window in self.screen.windows(TITLE):
            self.screen.ask_to_close(window)
        self.session.wait_for_silence()
        self.session.reopen()


def main(*programs):
    gimp.main("Xvfb", "xdotool", "import", *programs)
