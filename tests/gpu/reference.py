# SPDX-License-Identifier: GPL-3.0-or-later
"""A step as PyTorch alone takes it: the Wasserstein term in full, autograd, Adam. What Maniera's own steps on the
same GPU are held against."""

import json
import pathlib
import time

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import conv2d, max_pool2d, pad, relu

from weights import read_safetensors

STYLE = {"relu1_1": 256, "relu2_1": 64, "relu3_1": 16, "relu4_1": 4, "relu5_1": 1}
CONTENT = "relu4_2"


def picture(path, size, device):
    image = Image.open(path).convert("RGB")
    image.thumbnail((size, size), Image.BICUBIC)
    return torch.tensor(np.asarray(image) / 255.0, dtype=torch.float32, device=device).permute(2, 0, 1)[None]


def features(x, layers, tensors, mean, deviation):
    found = {}
    x = (x - mean) / deviation
    for layer in layers:
        if layer.startswith("conv"):
            x = conv2d(pad(x, (1, 1, 1, 1), mode="replicate"), tensors[f"{layer}.weight"], tensors[f"{layer}.bias"])
        elif layer.startswith("relu"):
            x = relu(x)
            if layer in STYLE or layer == CONTENT:
                found[layer] = x
        else:
            x = max_pool2d(x, 2)
        if layer == "relu5_1":
            return found
    return found


def moments(f):
    rows = f[0].flatten(1).float()
    mean = rows.mean(1)
    centered = rows - mean[:, None]
    return mean, centered @ centered.T / rows.shape[1] + 1e-4 * torch.eye(len(rows), device=rows.device)


def root(matrix):
    values, vectors = torch.linalg.eigh(matrix)
    return (vectors * values.clamp_min(0).sqrt()) @ vectors.T


def wasserstein(found, target):
    """|m - m'|^2 + tr C + tr C' - 2 tr (C'^1/2 C C'^1/2)^1/2, the squared distance of two Gaussians."""
    mean, covariance = moments(found)
    target_mean, target_covariance, target_root = target
    product = target_root @ covariance @ target_root
    roots = torch.linalg.eigvalsh(product).clamp_min(1e-10).sqrt().sum()
    return ((mean - target_mean).square().sum() + covariance.trace() + target_covariance.trace() - 2 * roots) / len(mean)


def step_seconds(device, model, content, style, size):
    """The quickest of twelve steps; products in bfloat16 as torch.autocast has them."""
    manifest = json.loads(pathlib.Path(model).read_text())
    weights = read_safetensors(pathlib.Path(model).parent / manifest["weights"])
    tensors = {name: torch.tensor(tensor, device=device).contiguous(memory_format=torch.channels_last)
               if tensor.ndim == 4 else torch.tensor(tensor, device=device) for name, tensor in weights.items()}
    mean, deviation = (torch.tensor(manifest[name], device=device)[None, :, None, None] for name in ("mean", "deviation"))
    look = lambda x: features(x, manifest["layers"], tensors, mean, deviation)  # noqa: E731
    x = picture(content, size, device).contiguous(memory_format=torch.channels_last).requires_grad_()
    with torch.no_grad(), torch.autocast(device, torch.bfloat16):
        wanted = look(x)[CONTENT].float()
        of_style = {layer: moments(f) for layer, f in look(picture(style, size, device)).items() if layer in STYLE}
    targets = {layer: (m, c, root(c)) for layer, (m, c) in of_style.items()}
    optimizer = torch.optim.Adam([x], lr=0.02)
    best = float("inf")
    for _ in range(12):
        start = time.monotonic()
        optimizer.zero_grad()
        with torch.autocast(device, torch.bfloat16):
            found = look(x)
        with torch.autocast(device, enabled=False):
            loss = 0.0033 * (found[CONTENT].float() - wanted).square().mean()
            for layer, target in targets.items():
                loss = loss + STYLE[layer] / 341 * wasserstein(found[layer], target)
        loss.backward()
        optimizer.step()
        if device.startswith("cuda"):
            torch.cuda.synchronize()
        best = min(best, time.monotonic() - start)
    return best
