#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Help in every window of the plug-in, in German, with a stand-in for the user's browser."""

import os
import pathlib
import subprocess
import tempfile

import desktop
import gimp
from desktop import Session
from screen import wait_until

PAGE = gimp.BUILD / f"plug-ins/{gimp.VERSION}/maniera/help/de/index.html"
PAINT = {2: '(plug-in-maniera RUN-INTERACTIVE image {} 0 #() "" 0 #() 0 #() 0 #() "")',
         3: "(plug-in-maniera #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector {}))"}
REPEAT = {2: "(plug-in-maniera-repeat RUN-INTERACTIVE image {} -1)",
          3: "(plug-in-maniera-repeat #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector {}))"}
EDIT = {2: "(plug-in-maniera-edit RUN-INTERACTIVE image {})",
        3: "(plug-in-maniera-edit #:run-mode RUN-INTERACTIVE #:image image #:drawables (vector {}))"}
HILL, PAINTED = gimp.layer("Hill"), gimp.layer("Painting 1, Stärke 50")


class Help(desktop.Test):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.home = pathlib.Path(scratch.name)
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", cls.home / "de_DE.UTF-8"],
                       check=True, stdout=subprocess.DEVNULL)
        cls.programs = cls.home / "own/applications"
        cls.programs.mkdir(parents=True)
        system = cls.home / "system"  # without the programs of this one
        system.mkdir()
        for folder in pathlib.Path("/usr/share").iterdir():
            if folder.name != "applications":
                (system / folder.name).symlink_to(folder)
        stock = ("script-fu", "help", "web-browser")
        cls.session = Session(stock=stock, environment={
            "LOCPATH": str(cls.home), "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "",
            "XDG_CONFIG_HOME": str(cls.programs), "XDG_DATA_HOME": str(cls.home / "own"),
            "XDG_DATA_DIRS": str(system)})
        cls.screen, cls.gimp = cls.session.screen, cls.session.gimp
        cls.gimp.behave("invert")
        cls.gimp.eval(gimp.paint_call(HILL, styles=["Painting 1"], options={"size": 64}))

    def setUp(self):
        self.log = self.home / "asked"
        self.log.unlink(missing_ok=True)
        browser = self.home / "browser"
        browser.write_text(f'#!/bin/sh\nread _ _ _ _ group _ </proc/$$/stat\necho "$1 $group" >>{self.log}\n')
        browser.chmod(0o755)
        (self.programs / "browser.desktop").write_text(
            f"[Desktop Entry]\nType=Application\nName=Browser\nExec={browser} %u\nMimeType=text/html;\n")
        (self.programs / "mimeapps.list").write_text(
            "[Default Applications]\ntext/html=browser.desktop\n")

    def open(self, call, title):
        return self.gimp.start(call), self.screen.window(title)

    def leave(self, place, window):
        self.screen.key(window, "Escape")
        self.gimp.finish(place)
        own = str(gimp.BUILD)  # GIMP's help system stays
        wait_until(lambda: not any(own in command for _, command in self.gimp.processes()),
                   "an end of the plug-in")

    def asked(self):
        """What the browser was given: the page and the browser's process group."""
        return [line.split() for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def assert_help(self, call, title, shot):
        self.log.unlink(missing_ok=True)
        place, window = self.open(call[gimp.VERSION].format(HILL if call != EDIT else PAINTED), title)
        self.session.shot(window, shot)
        for times, key in enumerate(["alt+h", "F1"], 1):
            self.screen.key(window, key)
            wait_until(lambda: len(self.asked()) >= times, f"a page after {key}", 30)
        self.leave(place, window)
        gimp_group = str(os.getpgid(self.gimp.process.pid))
        self.assertEqual(self.asked(), [[str(PAGE), gimp_group]] * 2,
                         "what runs in the plug-in's group ends with it")

    def test_ThePaintingDialogOpensOurPage(self):
        self.assert_help(PAINT, "^Neuronaler Stil", "help-paint")

    def test_TheRepeatDialogOpensOurPage(self):
        self.assert_help(REPEAT, "^Maniera-Rezept", "help-repeat")

    def test_TheEditDialogOpensOurPage(self):
        self.assert_help(EDIT, "^Neuronaler Stil", "help-edit")

    def test_WithoutABrowserAWindowSaysWhereThePageIs(self):
        (self.programs / "browser.desktop").unlink()
        place, window = self.open(REPEAT[gimp.VERSION].format(HILL), "^Maniera-Rezept")
        self.screen.key(window, "F1")
        said = self.screen.window("^Hilfe$", 30)
        self.session.shot(said, "no-browser")
        self.screen.key(said, "Escape")
        self.screen.wait_gone("^Hilfe$")
        self.leave(place, window)
        self.assertEqual(self.asked(), [])

    def test_GimpFindsThePageOfEachProcedure(self):
        """As for F1 on an entry of the menus."""
        for procedure, page in {"plug-in-maniera": str(PAGE), "plug-in-maniera-edit": PAGE.as_uri() + "#again",
                                "plug-in-maniera-repeat": PAGE.as_uri() + "#again"}.items():
            self.log.unlink(missing_ok=True)
            self.gimp.eval(f'(gimp-help "maniera" "{procedure}")')
            wait_until(self.asked, f"a page for {procedure}")
            self.assertEqual(self.asked()[0][0], page)


if __name__ == "__main__":
    desktop.main()
