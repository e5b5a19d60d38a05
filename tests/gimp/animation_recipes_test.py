#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipes on the layers of a painted animation: for another layer they are recipes like any, to edit one
is to paint the animation. The fake helper copies frames."""

import json
import tempfile
import unittest

import desktop
import gimp
import numpy as np
import xcf
from animation_test import FramesTest, animation, frames_call, noise, pan
from gimp import VERSION, edit_call, layer, quoted, repeat_call

NAMES = ["Jump (replace)", "Ball (50ms) (replace)", "Hill (100ms)"]
LOOK = {"size": 64, "strength": 70}
AGAIN = {2: "(car (plug-in-maniera-animation RUN-WITH-LAST-VALS image {} 0 #() \"\" 0 #() 0 #() 0 #() \"\"))",
         3: "(plug-in-maniera-animation #:run-mode RUN-WITH-LAST-VALS #:image image #:drawables (vector {}))"}


def recipe_of(painted):
    return json.loads(painted.parasites["maniera-recipe"].rstrip(b"\0"))


def asked(lines):
    """The requests for paintings in the fake helper's log."""
    requests = [json.loads(line) for line in lines if line.startswith("{")]
    return [each for each in requests if each["method"] in ("frames", "stylize")]


class Recipes(FramesTest):
    def setUp(self):
        """The image is that of the paintings, and shown; its animation is open too."""
        super().setUp()
        source = self.gimp.folder / "images/source.xcf"
        self.frames = animation()
        xcf.write(source, self.frames)
        self.source = self.gimp.eval(f"(open-image {quoted(source)})")
        call = frames_call(layer("Hill (100ms)"), files=[self.style], options=LOOK)
        self.gimp.eval(f"(set! image (begin {call}))")
        self.painted = self.gimp.eval("image")
        self.gimp.behave("echo")

    def tearDown(self):
        self.gimp.eval("(close-displays)")
        while self.gimp.eval("(count-of-images)") != "0":
            self.gimp.eval("(newest-image)")
            self.gimp.eval("(close-image)")

    def saved(self):
        path = self.gimp.folder / "images/saved.xcf"
        self.gimp.eval(f"(save-image {quoted(path)})")
        return xcf.read(path)

    def show(self, image):
        self.gimp.eval(f"(set! image {image})")

    def newly_painted(self, call):
        """The new image with all frames of the animation, and the request for them."""
        count = int(self.gimp.eval("(count-of-images)"))
        self.gimp.eval(call)
        (request,) = asked(self.gimp.heard())
        self.assertEqual(request["method"], "frames")
        self.assertEqual(int(self.gimp.eval("(count-of-images)")), count + 1)
        self.gimp.eval("(newest-image)")
        self.assertNotIn(self.gimp.eval("image"), (self.painted, self.source))
        new = self.saved()
        self.assertEqual([each.name for each in new.layers], NAMES)
        np.testing.assert_array_equal(new.layers[2].pixels, self.frames.layers[2].pixels)
        return new, request["params"]["job"]

    def test_EachSaysHowItWasPaintedAndFromWhat(self):
        layers = self.saved().layers
        self.assertEqual([each.name for each in layers], NAMES)
        for painted, frame in zip(layers, self.frames.layers):
            recipe = recipe_of(painted)
            self.assertEqual(recipe["content"]["name"], frame.name)
            self.assertEqual(recipe["options"], {**LOOK, "seed": 0})
            self.assertEqual([each["file"] for each in recipe["styles"]], [str(self.style)])
            self.assertEqual((recipe["frames"], recipe["model"]), (True, "fa4e"))
            self.assertNotIn("output", recipe)
        self.assertEqual(len({recipe_of(each)["content"]["sha256"] for each in layers}), 3)

    def test_OneIsRepeatedOnALonePicture(self):
        painted = self.gimp.eval(layer(NAMES[1]))
        self.show(self.source)
        self.gimp.eval(repeat_call(layer("Hill (100ms)"), painted))
        (request,) = asked(self.gimp.heard())
        self.assertEqual(request["method"], "stylize")
        job = request["params"]["job"]
        self.assertEqual(job["options"], {**LOOK, "seed": 0})
        self.assertEqual(job["inputs"]["content"]["name"], "Hill (100ms)")
        self.assertEqual(job["inputs"]["styles"][0]["file"], str(self.style))
        lone = recipe_of(self.saved().layers[2])
        self.assertNotIn("frames", lone)

    def test_ToEditOneIsToPaintTheAnimation(self):
        """And not its paintings, although the fake helper's have the same pixels."""
        new, job = self.newly_painted(edit_call(layer(NAMES[1])))
        self.assertEqual(job["options"], {**LOOK, "seed": 0})
        self.assertEqual(recipe_of(new.layers[1])["content"]["name"], "Ball (50ms) (combine)")

    def test_TheLastValuesOnPaintingsPaintTheirAnimation(self):
        self.gimp.profile.joinpath("maniera").mkdir(exist_ok=True)
        request = {"maniera": "0", "session": "", "options": {"size": 96},
                   "styles": [{"file": str(self.style)}]}
        self.gimp.profile.joinpath("maniera/last-values.json").write_text(json.dumps(request))
        new, job = self.newly_painted(AGAIN[VERSION].format(layer(NAMES[1])))
        self.assertEqual(job["options"], {"size": 96})
        self.assertEqual(recipe_of(new.layers[1])["content"]["name"], "Ball (50ms) (combine)")

    def test_WithoutItsAnimationNothingIsPainted(self):
        self.show(self.source)
        self.gimp.eval("(close-image)")
        self.show(self.painted)
        with self.assertRaises(gimp.Refused) as refused:
            self.gimp.eval(edit_call(layer(NAMES[0])))
        self.assertIn('"Jump (replace)"', str(refused.exception))
        self.assertIn("is not open", str(refused.exception))
        self.assertEqual(asked(self.gimp.heard()), [])

    def test_InALaterSessionTheAnimationIsFoundByTheFramesPixels(self):
        image = self.saved()
        for each in image.layers:
            recipe = recipe_of(each)
            recipe["session"] = "another"
            recipe["content"]["id"] = 1
            each.parasites["maniera-recipe"] = json.dumps(recipe).encode() + b"\0"
        path = self.gimp.folder / "images/later.xcf"
        xcf.write(path, image)
        self.show(self.painted)
        self.gimp.eval("(close-displays)")
        self.gimp.eval("(catch 1 (close-image))")
        self.gimp.eval(f"(open-image {quoted(path)})")
        self.newly_painted(edit_call(layer(NAMES[1])))


