# SPDX-License-Identifier: GPL-3.0-or-later
"""A real GIMP without a display, for tests: hands it images, calls the plug-in, gives back what GIMP
saved.

    class Pictures(gimp.Test):
        def test_...(self):
            result = self.paint(image, "photo", styles=["style"])

The GIMP of a class starts once, in a folder of its own, with the plug-in that was built and nothing
else but Script-Fu. MANIERA_GIMP is 2 or 3, MANIERA_BUILD the build folder.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import xcf

HERE = pathlib.Path(__file__).parent
VERSION = int(os.environ.get("MANIERA_GIMP", "2"))
BUILD = pathlib.Path(os.environ.get("MANIERA_BUILD", HERE.parents[1] / "build/test"))
CONSOLE = {2: "gimp-console-2.10", 3: "gimp-console-3"}[VERSION]
TIMEOUT = 240  # seconds for one expression: generous, a loaded machine is slow


class Refused(Exception):
    """What GIMP said in place of a result."""


def quoted(text):
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def layer(name):
    return f"(layer {quoted(name)})"


def channel(name):
    return f"(channel {quoted(name)})"


def mask(name):
    return f"(mask {quoted(name)})"


SELECTION = "(selection)"


def _stock_plugins():
    """GIMP's own folder of plug-ins."""
    package = {2: "gimp-2.0", 3: "gimp-3.0"}[VERSION]
    command = ["pkg-config", "--variable=gimplibdir", package]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    return pathlib.Path(found.stdout.strip()) / "plug-ins"


_libc = ctypes.CDLL(None)


