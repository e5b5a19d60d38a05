#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Part by part: the layer and its styles show their parts in colors, the same color for the same part."""

import json
import time

import desktop
import gimp
import numpy as np
import xcf
from desktop import TITLE
from screen import wait_until

# Places of the preview. To the fake helper the layer's left half is one part, its right half the other.
LEFT, RIGHT = np.s_[190:240, 110:200], np.s_[190:240, 300:420]
STRIP = np.s_[420:620, 10:300]  # the styles' pictures


def redness(pixels):
    """How much more red than blue there is."""
    return float(np.mean(pixels[..., 0].astype(float) - pixels[..., 2]))


class Parts(desktop.DialogTest):
    helper = "echo"

    def part(self, place):
        return redness(self.screen.pixels(self.dialog)[place])

    def setUp(self):
        super().setUp()
        self.screen.settle(self.dialog)
        self.bare = self.part(LEFT), self.part(RIGHT)

    def shown(self):
        """The first part is red, the second one blue."""
        return self.part(LEFT) > self.bare[0] + 40 and self.part(RIGHT) < self.bare[1] - 10

    def wait_for_parts(self):
        wait_until(self.shown, "the parts")

    def wait_for_layer(self):
        wait_until(lambda: abs(self.part(LEFT) - self.bare[0]) < 25, "the bare layer")

    def searches(self):
        return sum('"method":"parts"' in line for line in self.gimp.heard())

    def wait_for_search(self, count=1):
        wait_until(lambda: self.searches() >= count, "a search for parts")

    def options(self, method):
        lines = [json.loads(line) for line in self.gimp.heard() if line.startswith("{")]
        return [line["params"]["job"].get("options", {}) for line in lines if line["method"] == method]

    def test_OnePaintingHasThemBeforeAnyoneAsks(self):
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        self.assertEqual(self.options("parts"), [{}])
        self.screen.key(self.dialog, "alt+b")
        self.wait_for_layer()
        self.session.wait_for("estimate", 2)
        self.assertEqual(self.options("estimate")[-1], {"parts": "off"})

    def test_TheTickShowsThemInBothPictures(self):
        # It is set for one painting; who ticks it wants to see what it does.
        self.screen.key(self.dialog, "alt+b", "alt+b")
        self.wait_for_parts()
        self.session.shot(self.dialog, "parts")
        self.assertEqual(self.options("parts"), [{"parts": "auto"}])
        # Above, the painting is the first part, below, the second.
        strip = self.screen.pixels(self.dialog)[STRIP].astype(float)
        reds = np.argwhere(strip[..., 0] > strip[..., 2] + 60)
        blues = np.argwhere(strip[..., 2] > strip[..., 0] + 60)
        self.assertGreater(min(len(reds), len(blues)), 1000)
        self.assertLess(np.median(reds[:, 0]), np.median(blues[:, 0]) - 40)

    def test_TheToggleTakesThemAwayAndNothingIsSearchedAgain(self):
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_layer()
        self.screen.key(self.dialog, "alt+s", "ctrl+a", "7", "5", "Tab")  # the strength
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        time.sleep(1)
        self.assertEqual(self.searches(), 1)

    def test_OtherStylesHaveOtherParts(self):
        self.screen.key(self.dialog, "alt+b", "alt+b")
        self.wait_for_parts()
        # From the tick over the two buttons to the second style, which is shown by that.
        self.screen.key(self.dialog, "shift+Tab", "shift+Tab", "shift+Tab", "space")
        self.wait_for_search(2)
        self.wait_for_parts()
        jobs = [json.loads(line)["params"]["job"] for line in self.gimp.heard() if '"maps"' in line]
        self.assertEqual([len(job["inputs"]["styles"]) for job in jobs], [1, 2])
        self.session.shot(self.dialog, "parts-of-two")

    def click(self, y, x):
        self.screen.call("xdotool", "mousemove", "--window", str(self.dialog), str(x), str(y), "click", "1")

    def wait_for_chosen(self, part):
        """The first is colored strongly and the second pale, or the other way round."""
        states = {1: lambda one, two: one > self.all[0] + 25 and two > self.all[1] + 15,
                  2: lambda one, two: one < self.all[0] - 25 and two < self.all[1] - 15,
                  0: lambda one, two: abs(one - self.all[0]) + abs(two - self.all[1]) < 5}
        wait_until(lambda: states[part](self.part(LEFT), self.part(RIGHT)), f"part {part} alone")

    def test_OnePartStandsOutWhereverItIsChosen(self):
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        self.screen.settle(self.dialog)
        self.all = self.part(LEFT), self.part(RIGHT)
        self.click(200, 350)  # in the preview
        self.wait_for_chosen(2)
        self.session.shot(self.dialog, "parts-chosen")
        self.click(200, 350)
        self.wait_for_chosen(0)
        self.click(200, 350)
        self.wait_for_chosen(2)
        self.screen.call("xdotool", "mousemove", "--window", str(self.dialog), "150", "200", "mousedown", "1",
                         "mousemove_relative", "40", "20", "mouseup", "1")
        time.sleep(0.5)
        self.wait_for_chosen(2)  # what is dragged is not clicked
        self.click(470, 60)  # the upper half of the style's picture
        self.wait_for_chosen(1)
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_layer()
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_chosen(1)
        self.screen.key(self.dialog, "Tab", "Tab", "Tab", "space")  # the legend's second
        self.wait_for_chosen(2)
        self.screen.key(self.dialog, "space")
        self.wait_for_chosen(0)

    def save_as_channels(self):
        self.screen.key(self.dialog, "alt+w", "alt+w", "Tab", "space")  # the button is beside that tick

    def wait_for_channels(self, *names):
        wait_until(lambda: list(self.session.image().channels) == [*names, "Sky"], f"the channels {names}")
        return self.session.image()

    def choose_first(self):
        """From the toggle over the button to the legend, and on to what the first part is painted like."""
        self.screen.key(self.dialog, "alt+w", "alt+w", "Tab", "Tab", "space", "Tab", "Tab")

    def let_go(self):
        self.screen.key(self.dialog, "shift+Tab", "shift+Tab", "space")

    def colored(self, rows):
        """How many pixels of the style's picture between such rows are red, and how many blue."""
        strip = self.screen.pixels(self.dialog)[STRIP].astype(float)
        colored = np.argwhere(abs(strip[..., 0] - strip[..., 2]) > 60)[:, 0]
        top = colored.min(initial=len(strip))
        part = strip[top + rows.start:top + rows.stop]
        return (np.sum(part[..., 0] > part[..., 2] + 60), np.sum(part[..., 2] > part[..., 0] + 60))

    def pairs(self):
        parts = self.gimp.job()["inputs"].get("parts")
        return parts and parts["counterparts"]

    def paint(self, layers):
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_layers(layers)

    def test_APartIsPaintedLikeAnothersCounterpartAndTheRecipeKeepsIt(self):
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        self.choose_first()
        self.screen.key(self.dialog, "Down")  # from its own to the second part's
        self.screen.settle(self.dialog)
        self.session.shot(self.dialog, "parts-sent")
        self.let_go()
        # Below, the painting now has stripes of both, and the first part's counterpart is nobody's.
        wait_until(lambda: min(self.colored(slice(20, 50))) > 300, "stripes")
        self.session.shot(self.dialog, "parts-sent-all")
        self.assertGreater(self.part(LEFT), self.bare[0] + 40)
        self.assertLess(self.part(RIGHT), self.bare[1] - 10)
        self.paint(4)
        self.assertEqual(self.pairs(), [2, 2])
        parts = self.gimp.job()["inputs"]["parts"]
        self.assertEqual((parts["content"]["width"], parts["content"]["height"]), (320, 240))
        self.assertEqual(len(parts["styles"]), 1)
        # Painted again from the recipe, and edited.
        painted = self.session.names()[0]
        self.gimp.behave("echo")
        self.gimp.eval(gimp.edit_call(gimp.layer(painted)))
        self.assertEqual(self.pairs(), [2, 2])
        self.gimp.behave("echo")
        place = self.gimp.start(f"(name-of {gimp.edit_call(gimp.layer(painted), 'RUN-INTERACTIVE')})")
        self.dialog = self.screen.window(TITLE)
        self.session.wait_for("estimate")
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_search()
        wait_until(lambda: min(self.colored(slice(20, 50))) > 300, "stripes")
        self.screen.key(self.dialog, "alt+p")
        self.gimp.finish(place)
        self.assertEqual(self.pairs(), [2, 2])

    def test_APartIsSwitchedOffUntilOtherStylesAreTicked(self):
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        self.choose_first()
        self.screen.key(self.dialog, "Down", "Down")
        self.session.shot(self.dialog, "parts-off-chosen")
        self.let_go()
        # Gray, where it was red.
        wait_until(lambda: abs(self.part(LEFT)) < 10 and self.part(RIGHT) < -40, "a part that is off")
        self.session.shot(self.dialog, "parts-off")
        self.screen.key(self.dialog, "alt+y")
        self.session.wait_for_layers(4)
        self.assertEqual(self.pairs(), [0, 2])
        self.screen.key(self.dialog, "alt+w", "alt+b", "alt+b")  # without parts, and with them again
        self.wait_for_parts()
        self.screen.key(self.dialog, "alt+y")
        self.session.wait_for_layers(5)
        self.assertIsNone(self.pairs())

    def test_TheQuickLookFollowsWhatPartsArePaintedLike(self):
        self.screen.ask_to_close(self.dialog)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.dialog = self.session.open_dialog(quick_look=True)
        self.session.wait_for_preview(self.dialog)
        self.session.tick_first(self.dialog)
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        self.choose_first()
        looks = self.session.heard("stylize")
        self.screen.key(self.dialog, "Down")
        wait_until(lambda: self.session.heard("stylize") > looks and self.pairs() == [2, 2], "a look at it")

    def test_TheyAreSavedAsChannels(self):
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        before, active = self.session.image(), self.gimp.eval("(active-name)")
        self.save_as_channels()
        image = self.wait_for_channels("Part 1", "Part 2")
        one, two = image.channels["Part 1"].astype(int), image.channels["Part 2"].astype(int)
        self.assertEqual(one.shape, (240, 320))
        self.assertTrue((one[:, :158] == 255).all() and (two[:, :158] == 0).all())
        self.assertTrue((one[:, 162:] == 0).all() and (two[:, 162:] == 255).all())
        self.assertTrue((abs(one + two - 255) <= 1).all())
        for name in "Part 1", "Part 2":
            self.assertIn(self.gimp.eval(f"(gimp-item-get-visible {gimp.channel(name)})"), ("(0)", "#f"))
        self.assertEqual(self.gimp.eval("(active-name)"), active)
        np.testing.assert_array_equal(image.selection, before.selection)
        self.session.shot(self.dialog, "parts-saved")
        # Those that were saved stay, and one step takes the new ones back.
        self.save_as_channels()
        self.wait_for_channels("Part 1 #1", "Part 2 #1", "Part 1", "Part 2")
        self.session.undo()
        self.wait_for_channels("Part 1", "Part 2")

    def test_ASavedChannelCanBeAMaskAtOnce(self):
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        self.save_as_channels()
        self.wait_for_channels("Part 1", "Part 2")
        # From the tick to the first style's mask, where it comes after "Everywhere".
        self.screen.key(self.dialog, "alt+b", "shift+Tab", "shift+Tab", "shift+Tab", "shift+Tab", "shift+Tab", "Down")
        self.session.shot(self.dialog, "parts-as-mask")
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_layers(4)
        self.assertEqual(self.gimp.job()["inputs"]["styles"][0]["mask"]["name"], "Part 1")

    def test_ThePaintingIsMadeOfThemAndRemembersIt(self):
        self.screen.key(self.dialog, "alt+b", "alt+b")
        self.wait_for_parts()
        self.screen.key(self.dialog, "alt+y")
        self.session.wait_for_layers(4)
        self.wait_for_layer()  # the painting is looked at
        self.assertEqual(self.options("stylize"), [{"parts": "auto"}])
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        self.screen.ask_to_close(self.dialog)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.gimp.behave("echo")
        self.dialog = self.session.open_dialog()
        self.session.wait_for("estimate")
        self.assertEqual(self.options("estimate"), [{"parts": "auto"}])
        self.screen.key(self.dialog, "alt+w")
        self.wait_for_parts()
        self.screen.key(self.dialog, "alt+b")
        self.wait_for_layer()
        self.session.wait_for("estimate", 2)
        self.assertEqual(self.options("estimate")[-1], {"parts": "off"})

    def test_NothingInCommonIsSaid(self):
        self.screen.ask_to_close(self.dialog)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.gimp.behave("apart")
        self.dialog = self.session.open_dialog()
        self.session.wait_for_preview(self.dialog)
        self.screen.key(self.dialog, "space", "alt+w")
        self.wait_for_search()
        self.session.shot(self.dialog, "parts-none")
        self.assertLess(abs(self.part(LEFT) - self.bare[0]), 25)

    def test_ClosingTheDialogWhileTheyAreLookedForLeavesNothing(self):
        self.screen.ask_to_close(self.dialog)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        files = self.gimp.files()
        self.gimp.behave("mute", "parts")
        self.dialog = self.session.open_dialog()
        self.session.wait_for_preview(self.dialog)
        self.screen.settle(self.dialog)  # its keys are heard then
        self.screen.key(self.dialog, "space", "alt+w")
        self.wait_for_search()
        self.screen.ask_to_close(self.dialog)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()
        self.assertEqual(self.gimp.files(), files)

    def test_APaintingDoesNotWaitForThem(self):
        self.gimp.behave("mute", "parts")
        self.screen.key(self.dialog, "alt+s", "ctrl+a", "7", "5", "Tab", "alt+w")
        time.sleep(1)
        self.gimp.behave("invert")
        self.screen.key(self.dialog, "alt+p")
        self.screen.wait_gone(TITLE)
        self.session.wait_for_layers(4)


class RealParts(desktop.Test):
    """The real helper with the real model: a painting that is the layer turned over has all of its parts."""

    def test_TheSameIsTheSame(self):
        layers = [xcf.Layer("Hill", desktop.photo()), xcf.Layer("Lake", desktop.photo()[::-1])]
        self.gimp.eval("(close-displays)")
        self.session.open(xcf.Image(320, 240, layers))
        self.gimp.behave("echo", helper=gimp.BUILD / "bin/maniera")
        dialog = self.session.open_dialog()
        self.session.wait_for_preview(dialog)
        before = self.screen.pixels(dialog)[50:380, 20:480].astype(int)
        self.screen.key(dialog, "space", "alt+w")
        changed = lambda: np.mean(abs(self.screen.pixels(dialog)[50:380, 20:480] - before))
        wait_until(lambda: changed() > 20, "the parts", 120)
        self.session.shot(dialog, "parts-real")
        self.screen.ask_to_close(dialog)
        self.screen.wait_gone(TITLE)
        self.session.wait_for_silence()


if __name__ == "__main__":
    desktop.main()
