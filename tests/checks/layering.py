#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""layering.py [BUILD]: who may know whom, as CONTRIBUTING.md's floors and rooms have it.

Checks the includes of core/, helper/ and plugin/, and the libraries that the plug-ins built in BUILD
need. Prints every line that breaks a rule, and the way around every include cycle.
"""

import collections
import itertools
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The rooms of each floor from the bottom: a file includes its own line and the lines above it here.
# A name is a folder, or the stem of files that lie directly on the floor.
ROOMS = {
    "core": [
        "options error resolved_options",
        "base",
        "image",
        "device",
        "network",
        "memory",
        "distributed",
        "optimizer",
        "parts",
        "objective",
        "inputs progress",
        "run stylize",  # run/ holds the calls that stylize.h declares
    ],
    "helper": [
        "files",
        "messages",
        "images",
        "samples",
        "job",
        "distributed",
        "run",
        "batch",
        "frames",
        "serve",
        "cli",
        "blas_kernel sandbox",
        "main launcher decoder",
    ],
    "plugin": [
        "i18n",
        "client",
        "gimp",
        "run",
        "ui",
        "procedures",
        "gimp2 gimp3 gimp3_procedures",
    ],
}

# What a floor may include of another one, beside nothing.
FLOORS = {
    "core": r"",
    "helper": r"core/.*",  # of headers only those that name no torch header; see public_headers()
    "plugin": r"core/options\.h|helper/messages/protocol\.h",
}

TORCH = r"(ATen|c10|torch)/"
JSON = r"nlohmann/"
OPENCV = r"opencv2/"
VIPS = r"vips/"
GIMP = r"libgimp"  # libgimpbase and others begin with it

# (whose files, what they include never, but these files may, why)
FORBIDDEN = [
    ("core/", rf"{GIMP}|gegl|glib|{VIPS}|CLI/|termios|sys/ioctl|csignal", "",
     "core has no GIMP, GLib, picture files, command line or terminal"),
    ("core/", JSON, r"core/network/model\.cpp|core/base/safetensors\.cpp",
     "JSON in core is for the headers of models and checkpoints alone"),
    ("core/options.h", r".*/.*|[a-z_]+$", "", "the option table is plain C"),
    ("helper/", TORCH, "", "helper has no tensors"),
    ("helper/", OPENCV, "helper/samples/.*", "of helper only the samples are drawn with OpenCV"),
    ("plugin/", rf"{TORCH}|{OPENCV}|{VIPS}|lcms2|{JSON}", "",
     "tensors and picture files are the helper's, not the plug-in's"),
    ("plugin/", GIMP, r"plugin/gimp/.*|plugin/gimp[23].*", "only plugin/gimp knows a GIMP"),
    ("plugin/client/", r"g[td]k|gegl|babl|libgimp|plugin/gimp/", "",
     "plugin/client needs neither GIMP nor GTK"),
]

# (whose files, what their lines never say, but these lines may, but these files may, why)
FORBIDDEN_LINES = [
    ("core/", r"\b(getenv|std::thread|pthread_create|isatty)\b", r"hardware_concurrency", "",
     "core reads no environment and makes no threads of its own"),
    ("plugin/", r"^ *# *(if|elif).*(GIMP|GTK)_(CHECK_VERSION|M[AI][A-Z]+_VERSION)", "",
     r"plugin/(gimp/)?gimp[23].*", "versions are for gimp2*.c and gimp3*.c"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]')
Include = collections.namedtuple("Include", "file number target line")


def sources():
    """{path from the root: lines} of every source file."""
    files = (path for floor in ROOMS for path in sorted((ROOT / floor).rglob("*"))
             if path.suffix in (".h", ".c", ".cpp"))
    return {str(path.relative_to(ROOT)): path.read_text().splitlines() for path in files}


def includes_of(files):
    return [Include(file, number, match.group(1), line) for file, lines in files.items()
            for number, line in enumerate(lines, 1) if (match := INCLUDE.match(line))]


def floor_of(path):
    return path.split("/")[0]


def node_of(path):
    """A header and its source are one node: the path without its ending."""
    return path.rsplit(".", 1)[0]


def level_of(path):
    """The room's place in its floor, from 0 at the bottom; None for a room that ROOMS does not name."""
    floor, room = node_of(path).split("/")[:2]
    levels = [level for level, names in enumerate(ROOMS[floor]) if room in names.split()]
    return levels[0] if levels else None


