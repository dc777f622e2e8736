"""The plan that every import must fit, and the names of its layers: conv1_1 ... fc8.

Layers are named by where they stand: a pool ends a block, and the last three layers with weights are
fc6, fc7 and fc8, whatever a file calls them. What the file calls them is in every message.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from brain.core.errors import RefusedError
from brain.importers.contents import Contents, Layer, Pool
from brain.recognition.network import ModelConfig, Network

HINT = "This is not the published network, or not all of it. Import one of the published files."

# Parkhi, Vedaldi, Zisserman, "Deep Face Recognition", BMVC 2015. The mean is in R, G, B order here; an
# import turns it to the order of its file.
VGG_FACE = ModelConfig(
    name="vgg-face",
    version="1.0",
    blocks=((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)),
    fully_connected=(4096, 4096),
    identities=2622,
    input_size=224,
    mean=(129.1863, 104.7624, 93.5940),
    scale=1.0,
    channel_order="RGB",
    crop_scale=1.5,
    training_data="VGG-Face: 2.6 million photos of 2,622 people, collected from the web",
    licence="non-commercial research only",
)
KNOWN = {VGG_FACE.name: VGG_FACE}


@dataclass(frozen=True)
class Named:
    """A layer under its name in the plan."""

    name: str
    layer: Layer

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the weights."""
        return self.layer.weight.shape

    def refuse(self, problem: str) -> RefusedError:
        """The error that names this layer."""
        own = "" if self.layer.name == self.name else f" ({self.layer.name} in the file)"
        return RefusedError(f"{self.name}{own} {problem}", HINT)


def name_layers(contents: Contents) -> list[Named]:
    """The file's layers, named by where they stand.

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
    named: list[Named] = []
    for step in contents.steps[:fc6]:
        if isinstance(step, Pool):
            block, index = block + 1, 1
        else:
            named.append(Named(f"conv{block}_{index}", step))
            index += 1
    heads = (replace(head, weight=head.weight.reshape(len(head.weight), -1)) for head in layers[-3:])
    return named + [Named(f"fc{number}", head) for number, head in enumerate(heads, start=6)]


def config_of(named: list[Named], base: ModelConfig) -> ModelConfig:
    """`base` with the widths that the file has.

    Raises:
        RefusedError: fc6 takes a number of values that no square picture gives.
    """
    *convolutions, fc6, fc7, fc8 = named
    blocks: dict[str, tuple[int, ...]] = {}
    for convolution in convolutions:
        block = convolution.name.partition("_")[0]
        blocks[block] = (*blocks.get(block, ()), convolution.shape[0])
    channels = convolutions[-1].shape[0]
    side = round((fc6.shape[1] / channels) ** 0.5)
    if side * side * channels != fc6.shape[1]:
        raise fc6.refuse(f"takes {fc6.shape[1]} values, which is no square of {channels} channels")
    return replace(
        base,
        blocks=tuple(blocks.values()),
        fully_connected=(fc6.shape[0], fc7.shape[0]),
        identities=fc8.shape[0],
        input_size=side * 2 ** len(blocks),
    )


def check(named: list[Named], config: ModelConfig) -> None:
    """Compare every layer with the plan, in the order in which they run.

    Raises:
        RefusedError: names the first layer that is missing, wrong or too many.
    """
    with torch.device("meta"):
        expected = {name: tuple(tensor.shape) for name, tensor in Network(config).state_dict().items()}
    found = {one.name: one for one in named}
    for name in dict.fromkeys(key.partition(".")[0] for key in expected):
        if name not in found:
            raise RefusedError(f"{name} is missing", HINT)
        one = found[name]
        for kind, array in (("weight", one.layer.weight), ("bias", one.layer.bias)):
            wanted = expected[f"{name}.{kind}"]
            if array.shape != wanted:
                raise one.refuse(f"has a {kind} of shape {array.shape}; {wanted} was expected")
    for one in named:
        if f"{one.name}.weight" not in expected:
            raise one.refuse("is one layer too many")


def fit(
    contents: Contents, base: ModelConfig, *, strict: bool = True
) -> tuple[ModelConfig, dict[str, np.ndarray]]:
    """Name a file's layers, check them, and describe the network that they make.

    Args:
        base: the network that this should be, its mean in R, G, B order.
        strict: demand `base`'s own widths; without it, take those of the file.

    Returns:
        The spec, with mean and channel order as the file's network expects them, and the weights under
        the names that `Network` gives them.

    Raises:
        RefusedError: names the first layer that does not fit.
    """
    named = name_layers(contents)
    config = base if strict else config_of(named, base)
    check(named, config)
    mean = config.mean if contents.channel_order == "RGB" else config.mean[::-1]
    weights = {}
    for one in named:
        weights[f"{one.name}.weight"] = one.layer.weight
        weights[f"{one.name}.bias"] = one.layer.bias
    return replace(config, mean=mean, channel_order=contents.channel_order), weights
