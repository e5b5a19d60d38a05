#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neural Style on All Layers: the layers of an animation are painted as frames. The fake helper copies
them, so that the new image shows what it was given."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import desktop
import gimp
import numpy as np
import xcf
from gimp import BUILD, VERSION, channel, layer, quoted
from screen import wait_until

RANDOM = np.random.default_rng(9)
CANVAS = (60, 80)  # rows, columns
PROGRAM = BUILD / "bin/maniera"


def noise(rows, columns, components):
    return RANDOM.integers(0, 255, (rows, columns, components), endpoint=True, dtype=np.uint8)


def solid(pixels):
    """With an alpha that is nothing or all."""
    pixels = pixels.copy()
    pixels[..., 3] = np.where(pixels[..., 3] > 127, 255, 0)
    return pixels


def over(canvas, pixels, offsets):
    """`pixels` at (x, y) over a canvas of the same image, both red, green, blue, alpha from 0 to 1."""
    rows, columns = canvas.shape[:2]
    placed = np.zeros_like(canvas)
    for y in range(pixels.shape[0]):
        for x in range(pixels.shape[1]):
            if 0 <= y + offsets[1] < rows and 0 <= x + offsets[0] < columns:
                placed[y + offsets[1], x + offsets[0]] = pixels[y, x] / 255
    alpha = placed[..., 3:]
    whole = alpha + canvas[..., 3:] * (1 - alpha)
    color = placed[..., :3] * alpha + canvas[..., :3] * canvas[..., 3:] * (1 - alpha)
    return np.concatenate([color / np.maximum(whole, 1e-9), whole], axis=2)


def animation():
    """From the top: the last frame first."""
    return xcf.Image(CANVAS[1], CANVAS[0], [
        xcf.Layer("Jump (replace)", noise(50, 64, 4), offsets=(-5, -3)),
        xcf.Layer("Ball (50ms) (combine)", solid(noise(40, 44, 4)), offsets=(50, 10), opacity=100, visible=False),
        xcf.Layer("Hill (100ms)", noise(*CANVAS, 3))])


def pan(count):
    """Frames of 96x72, each 2 pixels further to the right."""
    y, x = np.mgrid[0:72, 0 : 96 + 2 * count]
    wide = np.stack([128 + 90 * np.sin(x / 9 + y / 23), 128 + 90 * np.cos(x / 14 - y / 7), 90 + y], axis=2)
    wide[(x - 60) ** 2 + (y - 40) ** 2 < 300] = 230, 40, 40
    return [np.uint8(wide[:, 2 * i : 2 * i + 96]) for i in range(count)]


def show(frames, painted, name):
    """Pictures to be looked at: the frames above their paintings."""
    both = np.concatenate([np.concatenate(pair, axis=0) for pair in zip(frames, painted)], axis=1)
    desktop.SHOTS.mkdir(parents=True, exist_ok=True)
    header = f"P6\n{both.shape[1]} {both.shape[0]}\n255\n".encode()
    subprocess.run(["/usr/bin/convert", "ppm:-", desktop.SHOTS / name], input=header + both.tobytes(), check=True)


def frames_call(drawable, **arguments):
    return gimp.paint_call(drawable, **arguments).replace("plug-in-maniera ", "plug-in-maniera-animation ")


class FramesTest(gimp.Test):
    """A cache of its own for the frames, and a style."""

    @classmethod
    def setUpClass(cls):
        cls.caches = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.caches.cleanup)
        cls.environment = {"XDG_CACHE_HOME": cls.caches.name}
        super().setUpClass()
        cls.style = cls.gimp.folder / "images/style.ppm"
        cls.style.write_bytes(b"P6\n64 48\n255\n" + noise(48, 64, 3).tobytes())


