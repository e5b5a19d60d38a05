#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialog in every language, light and dark, with no layer and with forty."""

import subprocess
import tempfile
import unittest

import desktop
import gimp
from desktop import Session

# The mnemonics of "Advanced".
ADVANCED = {"german": "alt+e", "spanish": "alt+v", "french": "alt+v", "japanese": "alt+a"}
# Those of "Show parts".
PARTS = {"german": "alt+k", "spanish": "alt+m", "french": "alt+h", "japanese": "alt+w"}


class Looks(unittest.TestCase):
    """Pictures for people to judge; here only that the window holds in 1024x768."""

    def look(self, name, theme="dark", styles=2, keys=(), environment=None, with_parts=()):
        """`keys` come first; those `with_parts` when parts are known."""
        session = Session(theme, styles, environment)
        try:
            session.gimp.behave("invert")
            drawable = gimp.layer("Hill")
            call = {2: f'(plug-in-maniera RUN-INTERACTIVE image {drawable} 0 #() "" 0 #() 0 #() 0 #() "")',
                    3: "(plug-in-maniera #:run-mode RUN-INTERACTIVE #:image image "
                       f"#:drawables (vector {drawable}))"}[gimp.VERSION]
            place = session.gimp.start(call)
            dialog = session.screen.window("Maniera")
            session.wait_for_preview(dialog)
            for key in keys:
                session.screen.key(dialog, key)
            if with_parts:
                session.wait_for("maps")
                session.screen.settle(dialog)
                session.screen.key(dialog, *with_parts)
            session.shot(dialog, name)
            x, y, width, height = session.screen.geometry(dialog)
            session.screen.key(dialog, "Escape")
            session.gimp.finish(place)
            self.assertLessEqual(width, 1024)
            self.assertLessEqual(height, 768 - 60, "no room for a title and a panel")
        finally:
            session.close()

    def speak(self, name, locale):
        """With all that is folded unfolded: translations are longer."""
        with tempfile.TemporaryDirectory() as locales:
            subprocess.run(["localedef", "-i", locale, "-f", "UTF-8", f"{locales}/{locale}.UTF-8"],
                           check=True, capture_output=True)
            environment = {"LOCPATH": locales, "LC_ALL": f"{locale}.UTF-8", "LANGUAGE": ""}
            self.look(name, keys=["space", ADVANCED[name]], environment=environment)
            toggle = PARTS[name]
            # To the legend; the first part, and on to what it is painted like: its own, the second one's.
            chosen = [toggle, toggle, "Tab", "Tab", "space", "Tab", "Tab", "Down"]
            self.look(f"{name}-parts", keys=["space", toggle], environment=environment, with_parts=chosen)

    def test_German(self):
        self.speak("german", "de_DE")

    def test_Spanish(self):
        self.speak("spanish", "es_ES")

    def test_French(self):
        self.speak("french", "fr_FR")

    def test_Japanese(self):
        self.speak("japanese", "ja_JP")

    def test_Light(self):
        self.look("light", "light", keys=["space"])

    def test_NoOtherLayer(self):
        self.look("empty", styles=0)

    def test_FortyLayers(self):
        """The third first: the keys do not wait, and a tick unfolds rows below itself, where they would go."""
        self.look("forty", styles=40, keys=["Down", "Down", "space", "Up", "Up", "space", "alt+a"])


if __name__ == "__main__":
    desktop.main()