class Dialogs(unittest.TestCase):
    """The same in the menus."""

    EDIT, REPEAT = "^Neural Style on All Layers", "^Repeat Maniera Recipe$"

    @classmethod
    def setUpClass(cls):
        frames = pan(3)
        layers = [xcf.Layer(f"Frame {i + 1} (90ms)", frames[i]) for i in (2, 1, 0)]
        cls.caches = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.caches.cleanup)
        cls.session = desktop.Session(image=xcf.Image(96, 72, layers),
                                      environment={"XDG_CACHE_HOME": cls.caches.name})
        cls.screen, cls.gimp = cls.session.screen, cls.session.gimp
        style = cls.gimp.folder / "images/style.ppm"
        style.write_bytes(b"P6\n64 48\n255\n" + noise(48, 64, 3).tobytes())
        cls.gimp.remember_quick_look(False)
        cls.gimp.behave("echo")
        cls.source = cls.gimp.eval("image")
        call = frames_call(layer("Frame 1 (90ms)"), files=[style], options=LOOK)
        cls.gimp.eval(call)
        cls.session.wait_for_silence()
        cls.gimp.eval("(newest-image)")

    @classmethod
    def tearDownClass(cls):
        cls.session.close()

    def test_EditOpensTheWindowForTheAnimation(self):
        count = int(self.gimp.eval("(count-of-images)"))
        values = self.gimp.profile / "maniera/last-values.json"
        values.parent.mkdir(exist_ok=True)
        output = {"placement": "replace"}
        values.write_text(json.dumps({"maniera": "0", "session": "", "options": {}, "styles": [],
                                      "output": output}))
        self.gimp.behave("echo")
        place = self.gimp.start(f"(begin {edit_call(layer('Frame 2 (90ms)'), 'RUN-INTERACTIVE')} 1)")
        window = self.screen.window(self.EDIT)
        self.session.wait_for("estimate")  # so the style is ticked
        self.session.shot(window, "edit-animation")
        self.screen.key(window, "alt+s", "ctrl+a", "7", "5", "Tab", "alt+p")
        self.gimp.finish(place)
        (request,) = asked(self.gimp.heard())
        self.assertEqual(request["method"], "frames")
        self.assertEqual(request["params"]["job"]["options"], {"size": 64, "strength": 75, "seed": 0})
        self.assertEqual(int(self.gimp.eval("(count-of-images)")), count + 1)
        self.assertEqual(json.loads(values.read_text())["output"], output)
        self.gimp.eval("(newest-image)")
        self.assertNotIn("output", recipe_of(self.session.image().layers[0]))
        self.session.wait_for_silence()


if __name__ == "__main__":
    desktop.main()