def _end_with_the_test():
    """A test that runs out of time is killed; its GIMP would wait for it for ever."""
    _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Gimp:
    # One of them ended by an X error, for it asked where the pointer is in a window (X_QueryPointer) that had
    # just gone. GIMP 2.10 did so once, in thousands of dialogs, and in none of a hundred that were to show why.
    lost_a_window = False

    def __init__(self, environment=None, stock=("script-fu",)):
        self.stock = stock  # GIMP's own plug-ins that it has
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="maniera-gimp-"))
        self.count = 0
        for name in ("profile", "session", "temporary", "images"):
            (self.folder / name).mkdir()
        self.helper = self.folder / "helper"
        self.log = self.folder / "helper.log"
        self.profile = self.folder / "profile"
        self.temporary = self.folder / "temporary"
        self.output = open(self.folder / "output", "w+b")
        self._make_profile()
        self.behave("echo")
        self.process = subprocess.Popen(
            self._command(), env=self._environment(environment or {}), stdin=subprocess.DEVNULL,
            stdout=self.output, stderr=subprocess.STDOUT, start_new_session=True,
            preexec_fn=_end_with_the_test)
        try:
            self.eval("1")
        except BaseException:
            self.close()
            raise

    def _make_profile(self):
        stock = self.folder / "stock"
        stock.mkdir()
        for name in self.stock:
            (stock / name).symlink_to(_stock_plugins() / name)
        (self.profile / "gimprc").write_text(
            f'(plug-in-path "{BUILD}/plug-ins/{VERSION}:{stock}")\n')
        for name in ("brushes", "dynamics", "patterns", "gradients", "palettes", "tool-presets",
                     "fonts", "templates"):
            (self.profile / name).mkdir()  # else GIMP complains when it ends

    def _command(self):
        load = " ".join(f"(load {quoted(HERE / name)})"
                        for name in (f"gimp{VERSION}.scm", "session.scm"))
        batch = ["-b", f"(begin {load} (session {quoted(self.folder / 'session')}))"]
        end = ["--quit"] if VERSION == 3 else ["-b", "(gimp-quit 0)"]
        return [CONSOLE, "-i", "-d", "-f", "--batch-interpreter=plug-in-script-fu-eval", *batch, *end]

    def _environment(self, more):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")}
        environment.update({f"GIMP{VERSION}_DIRECTORY": str(self.profile),
                            "TMPDIR": str(self.temporary), "LC_ALL": "C.UTF-8",
                            "MANIERA_HELPER": str(self.helper)})
        environment.update(more)
        return environment

    # Talking with it

    def start(self, expression):
        self.count += 1
        place = self.folder / "session" / str(self.count)
        place.with_suffix(".new").write_text(expression)
        place.with_suffix(".new").rename(place.with_suffix(".scm"))
        return place

    def finish(self, place):
        end = time.monotonic() + TIMEOUT
        while not place.with_suffix(".done").exists():
            if self.process.poll() is not None:
                Gimp.lost_a_window |= "request_code 38 " in self.tail()
                raise AssertionError(f"GIMP ended by itself\n{self.tail()}")
            if time.monotonic() > end:
                raise AssertionError(f"no answer in {TIMEOUT} s\n{self.tail()}")
            time.sleep(0.01)
        verdict, _, text = place.with_suffix(".answer").read_text().partition("\n")
        if verdict != "good":
            raise Refused(text)
        return text

    def eval(self, expression):
        return self.finish(self.start(expression))

    def tail(self):
        self.output.flush()
        return (self.folder / "output").read_text(errors="replace")[-3000:]

    # The helper that the plug-in finds

    def behave(self, mode, at="", helper=None):
        """From now on the helper is the fake one in this mode, or another program."""
        self.helper.unlink(missing_ok=True)
        self.log.unlink(missing_ok=True)
        program = helper or BUILD / "bin/fake_helper"
        self.helper.write_text(f'#!/bin/sh\nMANIERA_FAKE={mode} MANIERA_FAKE_AT={at} '
                               f'MANIERA_FAKE_LOG={self.log} exec {program} "$@"\n')
        self.helper.chmod(0o755)

    def heard(self):
        """The lines of the fake helper's log."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def job(self):
        """The last job that the fake helper was given."""
        jobs = [json.loads(line) for line in self.heard() if line.startswith("{")]
        return [job["params"]["job"] for job in jobs if job["method"] == "stylize"][-1]

    # What must not remain

    def processes(self):
        """Processes that came from this GIMP, but for itself and Script-Fu: pid and command."""
        mark = f"TMPDIR={self.temporary}".encode()
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                    if state != "Z":
                        found.append((int(entry.name), command))
            except OSError:
                pass
        own = ("gimp", "script-fu")
        return [(pid, command) for pid, command in found
                if not pathlib.Path(command.split(" ")[0]).name.startswith(own)]

    def files(self):
        """Files that are not GIMP's own, where a plug-in could leave some."""
        places = [self.temporary, pathlib.Path("/dev/shm"), self.profile / "tmp"]
        return sorted(str(file) for place in places if place.exists()
                      for file in place.rglob("*"))

    def close(self):
        try:
            if self.process.poll() is None:
                (self.folder / "session/end").touch()
                self.process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise AssertionError(f"GIMP did not end\n{self.tail()}") from None
        finally:
            for pid, _ in self.processes():
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):  # Script-Fu's process outlives a GIMP that crashed
                os.killpg(self.process.pid, signal.SIGKILL)
            self.output.close()
            shutil.rmtree(self.folder, ignore_errors=True)


# Calls

def _numbers(values):
    return "#(" + " ".join(str(value) for value in values) + ")"


def _drawables(values):
    return "(vector " + " ".join(values) + ")"


def paint_call(drawable, styles=(), files=(), weights=(), masks=(), style_masks=(),
               options=None, mask_names=("masks", "style-masks")):
    """The expression that calls plug-in-maniera. Styles are names of layers, or expressions; a mask
    is an expression, or None. `mask_names` are the arguments of the two kinds of masks in GIMP 3."""
    styles = [style if style.startswith("(") or style.lstrip("-").isdigit() else layer(style)
              for style in styles]
    none = "-1" if VERSION == 2 else drawable
    masks = [mask or none for mask in masks]
    style_masks = [mask or none for mask in style_masks]
    options = options or {}
    if VERSION == 2:
        words = options if isinstance(options, str) else " ".join(
            f"{name}='{value}'" for name, value in options.items())
        return (f"(car (plug-in-maniera RUN-NONINTERACTIVE image {drawable} "
                f"{len(styles)} {_drawables(styles)} {quoted(chr(10).join(map(str, files)))} "
                f"{len(weights)} {_numbers(weights)} {len(masks)} {_drawables(masks)} "
                f"{len(style_masks)} {_drawables(style_masks)} {quoted(words)}))")
    call = f"(plug-in-maniera #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (vector {drawable})"
    if styles:
        call += f" #:styles {_drawables(styles)}"
    if files:
        call += " #:style-files (list " + " ".join(map(quoted, files)) + ")"
    if weights:
        call += f" #:weights {_numbers(weights)}"
    for name, values in zip(mask_names, (masks, style_masks)):
        if values:
            call += f" #:{name} {_drawables(values)}"
    for name, value in options.items():
        call += f" #:{name} {quoted(value) if isinstance(value, str) else value}"
    return call + ")"


