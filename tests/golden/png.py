# SPDX-License-Identifier: GPL-3.0-or-later
"""8-bit RGB PNG files with Python's standard library alone.

    picture = png.read("a.png")        # .width, .height, .rows: a bytes of 3 * width each
    png.write("b.png", picture)
"""

import collections
import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
Picture = collections.namedtuple("Picture", "width height rows")


def read(path):
    """Raises ValueError for a file of another form."""
    data = open(path, "rb").read()
    if not data.startswith(SIGNATURE):
        raise ValueError(f"{path} is not a PNG file")
    header, packed, at = None, b"", len(SIGNATURE)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        at += length + 12
    if header is None or header[2:] != (8, 2, 0, 0, 0):
        raise ValueError(f"{path} is not in 8-bit RGB without interlacing")
    width, height = header[:2]
    return Picture(width, height, _unfiltered(zlib.decompress(packed), width, height))


def write(path, picture):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0)
    pixels = b"".join(b"\0" + bytes(row) for row in picture.rows)
    with open(path, "wb") as file:
        file.write(SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels, 9)) +
                   chunk(b"IEND", b""))


def _unfiltered(data, width, height):
    """Undoes the filters of section 9 of the PNG specification."""
    stride, rows, above = 3 * width, [], bytes(3 * width)
    for y in range(height):
        start = y * (stride + 1)
        kind, row = data[start], bytearray(data[start + 1:start + 1 + stride])
        for x in range(stride):
            left = row[x - 3] if x >= 3 else 0
            corner = above[x - 3] if x >= 3 else 0
            guess = (0, left, above[x], (left + above[x]) // 2, _paeth(left, above[x], corner))[kind]
            row[x] = (row[x] + guess) & 255
        rows.append(bytes(row))
        above = row
    return rows


def _paeth(left, above, corner):
    by_distance = [(abs(above - corner), 0, left), (abs(left - corner), 1, above),
                   (abs(left + above - 2 * corner), 2, corner)]
    return min(by_distance)[2]