def unnamed_rooms(files):
    return [f"{file}: ROOMS in tests/checks/layering.py does not say where it stands"
            for file in files if level_of(file) is None]


def broken_order(includes):
    for include in includes:
        mine, other = floor_of(include.file), floor_of(include.target)
        if other not in (*ROOMS, "tests"):
            continue
        if mine == other:
            bad = (level_of(include.target) or 0) > (level_of(include.file) or 0)
            why = f"rooms of {mine} include downwards only"
        else:
            bad = not re.fullmatch(FLOORS[mine], include.target)
            why = f"{mine} knows of other floors only: {FLOORS[mine] or 'nothing'}"
        if bad:
            yield f"{where(include)}  ({why})"


def public_headers(includes):
    """Headers of core that helper includes, themselves and through others, name no torch header."""
    of = collections.defaultdict(list)
    for include in includes:
        of[include.file].append(include)
    waiting = [include.target for include in includes
               if floor_of(include.file) == "helper" and floor_of(include.target) == "core"]
    seen = set()
    while waiting:
        header = waiting.pop()
        if header in seen:
            continue
        seen.add(header)
        for include in of[header]:
            if re.match(TORCH, include.target):
                yield f"{where(include)}  (helper includes this header, so it names no torch header)"
            waiting.append(include.target)


def forbidden_includes(includes):
    for include, (files, never, but, why) in itertools.product(includes, FORBIDDEN):
        if (include.file.startswith(files) and re.match(never, include.target)
                and not re.fullmatch(but, include.file)):
            yield f"{where(include)}  ({why})"


def forbidden_lines(files):
    for (file, lines), (whose, never, but, but_files, why) in itertools.product(
            files.items(), FORBIDDEN_LINES):
        if not file.startswith(whose) or re.fullmatch(but_files, file):
            continue
        for number, line in enumerate(lines, 1):
            if re.search(never, line) and not (but and re.search(but, line)):
                yield f"{file}:{number}: {line.strip()}  ({why})"


def cycles(includes):
    """One way around for each group of nodes that include each other."""
    edges = collections.defaultdict(set)
    for include in includes:
        if floor_of(include.target) in ROOMS and node_of(include.file) != node_of(include.target):
            edges[node_of(include.file)].add(node_of(include.target))
    told = set()
    for node in sorted(edges):
        way = way_around(edges, node)
        if way and not told & set(way):
            told |= set(way)
            yield "cycle: " + " -> ".join(way)


def way_around(edges, start):
    """The shortest way from a node back to itself, or None."""
    before, waiting = {}, collections.deque([start])
    while waiting:
        node = waiting.popleft()
        for other in sorted(edges[node]):
            if other == start:
                way = [start, node]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return way[::-1]
            if other not in before:
                before[other] = node
                waiting.append(other)
    return None


def libraries_of_plugins(build):
    for plugin in sorted(pathlib.Path(build).glob("plug-ins/*/maniera/maniera")):
        told = subprocess.run(["readelf", "-d", plugin], capture_output=True, text=True, check=True).stdout
        needed = [line.strip() for line in told.splitlines() if "NEEDED" in line]
        for line in needed:
            if re.search(r"lib(torch|c10|opencv|vips|openblas)", line):
                yield f"{plugin}: {line}  (this library is the helper's)"
        if not any("libgimp" in line for line in needed):
            yield f"{plugin}: readelf names no libgimp among what it needs, so nothing was checked"


def where(include):
    return f"{include.file}:{include.number}: {include.line.strip()}"


def main():
    files = sources()
    includes = includes_of(files)
    broken = [*unnamed_rooms(files), *broken_order(includes), *cycles(includes),
              *public_headers(includes), *forbidden_includes(includes), *forbidden_lines(files)]
    if len(sys.argv) > 1:
        broken += libraries_of_plugins(sys.argv[1])
    print("\n".join(broken) or f"{len(files)} files and {len(includes)} includes keep the order")
    return 1 if broken else 0


sys.exit(main())
