# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes GIMP's XCF files without a GIMP: what the tests hand in, and what they judge.

Only what they need: pixels of every depth, groups, masks, channels, the selection, parasites. A
layer's pixels are an array of height, width and components, as stored.
"""

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np

RGB, GRAY, INDEXED = range(3)  # an image's base type; a layer's is twice that, plus one with alpha

# Precisions: stored values follow the image's own curve, or are linear light.
U8, U8_LINEAR, U16, U16_LINEAR = 150, 100, 250, 200
U32, HALF, HALF_LINEAR, FLOAT, FLOAT_LINEAR = 350, 550, 500, 650, 600

_DEPTHS = {1: ">u1", 2: ">u2", 3: ">u4", 5: ">f2", 6: ">f4", 7: ">f8"}  # by precision // 100

_TILE = 64
_COLORMAP, _SELECTION, _OPACITY, _MODE, _VISIBLE, _APPLY_MASK, _OFFSETS, _COMPRESSION = 1, 4, 6, 7, 8, 11, 15, 17
_PARASITES, _GROUP_ITEM, _ITEM_PATH, _LINK = 21, 29, 30, 48


@dataclass
class Layer:
    name: str
    pixels: np.ndarray
    offsets: tuple = (0, 0)
    mask: np.ndarray = None  # of height and width
    children: list = None  # makes it a group
    parasites: dict = field(default_factory=dict)
    opacity: int = 255
    mode: int = 0  # GIMP's number; 0 is Normal, and so is 28
    visible: bool = True
    properties: dict = field(default_factory=dict)  # as the file has them, by GIMP's numbers; not written


@dataclass
class Image:
    width: int
    height: int
    layers: list
    base: int = RGB
    precision: int = U8
    channels: dict = field(default_factory=dict)  # name: array of height and width
    selection: np.ndarray = None
    colormap: np.ndarray = None  # rows of red, green, blue
    parasites: dict = field(default_factory=dict)

    def all_layers(self):
        def walk(layers):
            for layer in layers:
                yield layer
                yield from walk(layer.children or [])

        return list(walk(self.layers))

    def layer(self, name):
        """The only layer of this name."""
        found = [layer for layer in self.all_layers() if layer.name == name]
        if len(found) != 1:
            raise LookupError(f"{len(found)} layers are called {name!r}")
        return found[0]


def depth_of(precision):
    return np.dtype(_DEPTHS[precision // 100])


# Reading


class _Reader:
    def __init__(self, data):
        self.data, self.at = data, 0
        if data[:9] != b"gimp xcf ":
            raise ValueError("this is no XCF file")
        version = data[9:13]
        self.version = 0 if version == b"file" else int(version[1:])
        self.at = 14
        self.compression = 0

    def number(self, form=">I"):
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return value

    def pointer(self):
        return self.number(">Q" if self.version >= 11 else ">I")

    def pointers(self):
        found = []
        while pointer := self.pointer():
            found.append(pointer)
        return found

    def take(self, size):
        self.at += size
        return self.data[self.at - size : self.at]

    def text(self):
        return self.take(self.number())[:-1].decode()

    def properties(self):
        found = {}
        while True:
            kind, size = self.number(), self.number()
            if kind == 0:
                return found
            if kind == _LINK:  # flags, a path, two numbers: GIMP 3.2 leaves the last out of the size
                size = 16 + struct.unpack_from(">I", self.data, self.at + 4)[0]
            found[kind] = self.take(size)

    def hierarchy(self, at, depth):
        self.at = at
        width, height, bytes_each = self.number(), self.number(), self.number()
        self.at = self.pointer()
        self.number(), self.number()
        tiles = self.pointers()
        picture = np.empty((height, width, bytes_each), np.uint8)
        columns = -(-width // _TILE)
        for index, tile in enumerate(tiles):
            x, y = index % columns * _TILE, index // columns * _TILE
            into = picture[y : y + _TILE, x : x + _TILE]
            into[...] = self.tile(tile, into.shape)
        return picture.view(depth).astype(depth.newbyteorder("="))

    def tile(self, at, shape):
        size = int(np.prod(shape))
        if self.compression == 0:
            return np.frombuffer(self.data, np.uint8, size, at).reshape(shape)
        if self.compression == 2:
            raw = zlib.decompressobj().decompress(self.data[at:])
            return np.frombuffer(raw, np.uint8, size).reshape(shape)
        planes = np.empty((shape[2], shape[0] * shape[1]), np.uint8)
        for plane in planes:
            at = self.run_lengths(at, plane)
        return planes.T.reshape(shape)

    def run_lengths(self, at, plane):
        data, filled = self.data, 0
        while filled < plane.size:
            code = data[at]
            at += 1
            length = code + 1 if code < 128 else 256 - code
            if code in (127, 128):
                length = data[at] << 8 | data[at + 1]
                at += 2
            if code < 128:
                plane[filled : filled + length] = data[at]
                at += 1
            else:
                plane[filled : filled + length] = np.frombuffer(data, np.uint8, length, at)
                at += length
            filled += length
        return at


def _parasites(data):
    found, at = {}, 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        name = data[at + 4 : at + 3 + length].decode()
        at += 4 + length
        _, size = struct.unpack_from(">II", data, at)
        found[name] = data[at + 8 : at + 8 + size]
        at += 8 + size
    return found


def _read_layer(reader, at, depth):
    reader.at = at
    reader.number(), reader.number(), reader.number()
    name = reader.text()
    properties = reader.properties()
    pixels, mask = reader.pointer(), reader.pointer()
    layer = Layer(name, reader.hierarchy(pixels, depth))
    layer.offsets = struct.unpack(">ii", properties[_OFFSETS])
    layer.properties = properties
    layer.parasites = _parasites(properties.get(_PARASITES, b""))
    (layer.opacity,) = struct.unpack(">I", properties[_OPACITY])
    (layer.mode,) = struct.unpack(">I", properties[_MODE])
    layer.visible = any(properties[_VISIBLE])
    if _GROUP_ITEM in properties:
        layer.children = []
    if mask:
        layer.mask = _read_channel(reader, mask, depth)[1]
    path = properties.get(_ITEM_PATH, b"")
    return layer, struct.unpack(f">{len(path) // 4}I", path)


def _read_channel(reader, at, depth):
    reader.at = at
    reader.number(), reader.number()
    name = reader.text()
    properties = reader.properties()
    return name, reader.hierarchy(reader.pointer(), depth)[..., 0], _SELECTION in properties


def read(path):
    with open(path, "rb") as file:
        reader = _Reader(file.read())
    width, height, base = reader.number(), reader.number(), reader.number()
    image = Image(width, height, [], base)
    if reader.version >= 4:
        image.precision = reader.number()
    depth = depth_of(image.precision)
    properties = reader.properties()
    reader.compression = properties.get(_COMPRESSION, b"\0")[0]
    image.parasites = _parasites(properties.get(_PARASITES, b""))
    if _COLORMAP in properties:
        image.colormap = np.frombuffer(properties[_COLORMAP][4:], np.uint8).reshape(-1, 3)
    layers, channels = reader.pointers(), reader.pointers()
    for at in layers:
        layer, path_of_layer = _read_layer(reader, at, depth)
        siblings = image.layers
        for index in path_of_layer[:-1]:
            siblings = siblings[index].children
        siblings.append(layer)
    for at in channels:
        name, pixels, selection = _read_channel(reader, at, depth)
        if selection:
            image.selection = pixels
        else:
            image.channels[name] = pixels
    return image


# Writing: version 12, which both GIMPs read, without compression.


class _Writer:
    def __init__(self):
        self.data = bytearray(b"gimp xcf v012\0")

    def number(self, *values, form=">I"):
        for value in values:
            self.data += struct.pack(form, value)

    def text(self, text):
        raw = text.encode() + b"\0"
        self.number(len(raw))
        self.data += raw

    def property(self, kind, raw=b""):
        self.number(kind, len(raw))
        self.data += raw

    def gap(self):
        """Room for a pointer; fill() puts this place's address there."""
        self.number(0, form=">Q")
        return len(self.data) - 8

    def fill(self, gap):
        struct.pack_into(">Q", self.data, gap, len(self.data))

    def hierarchy(self, pixels, depth):
        pixels = np.ascontiguousarray(pixels.astype(depth))
        height, width = pixels.shape[:2]
        raw = pixels.view(np.uint8).reshape(height, width, -1)
        self.number(width, height, raw.shape[2])
        level = self.gap()
        self.number(0, form=">Q")
        self.fill(level)
        self.number(width, height)
        corners = [(x, y) for y in range(0, height, _TILE) for x in range(0, width, _TILE)]
        gaps = [self.gap() for _ in corners]
        self.number(0, form=">Q")
        for (x, y), gap in zip(corners, gaps):
            self.fill(gap)
            self.data += raw[y : y + _TILE, x : x + _TILE].tobytes()

    def channel(self, name, pixels, depth, properties=()):
        self.number(pixels.shape[1], pixels.shape[0])
        self.text(name)
        for kind in properties:
            self.property(kind)
        self.property(_OPACITY, struct.pack(">I", 255))
        self.property(0)
        hierarchy = self.gap()
        self.fill(hierarchy)
        self.hierarchy(pixels[..., None], depth)

    def layer(self, layer, path, base, depth):
        height, width, components = layer.pixels.shape
        self.number(width, height, 2 * base + (components in (2, 4)))
        self.text(layer.name)
        self.property(_OPACITY, struct.pack(">I", layer.opacity))
        if layer.mode:
            self.property(_MODE, struct.pack(">I", layer.mode))
        self.property(_OFFSETS, struct.pack(">ii", *layer.offsets))
        if layer.mask is not None:
            self.property(_APPLY_MASK, struct.pack(">I", 1))
        if layer.children is not None:
            self.property(_GROUP_ITEM)
        if len(path) > 1:
            self.property(_ITEM_PATH, struct.pack(f">{len(path)}I", *path))
        if layer.parasites:
            self.property(_PARASITES, _packed_parasites(layer.parasites))
        self.property(0)
        pixels, mask = self.gap(), self.gap()
        self.fill(pixels)
        self.hierarchy(layer.pixels, depth)
        if layer.mask is not None:
            self.fill(mask)
            self.channel(layer.name + " mask", layer.mask, depth)


