#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader finds in a program's windows, as JSON: for every part its role, the name that
is spoken, its description, and whether it shows, takes the focus and can be used.

    spoken.py PROGRAM

Run in the session of the program: the accessibility bus is found through the session's.
"""

import json
import sys

import pyatspi


def name(node):
    """Its own, else its label's."""
    if node.name:
        return node.name
    for relation in node.getRelationSet():
        if relation.getRelationType() == pyatspi.RELATION_LABELLED_BY:
            return " ".join(relation.getTarget(i).name for i in range(relation.getNTargets()))
    return ""


def parts(node):
    states = node.getState()
    role = node.getRoleName()
    yield {"role": "button" if role == "push button" else role,  # its name before AT-SPI 2.52
           "name": name(node), "description": node.description or "",
           "shows": states.contains(pyatspi.STATE_SHOWING),
           "focus": states.contains(pyatspi.STATE_FOCUSABLE),
           "usable": states.contains(pyatspi.STATE_SENSITIVE)}
    for child in node:
        if child is not None:  # it went while we looked
            yield from parts(child)


programs = [program for program in pyatspi.Registry.getDesktop(0) if program.name == sys.argv[1]]
print(json.dumps([part for program in programs for part in parts(program)]))