def repeat_call(drawable, recipe_layer):
    if VERSION == 2:
        return f"(car (plug-in-maniera-repeat RUN-NONINTERACTIVE image {drawable} {recipe_layer}))"
    return (f"(plug-in-maniera-repeat #:run-mode RUN-NONINTERACTIVE #:image image "
            f"#:drawables (vector {drawable}) #:recipe-layer {recipe_layer})")


def edit_call(drawable, mode="RUN-NONINTERACTIVE"):
    if VERSION == 2:
        return f"(car (plug-in-maniera-edit {mode} image {drawable}))"
    return f"(plug-in-maniera-edit #:run-mode {mode} #:image image #:drawables (vector {drawable}))"


class Test(unittest.TestCase):
    environment = {}
    stock = ("script-fu",)

    @classmethod
    def setUpClass(cls):
        cls.gimp = Gimp(cls.environment, cls.stock)

    @classmethod
    def tearDownClass(cls):
        cls.gimp.close()

    def setUp(self):
        self.gimp.behave("echo")

    def call(self, image, expression):
        """Opens the image, evaluates, saves. Returns the image as GIMP saved it, and the new layer in
        it; raises Refused after seeing to it that the image stayed as it was."""
        before, after = (self.gimp.folder / "images" / name for name in ("before.xcf", "after.xcf"))
        xcf.write(before, image)
        self.gimp.eval(f"(open-image {quoted(before)})")
        self.gimp.eval(f"(save-image {quoted(before)})")
        files = self.gimp.files()
        name = refusal = None
        try:
            name = self.gimp.eval(f"(name-of {expression})")
        except Refused as error:
            refusal = error
        self.gimp.eval(f"(save-image {quoted(after)})")
        self.gimp.eval("(close-image)")
        self.nothing_remains(files)
        if refusal:
            self.assertEqual(before.read_bytes(),
                             after.read_bytes(), "the image was changed")
            raise refusal
        saved = xcf.read(after)
        return saved, saved.layer(name)

    def nothing_remains(self, files):
        end = time.monotonic() + 5
        while self.gimp.processes() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual(self.gimp.processes(), [])
        self.assertEqual(self.gimp.files(), files)

    def paint(self, image, drawable, **arguments):
        return self.call(image, paint_call(layer(drawable), **arguments))

    def refusal(self, image, expression):
        with self.assertRaises(Refused) as refused:
            self.call(image, expression)
        return str(refused.exception)


def main(*programs):
    """Runs the tests of the file; without GIMP, or one of the programs that they start, says so."""
    for program in (CONSOLE, *programs):
        if not shutil.which(program):
            print(f"skipped: there is no {program}")
            sys.exit(77)
    if not (BUILD / f"plug-ins/{VERSION}/maniera/maniera").exists():
        print(f"skipped: the plug-in for GIMP {VERSION} was not built in {BUILD}")
        sys.exit(77)
    sys.dont_write_bytecode = True
    passed = unittest.main(verbosity=2, exit=False).result.wasSuccessful()
    if Gimp.lost_a_window and "MANIERA_SECOND_TRY" not in os.environ:
        print("GIMP asked for the pointer in a window that had gone, and ended. Once more, all tests.", flush=True)
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "MANIERA_SECOND_TRY": "1"})
    sys.exit(not passed)