def _packed_parasites(parasites):
    writer = _Writer()
    writer.data = bytearray()
    for name, raw in parasites.items():
        writer.text(name)
        writer.number(3, len(raw))  # kept, and part of undo: GIMP drops a profile without
        writer.data += raw
    return bytes(writer.data)


def write(path, image):
    depth = depth_of(image.precision)
    writer = _Writer()
    writer.number(image.width, image.height, image.base, image.precision)
    if image.colormap is not None:
        raw = np.asarray(image.colormap, np.uint8).tobytes()
        writer.property(_COLORMAP, struct.pack(">I", len(raw) // 3) + raw)
    writer.property(_COMPRESSION, b"\0")
    if image.parasites:
        writer.property(_PARASITES, _packed_parasites(image.parasites))
    writer.property(0)

    def walk(layers, path):
        for index, layer in enumerate(layers):
            yield layer, path + (index,)
            yield from walk(layer.children or [], path + (index,))

    layers = list(walk(image.layers, ()))
    channels = list(image.channels.items())
    if image.selection is not None:
        channels.append((None, image.selection))
    layer_gaps = [writer.gap() for _ in layers]
    writer.number(0, form=">Q")
    channel_gaps = [writer.gap() for _ in channels]
    writer.number(0, form=">Q")
    for (layer, at), gap in zip(layers, layer_gaps):
        writer.fill(gap)
        writer.layer(layer, at, image.base, depth)
    for (name, pixels), gap in zip(channels, channel_gaps):
        writer.fill(gap)
        writer.channel(name or "Selection Mask", pixels, depth, () if name else (_SELECTION,))
    with open(path, "wb") as file:
        file.write(writer.data)
