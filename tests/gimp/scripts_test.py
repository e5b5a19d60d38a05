#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The procedures as scripts call them: from Script-Fu, and in GIMP 3 from Python-fu."""

import json
import textwrap
import unittest

import gimp
import numpy as np
import xcf
from gimp import VERSION, layer, paint_call, quoted


def gray(height, width, value=127):
    return np.full((height, width, 3), value, np.uint8)


def picture():
    return xcf.Image(60, 50, [xcf.Layer("photo", gray(50, 60)), xcf.Layer("style", gray(33, 44)),
                              xcf.Layer("other", gray(40, 50, 9))])


class ScriptFu(gimp.Test):
    def test_RealsOutOfRangeAreRefusedByName(self):
        for name, value in {"strength": 150, "style-scale": 1e9, "content-weight": -3,
                            "averaging": 1.5, "learning-rate": 0}.items():
            with self.subTest(name):
                said = self.refusal(picture(), paint_call(layer("photo"), styles=["style"],
                                                          options={name: value}))
                self.assertIn(name, said)
                self.assertEqual(self.gimp.heard(), [])

    def test_AnImageAndALayerOfAnotherAreRefused(self):
        path = self.gimp.folder / "images/second.xcf"
        xcf.write(path, picture())
        load = {2: "(car (gimp-file-load RUN-NONINTERACTIVE {0} {0}))",
                3: "(gimp-file-load RUN-NONINTERACTIVE {0})"}[VERSION].format(quoted(path))
        call = paint_call(layer("photo"), styles=["style"])
        call = call.replace("image image", "image second").replace("INTERACTIVE image", "INTERACTIVE second")
        self.assertIn("second", call)
        said = self.refusal(picture(), f"(let ((second {load})) {call})")
        self.assertIn("another image", said)
        self.assertEqual(self.gimp.heard(), [])

    @unittest.skipIf(VERSION == 2, "GIMP 2.10 has arguments by place")
    def test_WeightsMayBeAText(self):
        call = paint_call(layer("photo"), styles=["style", "other"])
        self.call(picture(), call[:-1] + ' #:weights-text "3,0.5")')
        self.assertEqual([style["weight"] for style in self.gimp.job()["inputs"]["styles"]], [3, 0.5])
        said = self.refusal(picture(), call[:-1] + ' #:weights-text "3;1")')
        self.assertIn("weights-text", said)


@unittest.skipIf(VERSION == 2, "Python-fu of GIMP 2.10 needs Python 2")
class PythonFu(gimp.Test):
    stock = ("script-fu", "python-eval")

    def python(self, properties):
        """Calls plug-in-maniera with these properties as a Python script does; what became of it."""
        answer = self.gimp.folder / "answer.json"
        answer.unlink(missing_ok=True)
        path = self.gimp.folder / "images/python.xcf"
        xcf.write(path, picture())
        script = textwrap.dedent(f"""
            import json
            from gi.repository import Gimp, Gio
            image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path({str(path)!r}))
            layer = image.get_layer_by_name
            call = Gimp.get_pdb().lookup_procedure("plug-in-maniera")
            config = call.create_config()
            config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
            config.set_property("image", image)
            config.set_core_object_array("drawables", [layer("photo")])
            config.set_core_object_array("styles", [layer("style"), layer("other")])
            for name, value in {properties!r}.items():
                config.set_property(name, value)
            result = call.run(config)
            status = result.index(0)
            said = Gimp.get_pdb().get_last_error()
            layers = [one.get_name() for one in image.get_layers()]
            image.delete()
            with open({str(answer)!r}, "w") as file:
                json.dump([int(status), said, layers], file)
            """)
        self.gimp.eval(f"(python-fu-eval #:script {quoted(script)})")
        return json.loads(answer.read_text())

    def test_ALayerIsPainted(self):
        status, _, layers = self.python({"size": 64, "strength": 61.5, "weights-text": "3,1",
                                         "quality": "draft"})
        self.assertEqual(len(layers), 4, status)
        job = self.gimp.job()
        self.assertEqual(job["options"], {"size": 64, "strength": 61.5, "quality": "draft"})
        self.assertEqual([style["weight"] for style in job["inputs"]["styles"]], [3, 1])

    def test_WhatIsOutOfRangeIsRefusedByName(self):
        for name, value in {"strength": 150.0, "style-scale": 1e9, "averaging": -0.5, "size": 3,
                            "quality": "drafd", "weights-text": "a,b"}.items():
            with self.subTest(name):
                _, said, layers = self.python({name: value})
                self.assertIn(name, said)
                self.assertEqual(len(layers), 3)
                self.assertEqual(self.gimp.heard(), [])


if __name__ == "__main__":
    gimp.main()
