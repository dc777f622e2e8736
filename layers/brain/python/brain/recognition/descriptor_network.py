"""A network that maps a face to a descriptor, and a gallery of people as its last layer.

A logit is the similarity of the descriptor and a person's mean descriptor, times `logit_scale`; both have
length 1. With `metric` "cosine", the similarity is their cosine c. With "euclidean", it is the negative
squared distance, -|d - m|^2 = 2c - 2. Either way it is a linear layer on the descriptor, with one row per
person.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from brain.recognition.classifier import Activations, Classifier
from brain.recognition.config import ModelConfig


class DescriptorNetwork(Classifier, ABC):
    """Names people by their descriptors, in float32.

    Attributes:
        gallery: (D) -> (K) logits.
    """

    gallery: nn.Linear

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config

    @abstractmethod
    def describe(self, features: Tensor, layer: str | None = None) -> Tensor:
        """(B, C, H, W) activations of a layer -> (B, D) descriptors of length 1; None for `cam_layer`."""

    def describe_keeping(self, features: Tensor, layer: str) -> tuple[Tensor, dict[str, Tensor]]:
        """`describe`, and what `logit_gradients` needs of the first input, by name."""
        return self.describe(features, layer), {}

    def forward_head(self, features: Tensor, layer: str | None = None) -> Tensor:
        """See `Classifier.forward_head`."""
        logits: Tensor = self.gallery(self.describe(features, layer))
        return logits

    @property
    def output_layer(self) -> nn.Linear:
        """See `Classifier.output_layer`."""
        return self.gallery

    def with_gallery(self, weight: Tensor, bias: Tensor) -> Self:
        """The same network with another last layer; all other weights are shared.

        Args:
            weight: (K, D), see `gallery`.
            bias: (K,).
        """
        with torch.device("meta"):
            network = type(self)(replace(self.config, identities=len(weight)))
        tensors = {**self.state_dict(), "gallery.weight": weight, "gallery.bias": bias}
        network.load_state_dict(tensors, assign=True)
        return network.requires_grad_(False).eval()

    def descriptor(self, activations: Activations) -> Tensor:
        """See `Classifier.descriptor`."""
        return activations.hidden["descriptor"]

    @property
    def dtype(self) -> torch.dtype:
        """See `Classifier.dtype`."""
        return torch.float32

    def _activations(self, x: Tensor, layer: str) -> Activations:
        unaltered = self.incremental(x)
        if unaltered is None:
            features = self.forward_features(torch.cat([x, x.flip(3)]) if self.config.mirrored else x, layer)
        else:
            mirrored = [self.forward_features(x.flip(3), unaltered.layer)] if self.config.mirrored else []
            features = self.forward_features(torch.cat([unaltered.last, *mirrored]), layer, unaltered.layer)
        descriptors, kept = self.describe_keeping(features, layer)
        mean = functional.normalize(descriptors.sum(0), dim=0)
        logits, forward_logits = self.gallery(torch.stack([mean, descriptors[0]]))
        hidden = {**kept, "descriptor": mean, "unmirrored": descriptors[0]}
        return Activations(layer, features[0], logits, forward_logits, hidden, unaltered)
