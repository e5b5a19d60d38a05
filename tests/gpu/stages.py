# SPDX-License-Identifier: GPL-3.0-or-later
"""What is tried on a machine with a GPU, in this order; each stage prints its table last.

    run first     devices, the tests that need a GPU, one painting at 512 px
    run right     the objective and paintings on the GPU beside the processor's in float32
    run fast      seconds a step by size, share of the GPU's own rate, whole paintings, PyTorch beside it
    run large     24 and 100 megapixels: time and memory beside the estimate

MANIERA_GPU=cpu rehearses them on a processor, at small sizes. Pictures and logs go to $OUT.
"""

import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import numpy as np
from PIL import Image

import reference
from table import ENVIRONMENT, Failed, call, clock, row

HERE = pathlib.Path(__file__).parent
OUT = pathlib.Path(os.environ["OUT"])
DEVICE = os.environ.get("MANIERA_GPU", "cuda")
REHEARSAL = DEVICE == "cpu"
ENVIRONMENT.update(LD_LIBRARY_PATH=os.environ["BUNDLE_LIBRARIES"])
MANIERA = str(HERE / "bin/maniera")
PHOTOS = sorted(map(str, HERE.glob("pictures/content-*")))
PAINTINGS = sorted(map(str, HERE.glob("pictures/style-*")))
MODEL = str(HERE / "models/vgg16.json")


def rehearsed(sizes, few):
    return few if REHEARSAL else sizes


def paint(content, output, *options, style=PAINTINGS[0], device=DEVICE):
    """Seconds, all in."""
    return clock(MANIERA, "stylize", content, "--style", style, "--device", device, "--seed", "7", "--no-checkpoint",
                 "-o", str(output), *options)


def tests(pattern):
    done = subprocess.run([HERE / "bin/core_tests", f"--gtest_filter={pattern}"], env=ENVIRONMENT, capture_output=True,
                          text=True, cwd=OUT, check=False)
    (OUT / "core_tests.log").write_text(done.stdout + done.stderr)
    count = {word: done.stdout.count(f"[{word:^10}] ") for word in ("      OK", "  FAILED", " SKIPPED")}
    return ", ".join(f"{number} {word.strip()}" for word, number in count.items()), done.returncode


def first():
    print(call(MANIERA, "devices", "--verbose"))
    told, status = tests("Gpu*:*/Gpu*:Half*")
    size = str(rehearsed(512, 128))
    seconds = [paint(PHOTOS[0], OUT / "first.png", "--size", size) for _ in range(2)]
    row("tests of GPUs", told, "none fails")
    row(f"normal at {size} px, all in, first and second", f"{seconds[0]:.1f} s, {seconds[1]:.1f} s", "0.5 s after start")
    return status


# Right

def measured(picture, device, precision, options):
    told = json.loads(call(MANIERA, "measure", picture, "--json", "--device", device, "--precision", precision, *options))
    terms = {"total": told["total"]}
    for kind in ("content", "style"):
        terms.update({f"{kind} {layer}": value for layer, value in told[kind].items()})
    return terms


def farthest(found, wanted):
    """Relative difference of the total, and the largest of a term."""
    apart = {name: abs(found[name] - value) / max(abs(value), 1e-9) for name, value in wanted.items()}
    worst = max(apart, key=apart.get)
    return f"{apart['total']:.1e}, {worst} {apart[worst]:.1e}"


def half_mask(side):
    path = OUT / f"mask-{side}.png"
    mask = np.zeros((64, 64), np.uint8)
    mask[:, :32] = 255
    Image.fromarray(mask if side == "left" else 255 - mask).save(path)
    return str(path)


