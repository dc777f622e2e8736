"""VGG-Face (Parkhi, Vedaldi, Zisserman, "Deep Face Recognition", BMVC 2015).

    (1, 3, 224, 224)
      | blocks of 3x3 convolutions, stride 1, each with ReLU; a 2x2 max-pool ends every block
    (1, 512, 14, 14)   conv5_3, after its ReLU: Grad-CAM's layer
      | max-pool, flatten
    (1, 25088) -> fc6 + ReLU (1, 4096) -> fc7 + ReLU (1, 4096) -> fc8 (1, 2622) logits

Widths come from the configuration. Layers carry the names of the published files: conv1_1 ... fc8.

Behind the last convolution there are only a max-pool and three linear layers with ReLU, so the gradient of a
logit has a closed form. With z6 and z7 the layers' outputs before their ReLU:

    g7 = W8[label] * (z7 > 0)              (k, D7)
    g6 = (g7 @ W7) * (z6 > 0)              (k, D6)
    g  = g6 @ W6                           (k, C * H/2 * W/2), the gradient of the pooled cells

A max-pool passes the gradient of each pooled cell on to exactly one cell. The sum over all cells of a
channel, which Grad-CAM needs, is therefore g6 @ sum(W6).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional

from brain.recognition.classifier import Activations, Classifier
from brain.recognition.config import ModelConfig
from brain.recognition.incremental import IncrementalFeatures, Step
from brain.recognition.regions import Region
from brain.recognition.winograd import WinogradConv2d, convolution, convolve_each

# Side of the tiles of minimal filtering.
TILE = 4
# How many rows of a fully connected layer are multiplied at once. 16 of fc6 are 1.6 MB, less than a cache.
ROWS = 16
# How many rows of the first two convolutions are computed at once; a multiple of every tile's side.
STRIP = 32


class VGGFace(Classifier):
    """The plain network above.

    It may compute in bfloat16, except for fc8: with 8 bits of precision the best logits would tie.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        channels = 3
        names: list[str] = []
        for number, widths in enumerate(config.blocks, start=1):
            for index, width in enumerate(widths, start=1):
                names.append(f"conv{number}_{index}")
                self.add_module(names[-1], convolution(channels, width, TILE))
                channels = width
        self.layers = tuple(names)
        self._block_ends = {f"conv{number}_{len(widths)}" for number, widths in enumerate(config.blocks, 1)}
        side = config.input_size // 2 ** len(config.blocks)
        self.fc6 = nn.Linear(channels * side * side, config.fully_connected[0])
        self.fc7 = nn.Linear(config.fully_connected[0], config.fully_connected[1])
        self.fc8 = nn.Linear(config.fully_connected[1], config.identities)

    def forward_features(self, x: Tensor, layer: str | None = None, start: str | None = None) -> Tensor:
        """See `Classifier.forward_features`."""
        x = x.to(self.dtype, memory_format=torch.channels_last)
        if start in self._block_ends:
            x = functional.max_pool2d(x, 2)
        first = 0 if start is None else self.layers.index(start) + 1
        last = self.layers.index(layer or self.cam_layer)
        for name in self.layers[first:last]:
            x = self.get_submodule(name)(x)
            x = functional.max_pool2d(x, 2).relu_() if name in self._block_ends else x.relu_()
        out: Tensor = self.get_submodule(self.layers[last])(x).relu_()
        return out

    def incremental(self, x: Tensor) -> IncrementalFeatures:
        """See `Classifier.incremental`."""
        steps = self._steps()
        rest = sum(layer.weight.numel() for layer in (self.fc6, self.fc7, self.fc8))
        x = x.to(self.dtype, memory_format=torch.channels_last)
        with torch.inference_mode():
            return IncrementalFeatures(steps, x, self.layers[-1], rest)

    def _steps(self) -> list[Step]:
        """A step for every convolution with its pool; the first two are one if there is no pool between."""
        first, second = self.layers[:2]
        if first in self._block_ends:
            return [self._step(name) for name in self.layers]
        return [self._step(second, follows_first=True), *(self._step(name) for name in self.layers[2:])]

    def _step(self, name: str, *, follows_first: bool = False) -> Step:
        """A convolution and, at the end of every block but the last, its max-pool.

        Args:
            follows_first: whether the first convolution precedes it. The map between them, the largest one,
                is computed again rather than kept.
        """
        layer, count = self._convolution(name), 2 if follows_first else 1
        work, pool = layer.weight.numel(), name in self._block_ends and name != self.layers[-1]
        tile = TILE if isinstance(layer, WinogradConv2d) and self.dtype is torch.float32 else 1

        def compute(xs: Sequence[Tensor], _: object, seen: Sequence[Sequence[Region]]) -> list[Tensor]:
            if follows_first:
                return [self._first_two(*each, pool=pool) for each in zip(xs, seen, strict=True)]
            return [x.relu_() for x in convolve_each(layer, xs, 0, pool=pool)]

        if follows_first:
            work += self._convolution(self.layers[0]).weight.numel()
        if pool:
            return Step(2 * count + 2, 2, count, 4 * work, compute, multiple=max(1, tile // 2))
        return Step(2 * count + 1, 1, count, work, compute, multiple=tile)

    def _first_two(self, x: Tensor, seen: Sequence[Region], *, pool: bool) -> Tensor:
        """The first two convolutions, strip by strip; what is between them stays in the processor's cache."""
        first, second = (self._convolution(name) for name in self.layers[:2])
        found = []
        for top in range(0, x.shape[2] - 4, STRIP):
            between = functional.conv2d(x[:, :, top : top + STRIP + 4], first.weight, first.bias).relu_()
            for sample, region in zip(torch.split(between, 1), seen, strict=True):
                self._clear_outside(sample, region.top + top + 1, region.left + 1)
            found.append(convolve_each(second, [between], 0, pool=pool)[0].relu_())
        return torch.cat(found, 2)

    def _clear_outside(self, sample: Tensor, top: int, left: int) -> None:
        """Set what lies outside the input to zero, as the next convolution pads it: (1, C, h, w)."""
        side, (height, width) = self.config.input_size, sample.shape[2:]
        here = Region(top, left, top + height, left + width)
        for margin in here.without(here.common_with(Region(0, 0, side, side))):
            margin.seen_from(here).of(sample).zero_()

    def _convolution(self, name: str) -> nn.Conv2d:
        layer = self.get_submodule(name)
        assert isinstance(layer, nn.Conv2d)
        return layer

    def forward_head(self, features: Tensor, layer: str | None = None) -> Tensor:
        """See `Classifier.forward_head`."""
        return self._fully_connected(features, layer or self.cam_layer)[2]

    @property
    def output_layer(self) -> nn.Linear:
        """See `Classifier.output_layer`."""
        return self.fc8

    def descriptor(self, activations: Activations) -> Tensor:
        """See `Classifier.descriptor`: fc7 after its ReLU."""
        return functional.normalize(functional.relu(activations.hidden["fc7"]), dim=0)

    @property
    def dtype(self) -> torch.dtype:
        """See `Classifier.dtype`."""
        return self.fc7.weight.dtype

    @property
    def map_size(self) -> int:
        """See `Classifier.map_size`."""
        block = int(self.cam_layer.removeprefix("conv").partition("_")[0])
        return self.config.input_size >> (block - 1)

    @property
    def gradient_passes(self) -> float:
        """See `Classifier.gradient_passes`; the closed form is a few matrix products."""
        return 0.0 if self.cam_layer == self.layers[-1] else 2.0

    def logit_gradients(self, activations: Activations, labels: Sequence[int]) -> Tensor:
        """See `Classifier.logit_gradients`; in closed form for the last convolution."""
        if activations.layer != self.layers[-1]:
            return super().logit_gradients(activations, labels)
        features = activations.features.unsqueeze(0)
        pooled, places = functional.max_pool2d(features, 2, return_indices=True)
        with torch.inference_mode():
            g6 = self._fc6_gradients(activations, labels)
            gradients = product(g6.to(self.dtype), self.fc6.weight).float()
        shape = (len(labels), *pooled.shape[1:])
        return functional.max_unpool2d(
            gradients.view(shape), places.expand(shape), [2, 2], output_size=list(features.shape[2:])
        )

    def mean_logit_gradients(self, activations: Activations, labels: Sequence[int]) -> Tensor:
        """See `Classifier.mean_logit_gradients`; in closed form for the last convolution."""
        if activations.layer != self.layers[-1]:
            return super().mean_logit_gradients(activations, labels)
        _, height, width = activations.features.shape
        with torch.inference_mode():
            return self._fc6_gradients(activations, labels) @ self.fc6_by_channel / (height * width)

    @cached_property
    def fc6_by_channel(self) -> Tensor:
        """fc6's weights summed over the pooled cells of each channel, (D6, C) float32."""
        channels = self.config.blocks[-1][-1]
        weight = self.fc6.weight.detach().view(self.fc6.out_features, channels, -1)
        sums = torch.empty(weight.shape[:2])
        # In pieces, because torch converts its whole operand to float32 first.
        for rows, out in zip(torch.split(weight, 64), torch.split(sums, 64), strict=True):
            torch.sum(rows, 2, dtype=torch.float32, out=out)
        return sums

    def _activations(self, x: Tensor, layer: str) -> Activations:
        unaltered = self.incremental(x) if layer == self.layers[-1] else None
        features = self.forward_features(x, layer) if unaltered is None else unaltered.last
        fc6, fc7, logits = (tensor[0].float() for tensor in self._fully_connected(features, layer))
        hidden = {"fc6": fc6, "fc7": fc7}
        return Activations(layer, features[0].float(), logits, logits, hidden, unaltered)

    def _fully_connected(self, features: Tensor, layer: str) -> tuple[Tensor, Tensor, Tensor]:
        """(B, C, H, W) -> fc6 (B, D6) and fc7 (B, D7) before their ReLU, logits (B, K)."""
        if layer != self.layers[-1]:
            features = self.forward_features(features, self.layers[-1], start=layer)
        # Channel first whatever the memory format: the order of the published weights.
        fc6 = linear(functional.max_pool2d(features, 2).flatten(1).to(self.dtype), self.fc6)
        fc7 = linear(functional.relu(fc6), self.fc7)
        return fc6, fc7, linear(functional.relu(fc7).to(self.fc8.weight.dtype), self.fc8)

    def _fc6_gradients(self, activations: Activations, labels: Sequence[int]) -> Tensor:
        """(k, D6) float32: g6 in the module's docstring."""
        fc6, fc7 = activations.hidden["fc6"], activations.hidden["fc7"]
        g7 = self.fc8.weight[list(labels)] * (fc7 > 0)
        return product(g7.to(self.dtype), self.fc7.weight).float() * (fc6 > 0)


def linear(x: Tensor, layer: nn.Linear) -> Tensor:
    """A fully connected layer, (B, C) -> (B, D), by blocks of its rows that fit a processor's cache.

    At fc6, reading the weights takes longer than multiplying them. A product with all of them copies them to
    another order first, which doubles the time. With blocks, the copy stays in the cache.
    """
    traced = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    if len(x) == 1 or torch.is_grad_enabled() or x.dtype is not torch.float32 or traced:
        return functional.linear(x, layer.weight, layer.bias)
    columns = x.t().contiguous()
    out = x.new_empty(layer.out_features, len(x))
    for weight, rows in zip(torch.split(layer.weight, ROWS), torch.split(out, ROWS), strict=True):
        torch.mm(weight, columns, out=rows)
    return out.t() + layer.bias


def product(x: Tensor, weight: Tensor) -> Tensor:
    """The input's gradients (k, C): output gradients (k, D) times weights (D, C), by blocks of rows."""
    if x.dtype is not torch.float32:
        return x @ weight
    out = x.new_zeros(len(x), weight.shape[1])
    for columns, rows in zip(torch.split(x, ROWS, 1), torch.split(weight, ROWS), strict=True):
        out.addmm_(columns, rows)
    return out
