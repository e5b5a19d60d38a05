#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""In each language, a real GIMP's plug-in speaks it: told by a refusal, which needs no display."""

import gettext
import pathlib
import subprocess
import sys
import tempfile

import gimp
import numpy as np
import xcf
from gimp import BUILD, VERSION, layer, paint_call

CATALOGUES = BUILD / f"plug-ins/{VERSION}/maniera/locale"
NO_STYLE = "styles: none are given. Give at least one layer in styles, or one picture in style-files."


class Language:
    """Translations need a real locale, LANGUAGE alone is not enough; so one is made."""

    @classmethod
    def setUpClass(cls):
        cls.locales = tempfile.TemporaryDirectory()
        name = cls.locale + ".UTF-8"
        subprocess.run(["localedef", "-i", cls.locale, "-f", "UTF-8",
                        pathlib.Path(cls.locales.name) / name], check=True, stdout=subprocess.DEVNULL)
        cls.environment = {"LOCPATH": cls.locales.name, "LC_ALL": name, "LANGUAGE": ""}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.locales.cleanup()

    def test_ARefusalIsSpoken(self):
        catalogue = gettext.translation("maniera", CATALOGUES, [self.locale])
        wanted = catalogue.gettext(NO_STYLE)
        self.assertNotEqual(wanted, NO_STYLE)
        picture = xcf.Image(40, 40, [xcf.Layer("photo", np.full((40, 40, 3), 127, np.uint8))])
        self.assertIn(wanted, self.refusal(picture, paint_call(layer("photo"))))


class German(Language, gimp.Test):
    locale = "de_DE"


class Spanish(Language, gimp.Test):
    locale = "es_ES"


class French(Language, gimp.Test):
    locale = "fr_FR"


class Japanese(Language, gimp.Test):
    locale = "ja_JP"


if __name__ == "__main__":
    if not pathlib.Path("/usr/share/i18n/locales/ja_JP").exists():
        print("skipped: there are no locales to make (Debian's package locales)")
        sys.exit(77)
    gimp.main()
