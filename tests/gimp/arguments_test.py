#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a script gives wrong is refused by name, before the helper starts and with the image as it
was."""

import gimp
import numpy as np
import xcf
from gimp import VERSION, channel, layer, mask, paint_call


def gray(height, width):
    return np.full((height, width, 3), 127, np.uint8)


def picture():
    group = xcf.Layer("group", gray(40, 40), children=[xcf.Layer("inner", gray(40, 40))])
    return xcf.Image(60, 50, [group, xcf.Layer("photo", gray(50, 60), mask=gray(50, 60)[..., 0]),
                              xcf.Layer("style", gray(33, 44))],
                     channels={"sky": gray(50, 60)[..., 0]})


class Arguments(gimp.Test):
    def refused(self, *words, drawable=layer("photo"), styles=("style",), **arguments):
        said = self.refusal(picture(), paint_call(drawable, styles=styles, **arguments))
        for word in words:
            self.assertIn(word, said)
        self.assertEqual(self.gimp.heard(), [], "the helper was started")

    def test_NoStyle(self):
        self.refused("styles", "style-files", styles=())

    def test_CountsThatDoNotMatch(self):
        self.refused("weights", "2", "1", weights=[1, 2])
        self.refused("masks", "2", "1", masks=[channel("sky"), None])
        self.refused("style-masks", "2", "1", style_masks=[None, None])

    def test_MasksByTheNamesOfVersion010(self):
        if VERSION == 2:
            self.skipTest("GIMP 2.10 has arguments by place")
        self.paint(picture(), "photo", styles=["style"], masks=[channel("sky")],
                   style_masks=[channel("sky")], mask_names=("regions", "style-regions"))
        style = self.gimp.job()["inputs"]["styles"][0]
        self.assertEqual((style["mask"]["name"], style["style-mask"]["name"]), ("sky", "sky"))

    def test_MasksByBothNamesAreRefused(self):
        if VERSION == 2:
            self.skipTest("GIMP 2.10 has arguments by place")
        call = paint_call(layer("photo"), styles=["style"], masks=[channel("sky")])
        said = self.refusal(picture(), call[:-1] + f" #:regions (vector {channel('sky')}))")
        self.assertIn("masks: regions is its old name", said)
        self.assertEqual(self.gimp.heard(), [])

    def test_WeightsThatAreNone(self):
        self.refused("weights", "-1", weights=[-1])
        self.refused("weights", weights=[0])

    def test_AGroupCannotBePainted(self):
        self.refused("group", drawable=layer("group"))

    def test_MasksAndChannelsCannotBePainted(self):
        self.refused("layer", drawable=mask("photo"))
        self.refused("layer", drawable=channel("sky"))

    def test_MasksAndGroupsAreNoStyles(self):
        self.refused("styles", styles=[mask("photo")])
        self.refused("styles", styles=[layer("group")])

    def test_DrawablesThatAreNotThere(self):
        if VERSION == 3:
            self.skipTest("GIMP 3 itself refuses them")
        self.refused("styles", "4711", styles=["4711"])
        self.refused("masks", "4711", masks=["4711"])
        self.refused("style-masks", "-7", style_masks=["-7"])

    def test_FilesThatAreNotThere(self):
        self.refused("style-files", "/nowhere/painting.png", files=["/nowhere/painting.png"])

    def test_NumbersOutOfRange(self):
        self.refused("size", "5", options={"size": 5})
        self.refused("style-scale", options={"style-scale": 0.01})
        self.refused("scales", options={"scales": 1000})
        self.refused("seed", options={"seed": -3})

    def test_ALayerWithAShortSideUnder32IsNamedWithItsPixels(self):
        low = xcf.Image(300, 50, [xcf.Layer("photo", gray(20, 300)), xcf.Layer("style", gray(33, 44))])
        said = self.refusal(low, paint_call(layer("photo"), styles=["style"]))
        for words in '"photo"', "300 × 20", "at least 32":
            self.assertIn(words, said)
        self.assertEqual(self.gimp.heard(), [])

    def test_UnknownChoicesNameTheNearestOne(self):
        self.refused("quality", "draft", options={"quality": "drafd"})
        self.refused("colors", "content", options={"colors": "contents"})

    def test_TextsThatCannotBeRead(self):
        self.refused("iterations", options={"iterations": "ten"})
        self.refused("style-layers", options={"style-layers": "relu1_1:much"})

    def test_UnknownOptions(self):
        if VERSION == 3:
            self.refused("sise", options={"sise": 512})
        else:
            self.refused("sise", "size", options="sise=512")

    def test_OptionsThatAreNoSettings(self):
        if VERSION == 3:
            self.skipTest("GIMP 3 has arguments in place of the line of options")
        self.refused("options", "draft", options="draft")
        self.refused("options", options="init='a b")

    def test_ValuesWithBlanksAreQuoted(self):
        place = self.gimp.folder / "a start.png"
        place.write_bytes(b"the fake helper does not look into it")
        self.paint(picture(), "photo", styles=["style"], options={"init": str(place)})
        self.assertEqual(self.gimp.job()["options"]["init"], str(place))

    def test_EveryOptionOfTheTableIsTaken(self):
        values = {"size": 64, "quality": "high", "objective": "gatys", "colors": "match", "strength": 61.5,
                  "match-parts": "off", "parts": "off",
                  "style-scale": 0.5, "content-weight": 3.5, "style-weight": 2.25,
                  "smoothness-weight": 0, "content-layers": "relu3_1:1", "style-layers": "relu1_1:2",
                  "style-term": "gram", "wasserstein-rank": 7, "optimizer": "adam",
                  "learning-rate": 0.125, "averaging": 0.5, "scales": 2, "iterations": "3,2",
                  "init": "noise", "seed": 0, "tileable": "xy", "pooling": "average", "precision": "fp32",
                  "device": "cpu", "threads": 1, "model": "vgg16", "time-limit": 60}
        self.paint(picture(), "photo", styles=["style"], options=values)
        sent = self.gimp.job()["options"]
        for name, value in values.items():
            self.assertEqual(sent[name], value, name)

    def test_WithoutADisplayTheDialogIsRefused(self):
        call = {2: "(car (plug-in-maniera RUN-INTERACTIVE image (layer \"photo\") 0 #() \"\" 0 #() 0 #() 0 "
                   "#() \"\"))",
                3: "(plug-in-maniera #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector (layer "
                   "\"photo\")))"}[VERSION]
        said = self.refusal(picture(), call)
        self.assertIn("display", said)
        self.assertEqual(self.gimp.heard(), [])

    def test_LastValuesThatAreNotThere(self):
        call = {2: "(car (plug-in-maniera RUN-WITH-LAST-VALS image (layer \"photo\") 0 #() \"\" 0 #() 0 #() "
                   "0 #() \"\"))",
                3: "(plug-in-maniera #:run-mode RUN-WITH-LAST-VALS #:image image #:drawables (vector (layer "
                   "\"photo\")))"}[VERSION]
        said = self.refusal(picture(), call)
        self.assertIn("Neural Style", said)

    def test_SeveralDrawablesAreRefused(self):
        if VERSION == 2:
            self.skipTest("GIMP 2.10 has one drawable")
        self.refused("one", drawable='(layer "photo") (layer "style")')


if __name__ == "__main__":
    gimp.main()
