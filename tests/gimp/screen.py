# SPDX-License-Identifier: GPL-3.0-or-later
"""A display that nobody sees, and a GIMP on it: windows are found by title, keys and clicks go through
the X server as a user's do."""

import contextlib
import ctypes
import json
import os
import subprocess
import time

import gimp
import numpy as np

TIMEOUT = float(os.environ.get("MANIERA_PATIENCE", 120))  # seconds that a window is waited for: a loaded machine is slow


def wait_until(true, what, timeout=TIMEOUT):
    """Polls; what `true` gave when that counts as true."""
    end = time.monotonic() + timeout
    while not (value := true()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {timeout} s")
        time.sleep(0.05)
    return value


def picture(*command, **more):
    """What a command writes as PPM, as an array of height, width and three components."""
    written = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
                             **more).stdout
    _, size, _, pixels = written.split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
def pass_over(display, error):
    """Xlib's own handler would end this process where a window has just gone."""
    return 0


class ClientMessage(ctypes.Structure):
    """Xlib's XClientMessageEvent, with room for the whole of XEvent."""

    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong),
                ("message_type", ctypes.c_ulong), ("format", ctypes.c_int),
                ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 12)]


class Screen:
    """An X server of 1024x768, the smallest that the dialog must hold in."""

    def __init__(self, size="1024x768"):
        read, write = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"],
            pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()  # comes when the server listens
        if not number:
            raise AssertionError("Xvfb did not start")
        self.display = f":{number}"

    def environment(self):
        return {**os.environ, "DISPLAY": self.display, "GDK_BACKEND": "x11"}

    def run(self, *command):
        # ImageMagick's import waits for a click where its window has just gone.
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True,
                              check=False, timeout=60)

    def call(self, *command):
        done = self.run(*command)
        if done.returncode != 0:
            raise AssertionError(f"{command}: {done.stderr}")
        return done.stdout

    def windows(self, title):
        """Those to be seen whose title matches a regular expression. A window that goes while xdotool
        looks ends its search with an X error; then it looks again."""
        def search():
            found = self.run("xdotool", "search", "--onlyvisible", "--name", title)
            return None if "X Error" in found.stderr else found

        found = wait_until(search, "a search without an X error")
        return [int(line) for line in found.stdout.split()]

    def window(self, title, timeout=TIMEOUT):
        return wait_until(lambda: self.windows(title), f"a window {title!r}", timeout)[0]

    def wait_gone(self, title, timeout=TIMEOUT):
        wait_until(lambda: not self.windows(title), f"no window {title!r}", timeout)

    def geometry(self, window):
        lines = self.call("xdotool", "getwindowgeometry", "--shell", str(window)).split()
        values = dict(line.split("=") for line in lines)
        return tuple(int(values[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def key(self, window, *keys):
        """Without a window manager somebody must give the window the focus."""
        self.call("xdotool", "windowfocus", "--sync", str(window), "key", "--clearmodifiers",
                  "--delay", "60", *keys)

    def type(self, window, text):
        self.call("xdotool", "windowfocus", "--sync", str(window), "type", "--delay", "60", text)

    def click(self, window, x, y, button=1):
        """At a place of the window; from the far edges where negative."""
        _, _, width, height = self.geometry(window)
        self.call("xdotool", "mousemove", "--sync", "--window", str(window),
                  str(x % width), str(y % height), "click", str(button))

    def drag(self, source, window, x, y):
        """From the middle of a window to a place of another; in steps, as a hand does it."""
        _, _, width, height = self.geometry(source)
        left, top, across, down = self.geometry(window)
        x, y = left + x % across, top + y % down
        self.call("xdotool", "mousemove", "--sync", "--window", str(source), str(width // 2),
                  str(height // 2), "mousedown", "1")
        for part in (0.1, 0.3, 0.6, 0.9, 0.99, 1):
            self.call("xdotool", "mousemove", str(round(x * part)), str(round(y * part)))
            time.sleep(0.2)
        # Away again: GTK 2 brightens pictures under the pointer.
        self.call("xdotool", "mouseup", "1", "sleep", "0.2", "mousemove", "0", "0")

    @contextlib.contextmanager
    def offered(self, uri):
        """A window that a file can be dragged from."""
        source = subprocess.Popen([gimp.BUILD / "bin/drag_source", uri], env=self.environment(),
                                  stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield self.window("^A file to drag$")
        finally:
            source.terminate()
            source.wait(30)

    def place(self, window, x, y, width, height):
        self.call("xdotool", "windowmove", "--sync", str(window), str(x), str(y))
        self.call("xdotool", "windowsize", str(window), str(width), str(height))

    def settle(self, window):
        """Waits until two looks in a row are the same, or nearly so: a bar may move."""
        looks = [self.pixels(window)]

        def still():
            looks.append(self.pixels(window))
            same = looks[-1].shape == looks[-2].shape
            return same and np.mean(looks[-1] != looks[-2]) < 0.01

        wait_until(still, "a window that does not change", 20)

    def ask_to_close(self, window):
        """What a window manager does: WM_DELETE_WINDOW, which not every xdotool can send. Nothing where
        the window has just gone."""
        x11 = ctypes.CDLL("libX11.so.6")
        x11.XSetErrorHandler(pass_over)
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XInternAtom.restype = ctypes.c_ulong
        display = ctypes.c_void_p(x11.XOpenDisplay(self.display.encode()))
        protocols, delete = (x11.XInternAtom(display, name, 0)
                             for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
        event = ClientMessage(33, 0, 1, None, window, protocols, 32, (delete, 0, 0, 0, 0))
        x11.XSendEvent(display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(event))
        x11.XCloseDisplay(display)

    def shot(self, path, window="root"):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.call("/usr/bin/import", "-silent", "-window", str(window), f"png:{path}")

    def pixels(self, window):
        """What a window shows."""
        return picture("/usr/bin/import", "-silent", "-window", str(window), "-depth", "8", "ppm:-",
                       env=self.environment(), timeout=60).astype(int)

    def close(self):
        self.process.terminate()
        self.process.wait(30)


class Gimp(gimp.Gimp):
    """A GIMP with windows; expressions are still handed to it as to one without."""

    def __init__(self, screen, theme="dark", environment=None, stock=("script-fu",)):
        self.screen, self.theme = screen, theme
        super().__init__({"DISPLAY": screen.display, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1",
                          **(environment or {})}, stock)

    def _make_profile(self):
        super()._make_profile()
        name = self.theme.capitalize()
        looks = {2: f'(theme "{name}")\n(icon-theme "Symbolic{"-Inverted" if name == "Light" else ""}")\n',
                 3: f'(theme "Default")\n(theme-color-scheme {self.theme})\n'
                    "(show-welcome-dialog no)\n"}
        with open(self.profile / "gimprc", "a") as file:
            file.write(looks[gimp.VERSION] + "(check-updates no)\n(save-document-history no)\n"
                       "(help-browser web-browser)\n")
        (self.profile / "sessionrc").write_text("(hide-docks yes)\n(single-window-mode yes)\n")
        self.remember_quick_look(False)

    def remember_quick_look(self, ticked):
        folder = self.profile / "maniera"
        folder.mkdir(exist_ok=True)
        (folder / "dialog.json").write_text(json.dumps({"quick-look": ticked}))

    def _command(self):
        program = {2: "gimp-2.10", 3: "gimp-3"}[gimp.VERSION]
        _, _, *rest = super()._command()  # not the console's name and its -i
        return [program, "-s", "-n", *["(gimp-quit 1)" if word == "(gimp-quit 0)" else word
                                       for word in rest]]  # does not ask about unsaved images
