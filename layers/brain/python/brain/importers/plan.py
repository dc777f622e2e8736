"""Compares a file's layers with those of the expected network.

The layers of a VGG are named by their position, conv1_1 ... fc8: a pool ends a block, and the last three
layers with weights are fc6, fc7 and fc8, whatever the file calls them. Messages give the file's own name too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from brain.core.errors import RefusedError
from brain.importers.contents import Contents, Layer, Pool
from brain.recognition.config import ModelConfig
from brain.recognition.loading import ARCHITECTURES

HINT = "This is not the published network, or not all of it. Import one of the published files."


@dataclass(frozen=True)
class NamedLayer:
    """A layer with its name in the network."""

    name: str
    layer: Layer

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the weights."""
        return self.layer.weight.shape

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """`weight`, and `bias` if there is one."""
        bias = {} if self.layer.bias is None else {"bias": self.layer.bias}
        return {"weight": self.layer.weight, **bias}

    def refuse(self, problem: str) -> RefusedError:
        """An error that names this layer."""
        own = "" if self.layer.name == self.name else f" ({self.layer.name} in the file)"
        return RefusedError(f"{self.name}{own} {problem}", HINT)


def name_layers(contents: Contents) -> list[NamedLayer]:
    """The layers of a VGG, named by their position.

    Raises:
        RefusedError: too few layers, or no pool before fc6.
    """
    layers = [step for step in contents.steps if isinstance(step, Layer)]
    if len(layers) < 4:
        raise RefusedError(f"the file has {len(layers)} layers with weights, too few for a VGG", HINT)
    fc6 = next(place for place, step in enumerate(contents.steps) if step is layers[-3])
    if not isinstance(contents.steps[fc6 - 1], Pool):
        raise RefusedError("fc6 does not follow a pool", HINT)
    block = index = 1
    named: list[NamedLayer] = []
    for step in contents.steps[:fc6]:
        if isinstance(step, Pool):
            block, index = block + 1, 1
        else:
            named.append(NamedLayer(f"conv{block}_{index}", step))
            index += 1
    heads = (replace(head, weight=head.weight.reshape(len(head.weight), -1)) for head in layers[-3:])
    return named + [NamedLayer(f"fc{number}", head) for number, head in enumerate(heads, start=6)]


def config_of(named: list[NamedLayer], base: ModelConfig) -> ModelConfig:
    """`base` with the widths of the file's layers.

    Raises:
        RefusedError: the number of fc6's inputs does not follow from any square picture.
    """
    *convolutions, fc6, fc7, fc8 = named
    blocks: dict[str, tuple[int, ...]] = {}
    for convolution in convolutions:
        block = convolution.name.partition("_")[0]
        blocks[block] = (*blocks.get(block, ()), convolution.shape[0])
    channels = convolutions[-1].shape[0]
    side = round((fc6.shape[1] / channels) ** 0.5)
    if side * side * channels != fc6.shape[1]:
        raise fc6.refuse(f"takes {fc6.shape[1]} values, which is not a square of {channels} channels")
    return replace(
        base,
        blocks=tuple(blocks.values()),
        fully_connected=(fc6.shape[0], fc7.shape[0]),
        identities=fc8.shape[0],
        input_size=side * 2 ** len(blocks),
    )


def check(layers: list[NamedLayer], config: ModelConfig) -> None:
    """Compare every layer with the network's, in the order in which they run.

    Raises:
        RefusedError: the message names the first layer that is missing, wrong or redundant.
    """
    expected = expected_shapes(config)
    found = {layer.name: layer for layer in layers}
    for name in dict.fromkeys(key.rpartition(".")[0] for key in expected):
        if name not in found:
            raise RefusedError(f"{name} is missing", HINT)
        for kind in ("weight", "bias"):
            wanted, array = expected.get(f"{name}.{kind}"), found[name].arrays.get(kind)
            shape = None if array is None else array.shape
            if shape != wanted:
                raise found[name].refuse(f"has a {kind} of shape {shape}; {wanted} was expected")
    for layer in layers:
        if f"{layer.name}.weight" not in expected:
            raise layer.refuse("is one layer too many")


def expected_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor of a weights file; a gallery is a file of its own."""
    with torch.device("meta"):
        tensors = ARCHITECTURES[config.architecture](config).state_dict()
    return {name: tuple(tensor.shape) for name, tensor in tensors.items() if not name.startswith("gallery.")}


def fit(
    contents: Contents, base: ModelConfig, *, strict: bool = True
) -> tuple[ModelConfig, dict[str, np.ndarray]]:
    """Name a file's layers, check them, and describe their network.

    Args:
        base: the expected network, with its mean in R, G, B order.
        strict: whether the layers must have `base`'s widths; otherwise a VGG may have other ones.

    Returns:
        The configuration, with mean and channel order as the file's network expects them, and the weights
        under their names in the network.

    Raises:
        RefusedError: the message names the first layer that does not fit.
    """
    if base.architecture == "vgg":
        layers = name_layers(contents)
        config = base if strict else config_of(layers, base)
    else:
        layers = [NamedLayer(step.name, step) for step in contents.steps if isinstance(step, Layer)]
        config = base
    check(layers, config)
    mean = config.mean if contents.channel_order == "RGB" else config.mean[::-1]
    weights = {f"{layer.name}.{kind}": array for layer in layers for kind, array in layer.arrays.items()}
    return replace(config, mean=mean, channel_order=contents.channel_order), weights
