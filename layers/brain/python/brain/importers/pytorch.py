"""Reads PyTorch's state dicts with `weights_only=True`: no code in a file is ever executed.

The names of the layers tell where a conversion came from: `conv1_1` is from MatConvNet, whose picture is RGB;
`conv_1_1` is from Torch7, whose picture is BGR. Some conversions from Torch7 are an `nn.Sequential`, which
numbers its layers.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Mapping
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from brain.core.errors import RefusedError
from brain.importers.contents import Contents, Layer, Pool, Step

CONVOLUTION = re.compile(r"conv(_?)(\d+)_(\d+)$")
FULLY_CONNECTED = re.compile(r"fc_?(\d+)$")
NUMBERED = re.compile(r"\d+(\.\d+)*")
# Convolutions per block of VGG-16, for numbers that do not show where the pools are.
VGG_16 = (2, 2, 3, 3, 3)
HEADS = 3
HINT = (
    "Import a state dict with the layers conv1_1 ... fc8, or numbered ones, saved by "
    "torch.save(network.state_dict(), ...)."
)


def read(path: Path) -> Contents:
    """Read a state dict, or a checkpoint with one under `state_dict`.

    Raises:
        RefusedError: the file is damaged, contains code, or contains something else.
    """
    state = _load(path)
    nested = state.get("state_dict") if isinstance(state, Mapping) else None
    state = nested if isinstance(nested, Mapping) else state
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise RefusedError(f"{path.name} holds no state dict", HINT)
    numbered = _numbered(state)
    layers = _in_blocks(numbered, path) if numbered else _layers(state)
    if not any(isinstance(layer, Layer) for layer in layers):
        raise RefusedError(f"{path.name} has no layer named as conv1_1 ... fc8", HINT)
    from_torch7 = bool(numbered) or any(".conv_" in f".{name}" for name in state)
    return Contents("PyTorch", layers, "BGR" if from_torch7 else "RGB")


def _load(path: Path) -> Any:
    try:
        try:
            return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        except RuntimeError:  # files from before version 1.6 cannot be mapped
            return torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise RefusedError(f"{path.name} cannot be read as PyTorch weights alone", HINT) from error


def _layers(state: Mapping[str, Tensor]) -> list[Step]:
    convolutions: dict[tuple[int, int], Layer] = {}
    fully_connected: dict[int, Layer] = {}
    for name, layer in _named(state):
        if match := CONVOLUTION.fullmatch(name):
            convolutions[int(match[2]), int(match[3])] = layer
        elif match := FULLY_CONNECTED.fullmatch(name):
            fully_connected[int(match[1])] = layer
    steps: list[Step] = []
    for block in sorted({block for block, _ in convolutions}):
        steps += [convolutions[place] for place in sorted(convolutions) if place[0] == block]
        steps.append(Pool())
    return steps + [fully_connected[number] for number in sorted(fully_connected)]


def _numbered(state: Mapping[str, Tensor]) -> dict[tuple[int, ...], Layer]:
    """The layers of an `nn.Sequential` by number, in their order; empty if any layer has a name."""
    layers: dict[tuple[int, ...], Layer] = {}
    for key, weight in state.items():
        stem, _, kind = key.rpartition(".")
        if not NUMBERED.fullmatch(stem):
            return {}
        if kind == "weight":
            bias = state.get(f"{stem}.bias")
            number = tuple(int(part) for part in stem.split("."))
            layers[number] = Layer(stem, _array(weight), None if bias is None else _array(bias))
    return dict(sorted(layers.items()))


def _in_blocks(layers: Mapping[tuple[int, ...], Layer], path: Path) -> list[Step]:
    """Numbered layers, with the pools between them. The last three are fc6, fc7 and fc8.

    Activations and pools have no weights, but are numbered too, so a larger gap between two convolutions is a
    pool. Numbers without gaps are taken for those of VGG-16.

    Raises:
        RefusedError: the numbers do not show where a block ends.
    """
    convolutions, heads = list(layers.values())[:-HEADS], list(layers.values())[-HEADS:]
    numbers = [number[0] for number in list(layers)[: len(convolutions)]]
    steps = [after - before for before, after in pairwise(numbers)]
    ends = {place for place, step in enumerate(steps) if step > min(steps)}
    if not ends and len(convolutions) == sum(VGG_16):
        ends = {number - 1 for number in accumulate(VGG_16)}
    if not ends:
        raise RefusedError(f"{path.name} numbers its layers, but not as VGG-16 does", HINT)
    found: list[Step] = []
    for place, convolution in enumerate(convolutions):
        found.append(convolution)
        if place in ends or place == len(convolutions) - 1:
            found.append(Pool())
    return [*found, *heads]


def _named(state: Mapping[str, Tensor]) -> Iterator[tuple[str, Layer]]:
    """Layers by the last part of their names, without the prefixes of the modules that contain them."""
    for key, weight in state.items():
        stem, _, kind = key.rpartition(".")
        if kind == "weight" and f"{stem}.bias" in state:
            bias = state[f"{stem}.bias"]
            yield stem.rpartition(".")[2], Layer(stem, _array(weight), _array(bias))


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().float().numpy()
