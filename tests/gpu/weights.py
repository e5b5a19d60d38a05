# SPDX-License-Identifier: GPL-3.0-or-later
"""The network in half of its bytes, and back.

    weights.py pack MANIFEST.json LAYER FILE.npz    those up to a layer, rounded to float16
    weights.py unpack FILE.npz FOLDER               a manifest and float32, as `maniera models` has them

Rounded weights are other weights: results compare with results of the same bundle alone.
"""

import hashlib
import json
import pathlib
import struct
import sys

import numpy as np


def read_safetensors(path):
    data = path.read_bytes()
    length, = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    body = memoryview(data)[8 + length:]
    return {name: np.frombuffer(body[slice(*entry["data_offsets"])], np.float32).reshape(entry["shape"])
            for name, entry in header.items()}


def write_safetensors(path, tensors):
    header, end = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": tensor.shape, "data_offsets": [end, end + tensor.nbytes]}
        end += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(tensor.tobytes() for tensor in tensors.values()))


def pack(manifest, last, file):
    told = json.loads(manifest.read_text())
    told["layers"] = told["layers"][:told["layers"].index(str(last)) + 1]
    tensors = read_safetensors(manifest.parent / told["weights"])
    halves = {name: tensor.astype(np.float16) for name, tensor in tensors.items() if name.split(".")[0] in told["layers"]}
    np.savez(file, manifest=json.dumps(told), **halves)


def unpack(file, folder):
    packed = dict(np.load(file))
    told = json.loads(str(packed.pop("manifest")))
    folder.mkdir(parents=True)
    weights = folder / told["weights"]
    write_safetensors(weights, {name: tensor.astype(np.float32) for name, tensor in packed.items()})
    told["sha256"] = hashlib.sha256(weights.read_bytes()).hexdigest()
    (folder / f"{told['name']}.json").write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    {"pack": pack, "unpack": unpack}[sys.argv[1]](*map(pathlib.Path, sys.argv[2:]))
