"""dlib's face recognition ResNet.

The network (Davis King, dlib's examples/dnn_face_recognition_ex.cpp; He et al., "Deep Residual Learning for
Image Recognition", arXiv 1512.03385) has 29 convolutions and 5.6 million parameters:

    (1, 3, 150, 150) -> 7x7 convolution, stride 2, ReLU -> 3x3 max-pool, stride 2
    stage1  (1, 32, 35, 35)    3 residual blocks of two 3x3 convolutions
    stage2  (1, 64, 17, 17)    4 blocks; the first block of this and each later stage halves the side
    stage3  (1, 128, 8, 8)     3 blocks
    stage4  (1, 256, 4, 4)     3 blocks
    stage5  (1, 256, 2, 2)     1 block
      | mean over the cells, linear without bias
    (1, 128) descriptor

dlib follows every convolution by an affine layer, which is folded into the convolution here. Where a block
changes the size, dlib pads the smaller one of its two summands with zeros.

`brain.recognition.descriptor_network` says how a descriptor names people.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from brain.recognition.classifier import Activations
from brain.recognition.config import ModelConfig
from brain.recognition.descriptor_network import DescriptorNetwork
from brain.recognition.incremental import IncrementalFeatures, Step, one_by_one
from brain.recognition.residual import ResidualBlock

STEM = 32
# The 7x7 convolution and the 3x3 max-pool as a single window, both with stride 2.
STEM_KERNEL, STEM_STRIDE = 11, 4
STAGES = {"stage1": (32, 3), "stage2": (64, 4), "stage3": (128, 3), "stage4": (256, 3), "stage5": (256, 1)}
# Sides of the tiles of minimal filtering. In earlier stages it takes as long as an ordinary convolution; in
# the fourth, it would save 3 % of an explanation's time and take 21 MB.
TILES = {"stage3": 4}
DESCRIPTOR = 128


class FaceResNet(DescriptorNetwork):
    """The network above, in float32.

    Attributes:
        embedding: (256) -> (128) descriptor.
    """

    layers = tuple(STAGES)

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.stem = nn.Conv2d(3, STEM, 7, stride=2)
        channels = STEM
        for name, (width, count) in STAGES.items():
            tile = TILES.get(name)
            halves = name != self.layers[0]
            blocks = [ResidualBlock(channels, width, tile, halves=halves)]
            blocks += [ResidualBlock(width, width, tile, halves=False) for _ in range(count - 1)]
            self.add_module(name, nn.Sequential(*blocks))
            channels = width
        self.embedding = nn.Linear(channels, DESCRIPTOR, bias=False)
        self.gallery = nn.Linear(DESCRIPTOR, config.identities)

    def forward_features(self, x: Tensor, layer: str | None = None, start: str | None = None) -> Tensor:
        """See `Classifier.forward_features`."""
        if start is None:
            x = self._enter(x.contiguous(memory_format=torch.channels_last))
        first = 0 if start is None else self.layers.index(start) + 1
        for name in self.layers[first : self.layers.index(layer or self.cam_layer) + 1]:
            x = self.get_submodule(name)(x)
        return x

    def incremental(self, x: Tensor) -> IncrementalFeatures:
        """See `Classifier.incremental`; up to the first stage, behind which windows reach everything."""
        enter = one_by_one(lambda x, _: self._enter(x))
        stem = Step(STEM_KERNEL, STEM_STRIDE, 0, 4 * self.stem.weight.numel(), enter)
        steps = [stem, *(step for block in self._blocks(self.layers[0]) for step in block.steps())]
        with torch.inference_mode():
            return IncrementalFeatures(steps, x, self.layers[0], sum(self._work[2:]))

    def _enter(self, x: Tensor) -> Tensor:
        """(B, 3, S, S) in channels-last order -> (B, STEM, H, W) behind the max-pool."""
        return functional.max_pool2d(self.stem(x).relu_(), 3, 2)

    def describe(self, features: Tensor, layer: str | None = None) -> Tensor:
        """See `DescriptorNetwork.describe`."""
        last = self.forward_features(features, self.layers[-1], start=layer or self.cam_layer)
        return functional.normalize(self.embedding(last.mean((2, 3))))

    def describe_keeping(self, features: Tensor, layer: str) -> tuple[Tensor, dict[str, Tensor]]:
        """See `DescriptorNetwork.describe_keeping`: the activations inside and at the end of each block."""
        kept: dict[str, Tensor] = {}
        x = features
        for name, block in self._blocks_after(layer).items():
            inner, x = block.activations(x)
            kept |= {f"{name}.inner": inner[:1], name: x[:1]}
        return functional.normalize(self.embedding(x.mean((2, 3)))), kept

    @property
    def map_size(self) -> int:
        """See `Classifier.map_size`."""
        side = ((self.config.input_size - 7) // 2 + 1 - 3) // 2 + 1
        return side >> self.layers.index(self.cam_layer)

    @property
    def evidence_layers(self) -> tuple[str, ...]:
        """See `Classifier`: the first stage."""
        return self.layers[: min(1, self.layers.index(self.cam_layer))]

    @property
    def evidence_passes(self) -> float:
        """See `Classifier`: a whole pass forward, and back through what follows the first stage."""
        return 1 + sum(self._work[2:]) / sum(self._work)

    @property
    def gradient_passes(self) -> float:
        """See `Classifier.gradient_passes`: once forward and once back through what follows the layer."""
        first = self.layers.index(self.cam_layer) + 2
        return 2 * sum(self._work[first:]) / sum(self._work)

    def gradients_cost(self, labels: int) -> float:
        """See `Classifier.gradients_cost`: back once for each label; naming has been forward."""
        return labels * self.gradient_passes / 2

    def logit_gradients(self, activations: Activations, labels: Sequence[int]) -> Tensor:
        """See `Classifier.logit_gradients`; back from what naming kept, all labels at once."""
        hidden, x = activations.hidden, activations.features[None]
        passed = []  # blocks, each with its input, and its activations
        for name, block in self._blocks_after(activations.layer).items():
            passed.append((block, x, hidden[f"{name}.inner"], hidden[name]))
            x = hidden[name]
        with torch.inference_mode():
            means = self._mean_gradients(x, labels) / x[0, 0].numel()
            gradients = means[:, :, None, None].expand(-1, -1, *x.shape[2:])
            gradients = gradients.contiguous(memory_format=torch.channels_last)
            for block, *maps in reversed(passed):
                gradients = block.gradient(gradients, *maps)
        return gradients

    def _mean_gradients(self, last: Tensor, labels: Sequence[int]) -> Tensor:
        """The gradients of logits with respect to the means of the last layer's channels, (k, 256)."""
        raw = self.embedding(last.mean((2, 3)))[0]
        descriptor, weights = functional.normalize(raw, dim=0), self.gallery.weight[list(labels)]
        tangents = weights - torch.outer(weights @ descriptor, descriptor)  # (k, 128)
        gradients: Tensor = tangents @ self.embedding.weight / raw.norm()
        return gradients

    @property
    def _work(self) -> list[int]:
        """Multiplications of a forward pass: of the stem, and of each stage."""
        side = (self.config.input_size - 7) // 2 + 1
        work = [self.stem.weight.numel() * side**2]
        side = (side - 3) // 2 + 1
        for name in self.layers:
            work.append(sum(block.weights for block in self._blocks(name)) * side**2)
            side //= 2
        return work

    def _blocks_after(self, layer: str) -> dict[str, ResidualBlock]:
        """By name, in their order."""
        stages = self.layers[self.layers.index(layer) + 1 :]
        return {f"{name}.{i}": block for name in stages for i, block in enumerate(self._blocks(name))}

    def _blocks(self, stage: str) -> list[ResidualBlock]:
        return [block for block in self.get_submodule(stage).children() if isinstance(block, ResidualBlock)]
