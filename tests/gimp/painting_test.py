#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real helper with the real model, called by GIMP: what comes back is a painting."""

import json
import subprocess
import sys

import gimp
import numpy as np
import xcf
from gimp import BUILD, HERE

sys.path.append(str(HERE.parent / "support"))
from test_data import test_data

PROGRAM = BUILD / "bin/maniera"
CONVERT = "/usr/bin/convert"  # whatever else is called so


def pixels_of(path, side):
    """A picture file, its long side made so long."""
    command = [CONVERT, path, "-strip", "-colorspace", "sRGB", "-resize", f"{side}x{side}", "-depth", "8", "ppm:-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    _, size, _, pixels = raw.split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


def write_picture(path, pixels):
    header = f"P6\n{pixels.shape[1]} {pixels.shape[0]}\n255\n".encode()
    subprocess.run([CONVERT, "ppm:-", path], input=header + pixels.tobytes(), check=True)


class Painting(gimp.Test):
    def setUp(self):
        self.gimp.behave("echo", helper=PROGRAM)

    def photo_and_painting(self):
        data = test_data()
        if data:
            photo, painting = data / "content/tubingen.jpg", data / "style/starry-night.jpg"
        else:  # the program's own samples will do
            subprocess.run([PROGRAM, "sample", "all", "-o", self.gimp.folder / "images"], check=True)
            photo, painting = (self.gimp.folder / "images" / name for name in ("landscape.png", "strokes.png"))
        return pixels_of(photo, 256), pixels_of(painting, 256)

    def style_term(self, picture, photo, painting):
        files = [self.gimp.folder / "images" / name for name in ("picture.png", "photo.png", "painting.png")]
        for file, pixels in zip(files, (picture, photo, painting)):
            write_picture(file, pixels)
        said = subprocess.run([PROGRAM, "measure", files[0], "--content", files[1], "--style", files[2],
                               "--json"], capture_output=True, check=True).stdout
        layers = json.loads(said)["style"]
        weights = {"relu1_1": 256, "relu2_1": 64, "relu3_1": 16, "relu4_1": 4, "relu5_1": 1}
        return sum(weights[name] * value for name, value in layers.items()) / sum(weights.values())

    def test_ADraftHalvesTheStylesTerm(self):
        photo, painting = self.photo_and_painting()
        image = xcf.Image(photo.shape[1], photo.shape[0],
                          [xcf.Layer("photo", photo), xcf.Layer("style", painting)])
        saved, new = self.paint(image, "photo", styles=["style"], options={"size": 256, "quality": "draft"})
        before, after = (self.style_term(picture, photo, painting) for picture in (photo, new.pixels))
        print(f"the style's term: {before:.4f} in the photograph, {after:.4f} in the painting")
        self.assertLess(after, before / 2)
        kept = BUILD / "screenshots"
        kept.mkdir(exist_ok=True)
        write_picture(kept / f"gimp{gimp.VERSION}-draft.png", new.pixels)
        recipe = json.loads(new.parasites["maniera-recipe"].rstrip(b"\0"))
        self.assertEqual(len(recipe["model"]), 64)

    def test_WithoutAModelTheMessageSaysWhereToGetOne(self):
        photo, painting = self.photo_and_painting()
        image = xcf.Image(photo.shape[1], photo.shape[0],
                          [xcf.Layer("photo", photo), xcf.Layer("style", painting)])
        call = gimp.paint_call(gimp.layer("photo"), styles=["style"], options={"model": "no-such-model"})
        self.assertIn("model", self.refusal(image, call))

    def test_AStyleFileThatIsNoPictureIsRefused(self):
        photo, painting = self.photo_and_painting()
        image = xcf.Image(photo.shape[1], photo.shape[0], [xcf.Layer("photo", photo)])
        file = self.gimp.folder / "images/no-picture.png"
        file.write_text("this is no picture")
        said = self.refusal(image, gimp.paint_call(gimp.layer("photo"), files=[file]))
        self.assertIn("no-picture.png", said)


if __name__ == "__main__":
    if subprocess.run([PROGRAM, "models", "verify", "vgg16"], capture_output=True).returncode:
        print("skipped: there is no model; install/tools/import-model --fetch gets it")
        sys.exit(77)
    gimp.main()