class Animation(FramesTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.version = re.search(r"\d+\.\d+", cls.gimp.eval("(gimp-version)"))[0]

    def cache(self):
        return pathlib.Path(self.caches.name) / f"gimp/{self.version}/maniera"

    def left(self):
        return [path.name for path in self.cache().glob("frames-*")]

    def animate(self, image, drawable=None, **arguments):
        """The new image; sees to it that the old one stays as it was and that nothing else remains."""
        if not arguments.get("styles"):
            arguments.setdefault("files", [self.style])
        before, after, new = (self.gimp.folder / "images" / name
                              for name in ("before.xcf", "after.xcf", "new.xcf"))
        xcf.write(before, image)
        self.gimp.eval(f"(open-image {quoted(before)})")
        self.gimp.eval(f"(save-image {quoted(before)})")
        files, source, count = self.gimp.files(), self.gimp.eval("image"), self.gimp.eval("(count-of-images)")
        call = frames_call(drawable or layer(image.layers[0].name), **arguments)
        try:
            self.gimp.eval(f"(set! image {call})")
            self.assertNotEqual(self.gimp.eval("image"), source)
            self.gimp.eval(f"(save-image {quoted(new)})")
            self.gimp.eval("(close-displays)")
            self.gimp.eval("(catch 1 (close-image))")
            return xcf.read(new)
        finally:
            self.gimp.eval(f"(set! image {source})")
            self.gimp.eval(f"(save-image {quoted(after)})")
            self.assertEqual(self.gimp.eval("(count-of-images)"), count)
            self.gimp.eval("(close-image)")
            self.assertEqual(before.read_bytes(), after.read_bytes(), "the image was changed")
            self.nothing_remains(files)
            self.assertEqual(self.left(), [])

    def refused(self, image, *words, **arguments):
        with self.assertRaises(gimp.Refused) as refused:
            self.animate(image, **arguments)
        for word in words:
            self.assertIn(word, str(refused.exception))

    def params(self):
        asked = [json.loads(line) for line in self.gimp.heard() if line.startswith("{")]
        (params,) = [each["params"] for each in asked if each["method"] == "frames"]
        return params

    def assert_shows(self, layer, expected):
        self.assertEqual((layer.offsets, layer.pixels.shape[:2]), ((0, 0), expected.shape[:2]))
        pixels = layer.pixels / 255
        if pixels.shape[2] == 3:
            pixels = np.concatenate([pixels, np.ones((*CANVAS, 1))], axis=2)
        seen = expected[..., 3] > 0.1  # the color of what is hardly seen is coarse
        np.testing.assert_allclose(pixels[seen], expected[seen], atol=1.01 / 255 + 1e-3)
        np.testing.assert_allclose(pixels[..., 3], expected[..., 3], atol=0.51 / 255)

    def test_EachFrameIsWhatAPlayerShows(self):
        image = animation()
        new = self.animate(image)
        jump, ball, hill = image.layers
        nothing = np.zeros((*CANVAS, 4))
        whole = np.concatenate([hill.pixels, np.full((*CANVAS, 1), 255, np.uint8)], axis=2)
        first = over(nothing, whole, (0, 0))
        self.assertEqual((new.width, new.height), (80, 60))
        self.assert_shows(new.layer("Hill (100ms)"), first)
        self.assert_shows(new.layer("Ball (50ms) (replace)"), over(first, ball.pixels, ball.offsets))
        self.assert_shows(new.layer("Jump (replace)"), over(nothing, jump.pixels, jump.offsets))

    def test_TheFramesStayInTheirOrder(self):
        layers = [xcf.Layer(f"Frame {number}", noise(*CANVAS, 3)) for number in range(11, -1, -1)]
        new = self.animate(xcf.Image(CANVAS[1], CANVAS[0], layers))
        self.assertEqual([each.name for each in new.layers], [each.name for each in layers])
        for old, each in zip(layers, new.layers):
            np.testing.assert_array_equal(each.pixels, old.pixels)
        self.assertTrue(all(each.visible for each in new.layers))

    def test_WhatShinesThroughReplacesTheFrameBefore(self):
        """Else a player would lay it over that once more."""
        layers = [xcf.Layer("Glass 2 (80ms)", noise(*CANVAS, 4)), xcf.Layer("Glass 1", noise(*CANVAS, 4))]
        new = self.animate(xcf.Image(CANVAS[1], CANVAS[0], layers))
        self.assertEqual([each.name for each in new.layers], ["Glass 2 (80ms) (replace)", "Glass 1 (replace)"])

    def test_AGrayAnimationIsPaintedInColor(self):
        layers = [xcf.Layer(name, noise(*CANVAS, 1)) for name in ("two", "one")]
        new = self.animate(xcf.Image(CANVAS[1], CANVAS[0], layers, base=xcf.GRAY))
        for old, each in zip(layers, new.layers):
            np.testing.assert_array_equal(each.pixels, np.repeat(old.pixels, 3, axis=2))

    def test_AnIndexedAnimationIsPaintedInColor(self):
        colors = noise(1, 7, 3)[0]
        layers = [xcf.Layer(name, RANDOM.integers(0, 7, (*CANVAS, 1), dtype=np.uint8)) for name in ("two", "one")]
        new = self.animate(xcf.Image(CANVAS[1], CANVAS[0], layers, base=xcf.INDEXED, colormap=colors))
        for old, each in zip(layers, new.layers):
            np.testing.assert_array_equal(each.pixels, colors[old.pixels[..., 0]])

    def test_OptionsAndMasksReachTheHelper(self):
        """A mask lies on the canvas, wherever the lowest layer is."""
        image = animation()
        image.layers[2] = xcf.Layer("Hill (100ms)", noise(50, 50, 3), offsets=(20, 8))
        image.channels["sky"] = noise(*CANVAS, 1)[..., 0]
        self.animate(image, masks=[channel("sky")], options={"size": 64, "quality": "draft"})
        job = self.params()["job"]
        (style,) = job["inputs"]["styles"]
        self.assertEqual(style["file"], str(self.style))
        self.assertEqual((style["mask"]["width"], style["mask"]["height"]), (80, 60))
        self.assertEqual(job["options"], {"size": 64, "quality": "draft"})

    def test_WhatIsNoAnimationIsRefused(self):
        lone = xcf.Image(CANVAS[1], CANVAS[0], [xcf.Layer("alone", noise(*CANVAS, 3))])
        self.refused(lone, "at least two")
        group = animation()
        group.layers.append(xcf.Layer("group", noise(*CANVAS, 3), children=[xcf.Layer("in it", noise(*CANVAS, 3))]))
        self.refused(group, "layer group")
        self.refused(animation(), "cannot be a style", styles=["Hill (100ms)"])
        small = xcf.Image(40, 20, [xcf.Layer(name, noise(20, 40, 3)) for name in ("two", "one")])
        self.refused(small, "at least 32")

    def test_WhereThePaintingGoesCannotBeChosen(self):
        if VERSION == 2:
            self.refused(animation(), "placement", options={"placement": "replace"})
            self.refused(animation(), "layer-mode", options={"layer-mode": "inherited"})
        else:
            self.refused(animation(), "placement", options={"placement": "replace"})

    def test_WhatGoesWrongIsSaid(self):
        self.gimp.behave("error:out-of-memory")
        self.refused(animation(), "memory")
        self.gimp.behave("kill", at="frames")
        self.refused(animation(), "signal 9")

    def test_WhatAKilledRunLeftGoes(self):
        """Of a process that is gone; not of one that lives, and nothing else."""
        for name in ("frames-99999999/painted", "frames-1", "other"):
            (self.cache() / name).mkdir(parents=True)
        (self.cache() / "frames-99999999/painted/.hidden").write_text("x")
        with self.assertRaises(AssertionError):  # for one is left
            self.animate(animation())
        self.assertEqual(self.left(), ["frames-1"])
        self.assertTrue((self.cache() / "other").exists())
        (self.cache() / "frames-1").rmdir()

    def test_TheRealHelperPaintsFramesThatFollowEachOther(self):
        if not PROGRAM.exists():
            self.skipTest("the helper was not built")
        known = subprocess.run([PROGRAM, "models"], capture_output=True, text=True).stdout
        if "vgg" not in known:
            self.skipTest("there is no model")
        subprocess.run([PROGRAM, "sample", "strokes", "-o", self.style.with_suffix(".png")], check=True)
        frames = pan(4)
        layers = [xcf.Layer(f"Frame {i + 1} (90ms)", frames[i]) for i in (3, 2, 1, 0)]
        self.gimp.behave("", helper=PROGRAM)
        new = self.animate(xcf.Image(96, 72, layers), files=[self.style.with_suffix(".png")],
                           options={"quality": "draft", "size": 96, "seed": 1})
        self.assertEqual([each.name for each in new.layers], [each.name for each in layers])
        painted = [each.pixels.astype(float) for each in reversed(new.layers)]
        show(frames, [np.uint8(each) for each in painted], f"gimp{VERSION}-frames.png")
        for frame, one, after in zip(frames, painted, painted[1:]):
            self.assertGreater(np.mean(abs(one - frame)), 5, "it was not painted")
            moved, elsewhere = np.mean(abs(one[:, 2:] - after[:, :-2])), np.mean(abs(one[:, 9:] - after[:, :-9]))
            self.assertLess(moved, elsewhere / 2, "the painting does not move with its frame")


class Dialog(unittest.TestCase):
    """Filters > Animation > Neural Style on All Layers, on a screen."""

    TITLE = "^Neural Style on All Layers"

    @classmethod
    def setUpClass(cls):
        frames = pan(6)
        layers = [xcf.Layer(f"Frame {i + 1} (90ms)", frames[i]) for i in range(5, -1, -1)]
        cls.caches = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.caches.cleanup)
        cls.session = desktop.Session(image=xcf.Image(96, 72, layers),
                                      environment={"XDG_CACHE_HOME": cls.caches.name})
        cls.screen, cls.gimp = cls.session.screen, cls.session.gimp
        cls.image = cls.gimp.eval("image")
        path = cls.gimp.folder / "images/style.xcf"
        xcf.write(path, xcf.Image(200, 150, [xcf.Layer("Painting", desktop.picture(150, 200, 2))]))
        cls.gimp.eval(f"(open-image {quoted(path)})")
        cls.gimp.remember_quick_look(False)

    @classmethod
    def tearDownClass(cls):
        cls.session.close()

    def open_dialog(self):
        """With the only style that is offered ticked: that of another image."""
        drawable = layer("Frame 3 (90ms)")
        call = {2: f'(plug-in-maniera-animation RUN-INTERACTIVE image {drawable} 0 #() "" 0 #() 0 #() 0 #() "")',
                3: "(plug-in-maniera-animation #:run-mode RUN-INTERACTIVE #:image image "
                   f"#:drawables (vector {drawable}))"}[VERSION]
        (self.gimp.profile / "maniera/last-values.json").unlink(missing_ok=True)
        self.gimp.eval(f"(set! image {self.image})")
        self.place = self.gimp.start(f"(begin {call} 1)")
        self.dialog = self.screen.window(self.TITLE)
        self.session.wait_for_preview(self.dialog)
        self.session.tick_first(self.dialog)

    def paint(self):
        self.screen.key(self.dialog, "alt+p")
        self.session.wait_for("frames")

    def leave(self):
        self.gimp.finish(self.place)
        self.screen.wait_gone(self.TITLE)
        self.session.wait_for_silence()

    def new_names(self, count):
        self.assertEqual(self.gimp.eval("(count-of-images)"), str(count))
        self.gimp.eval("(newest-image)")
        names = self.session.names()
        self.gimp.eval(f"(set! image {self.image})")
        return names

    def test_StopAndKeepKeepsTheFramesThatArePainted(self):
        count = int(self.gimp.eval("(count-of-images)"))
        self.gimp.behave("slow:12")
        self.open_dialog()
        self.session.shot(self.dialog, "animation")
        self.paint()
        wait_until(lambda: len(list(self.painted())) >= 2, "two frames")
        self.session.shot(self.dialog, "animation-painting")
        self.screen.key(self.dialog, "alt+k")
        self.leave()
        names = self.new_names(count + 1)
        self.assertTrue(2 <= len(names) < 6, names)
        self.assertEqual(names[-2:], ["Frame 2 (90ms)", "Frame 1 (90ms)"])

    def test_CancelLeavesNothing(self):
        count = int(self.gimp.eval("(count-of-images)"))
        self.gimp.behave("slow:300")
        self.open_dialog()
        self.paint()
        self.screen.key(self.dialog, "Escape")
        self.session.wait_for("estimate", 2)
        self.screen.key(self.dialog, "Escape")
        self.leave()
        self.assertEqual(self.gimp.eval("(count-of-images)"), str(count))
        self.assertEqual(list(self.painted()), [])

    def test_AllFramesBecomeANewImage(self):
        count = int(self.gimp.eval("(count-of-images)"))
        self.gimp.behave("echo")
        self.open_dialog()
        self.paint()
        self.leave()
        self.assertEqual(self.new_names(count + 1), [f"Frame {i} (90ms)" for i in range(6, 0, -1)])

    def test_TryAllIsOfTheFrameThatThePreviewShows(self):
        """The lowest; the fake helper copies it."""
        self.gimp.behave("echo")
        self.open_dialog()
        self.screen.key(self.dialog, "shift+Tab", "space")
        gallery = self.screen.window("^All Styles Tried")
        self.session.wait_for("stylize")
        frames = pan(6)

        def differences():
            """Of each frame from what is most like it in the first cell."""
            cell = self.screen.pixels(gallery)[:130, :240]
            places = np.lib.stride_tricks.sliding_window_view(cell, (72, 96, 3))[:, :, 0]
            return [min(abs(place - frame).mean() for row in places for place in row) for frame in frames]

        wait_until(lambda: differences()[0] < 3, "the first frame")
        self.session.shot(gallery, "try-all-animation")
        self.assertEqual(int(np.argmin(differences())), 0)
        self.screen.key(gallery, "Escape")
        self.screen.wait_gone("^All Styles Tried")
        self.screen.ask_to_close(self.dialog)
        self.leave()

    def painted(self):
        """Files of frames that are painted."""
        return pathlib.Path(self.caches.name).glob("gimp/*/maniera/frames-*/painted/*.png")


if __name__ == "__main__":
    desktop.main()
