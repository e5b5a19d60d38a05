# SPDX-License-Identifier: GPL-3.0-or-later
"""Color profiles made by code, and their arithmetic in float64."""

import struct

import numpy as np

# Columns are red, green and blue in XYZ, adapted to D50, as ICC profiles hold them.
SRGB = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
ADOBE_RGB = np.array([[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322],
                      [0.01947, 0.06087, 0.74457]])
D50 = (0.9642, 1.0, 0.8249)
ADOBE_GAMMA = 563 / 256


def _fixed(value):
    return struct.pack(">i", round(value * 65536))


def _text(text):
    raw = text.encode() + b"\0"
    return b"desc\0\0\0\0" + struct.pack(">I", len(raw)) + raw + bytes(78)


def profile(primaries, gamma):
    """A display profile of a matrix and one curve, of version 2."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    tags = {b"desc": _text("made by a test"), b"cprt": b"text\0\0\0\0none\0",
            b"wtpt": b"XYZ \0\0\0\0" + b"".join(map(_fixed, D50))}
    for index, color in enumerate((b"r", b"g", b"b")):
        tags[color + b"XYZ"] = b"XYZ \0\0\0\0" + b"".join(map(_fixed, primaries[:, index]))
        tags[color + b"TRC"] = curve
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, raw in tags.items():
        raw += bytes(-len(raw) % 4)
        table += name + struct.pack(">II", start + len(data), len(raw))
        data += raw
    header = struct.pack(">I4sI4s4s4s12s4sIIIIQI", start + len(data), b"\0\0\0\0", 0x02400000, b"mntr",
                         b"RGB ", b"XYZ ", bytes(12), b"acsp", 0, 0, 0, 0, 0, 0)
    header += b"".join(map(_fixed, D50))
    return header + bytes(128 - len(header)) + table + data


def srgb_encoded(linear):
    linear = np.asarray(linear, float)
    return np.where(linear <= 0.0031308, 12.92 * linear,
                    1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


def srgb_linear(encoded):
    encoded = np.asarray(encoded, float)
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def to_srgb(values, primaries, gamma):
    """Encoded sRGB of values in a profile; out of sRGB's gamut where they are."""
    linear = np.clip(values, 0, None) ** gamma
    return srgb_encoded(linear @ (np.linalg.inv(SRGB) @ primaries).T)


def from_srgb(values, primaries, gamma):
    linear = srgb_linear(values) @ (np.linalg.inv(primaries) @ SRGB).T
    return np.clip(linear, 0, None) ** (1 / gamma)