def right():
    size = ["--size", str(rehearsed(512, 96))]
    one = ["--content", PHOTOS[0], "--style", PAINTINGS[0], *size]
    cases = {
        "painterly": one,
        "wasserstein in full": [*one, "--wasserstein-rank", "512"],
        "gram": [*one, "--style-term", "gram"],
        "gatys": [*one, "--objective", "gatys"],
        "two styles": [*one, "--style", PAINTINGS[1]],
        "masks": ["--content", PHOTOS[0], *size, "--style", PAINTINGS[0], "--mask", half_mask("left"),
                  "--style", PAINTINGS[1], "--mask", half_mask("right")],
        "tiles": [*one, "--tile", str(rehearsed(256, 64))],
    }
    for name, options in cases.items():
        wanted = measured(PHOTOS[1], "cpu", "fp32", options)
        for precision, bound in (("fp32", "1e-4"), ("bf16", "3e-2")):
            row(f"{name}, {precision}: total, worst term", farthest(measured(PHOTOS[1], DEVICE, precision, options), wanted),
                f"under {bound}")
    for options in ([], ["--match-parts", "off"], ["--quality", "draft"]):
        pictures = {}
        for device in ("cpu", DEVICE):
            file = OUT / f"{'-'.join(options).strip('-') or 'normal'}-{device}.png"
            paint(PHOTOS[0], file, *size, "--precision", "fp32", *options, device=device)
            pictures[device] = np.asarray(Image.open(file).convert("RGB"), float)
        apart = np.sqrt(np.mean((pictures["cpu"] - pictures[DEVICE]) ** 2))
        row(f"painted on both in fp32 {' '.join(options)}", f"{apart:.2f} of 255, root mean square", "looks the same")


# Fast

def fast():
    sides = rehearsed([128, 256, 512, 1024, 2048, 4096], [128])
    told = call(str(HERE / "bin/bench"), "device", MODEL, DEVICE, *map(str, sides))
    (OUT / "bench.json").write_text(told)
    for line in told.splitlines():
        step = json.loads(line)
        row(f"step at {step['side']} px, {step['term']}, {step['optimizer']}",
            f"{1000 * step['seconds']:.2f} ms, {100 * step['operations'] / step['seconds'] / step['product']:.0f} % of "
            f"{step['product'] / 1e12:.1f} TFlop/s", "50 % at 1024 px")
    for size in rehearsed([512, 1024], [64]):
        seconds = reference.step_seconds(DEVICE, MODEL, PHOTOS[0], PAINTINGS[0], size)
        row(f"a step of PyTorch's eager W2 by Adam at {size} px, beside it", f"{1000 * seconds:.1f} ms", "")
    for quality in ("draft", "normal", "high"):
        for size in rehearsed([512, 1024, 2048], [96]):
            seconds = paint(PHOTOS[0], OUT / f"{quality}-{size}.png", "--quality", quality, "--size", str(size))
            row(f"{quality} at {size} px, all in", f"{seconds:.2f} s", "0.5 s after start, normal at 512 px")


# Large

class MemoryWatch:
    """The most that the GPU held meanwhile, in bytes; beside what it held before."""

    def __enter__(self):
        self.before = self.most = self._used()
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.ends.set()
        self.thread.join()

    def _watch(self):
        while not self.ends.wait(0.05):
            self.most = max(self.most, self._used())

    def _used(self):
        if REHEARSAL:
            return 0
        told = call("nvidia-smi", "--query-gpu=memory.used", "--format=csv,noheader,nounits")
        return int(told.split()[0]) << 20


def large():
    for megapixels in rehearsed([24, 100], [0.05]):
        width = round((megapixels * 1.5e6) ** 0.5)
        photo = OUT.parent / f"large-{width}.png"  # not kept
        Image.open(PHOTOS[0]).convert("RGB").resize((width, width * 2 // 3), Image.BICUBIC).save(photo, compress_level=1)
        options = ["--precision", "bf16", "--style", PAINTINGS[0], "--device", DEVICE]
        estimate = json.loads(call(MANIERA, "estimate", str(photo), "--json", *options))
        with MemoryWatch() as watch:
            seconds = paint(str(photo), OUT.parent / "large.png", "--precision", "bf16")
        row(f"normal at {megapixels} megapixels, tiles of {estimate['tile']}",
            f"{seconds:.0f} s (estimated {estimate['seconds']:.0f}), {(watch.most - watch.before) / 1e9:.1f} GB "
            f"(estimated {estimate['bytes'] / 1e9:.1f})", "60 s at 24 megapixels; memory within 10 %")


STAGES = {stage.__name__: stage for stage in (first, right, fast, large)}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in STAGES:
        sys.exit(f"usage: run {'|'.join(STAGES)}")
    began = time.monotonic()
    try:
        failed = STAGES[sys.argv[1]]()
    except Failed as error:
        row(sys.argv[1], str(error), "no error")
        failed = 1
    print(f"{sys.argv[1]}: {time.monotonic() - began:.0f} s")
    sys.exit(failed or 0)
