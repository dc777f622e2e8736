"""The interface of all networks: pixels in, one logit per identity out, with named layers in between."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from brain.recognition.config import ModelConfig
from brain.recognition.guard import guarded, require_finite
from brain.recognition.incremental import IncrementalFeatures
from brain.recognition.preprocessing import preprocess

# Larger batches do not fit into the processor's caches.
BATCH_PIXELS = 4 * 150 * 150
# Up to this many parameters, a forward pass is cheap.
SMALL = 20_000_000


@dataclass(frozen=True)
class Activations:
    """What is kept from naming a face, always as float32.

    Attributes:
        layer: name of the layer that `features` belongs to.
        features: (C, H, W) after the layer's ReLU.
        logits: (K,) logits that decide on the name.
        forward_logits: (K,) of `Classifier.forward` for the same input. They differ from `logits` in a
            network that names people by the input and its mirror image.
        hidden: further activations that an architecture needs for its gradients, by name.
        unaltered: what incremental inference needs to know about the input; None for a network without it.
    """

    layer: str
    features: Tensor
    logits: Tensor
    forward_logits: Tensor
    hidden: Mapping[str, Tensor] = field(default_factory=dict)
    unaltered: IncrementalFeatures | None = None


class Classifier(nn.Module, ABC):
    """A network that gives every identity a logit. Only its loader knows the architecture.

    Attributes:
        config: its configuration, from the weights file.
        layers: names of the layers that activations can be taken from, from the input to the output.
    """

    config: ModelConfig
    layers: tuple[str, ...]

    @abstractmethod
    def forward_features(self, x: Tensor, layer: str | None = None, start: str | None = None) -> Tensor:
        """Activations of a layer.

        Args:
            x: (B, 3, S, S) preprocessed input, or the activations of `start`.
            layer: name of the layer wanted; None for `cam_layer`.
            start: name of the layer that `x` comes from; None for the input.

        Returns:
            (B, C, H, W), after the layer's ReLU.
        """

    @abstractmethod
    def forward_head(self, features: Tensor, layer: str | None = None) -> Tensor:
        """Logits from the activations of a layer; differentiable.

        Args:
            features: (B, C, H, W).
            layer: name of the layer that they come from; None for `cam_layer`.

        Returns:
            (B, K).
        """

    @property
    @abstractmethod
    def output_layer(self) -> nn.Linear:
        """The layer that gives the logits."""

    @abstractmethod
    def descriptor(self, activations: Activations) -> Tensor:
        """The descriptor that decided on a name: (D,) float32 of length 1."""

    @property
    @abstractmethod
    def dtype(self) -> torch.dtype:
        """The number format of the computation, float32 or bfloat16."""

    @property
    @abstractmethod
    def map_size(self) -> int:
        """Side of the activations of `cam_layer`."""

    @property
    @abstractmethod
    def gradient_passes(self) -> float:
        """Arithmetic of the gradient of one logit at `cam_layer`, in forward passes."""

    def gradients_cost(self, labels: int) -> float:
        """Arithmetic of `logit_gradients` for a number of labels, in forward passes."""
        return labels * self.gradient_passes

    @property
    def evidence_layers(self) -> tuple[str, ...]:
        """Names of layers before `cam_layer` whose maps refine the evidence, in the order of `layers`."""
        return ()

    @property
    def evidence_passes(self) -> float:
        """Arithmetic of a logit's gradient at `evidence_layers`, from the input on, in forward passes."""
        return 0.0

    @property
    def naming_passes(self) -> int:
        """Forward passes that `forward_with_activations` takes."""
        return 2 if self.config.mirrored else 1

    @abstractmethod
    def _activations(self, x: Tensor, layer: str) -> Activations:
        """Name one preprocessed input, (1, 3, S, S)."""

    @property
    def cam_layer(self) -> str:
        """The layer that class activation maps are drawn from by default."""
        return self.config.cam.layer or self.layers[-1]

    @property
    def is_small(self) -> bool:
        """Whether many forward passes take little time, and a second copy of the weights little memory."""
        return sum(parameter.numel() for parameter in self.parameters()) <= SMALL

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, S, S) preprocessed inputs -> (B, K) logits."""
        return self.forward_head(self.forward_features(x))

    def with_logit_offset(self, offset: Tensor) -> Self:
        """The same network with (K,) `offset` added to its output. All weights but one bias are shared."""
        last = self.output_layer
        shared = [last.weight, *(module for module in self.children() if module is not last)]
        network = copy.deepcopy(self, {id(each): each for each in shared})
        network.output_layer.bias = nn.Parameter(self.output_layer.bias + offset, requires_grad=False)
        return network

    def preprocess(self, field: np.ndarray) -> Tensor:
        """The square that the network sees, (s, s, 3) uint8 BGR -> (1, 3, S, S) float32."""
        return preprocess(field, self.config)

    def forward_with_activations(self, field: np.ndarray, layer: str | None = None) -> Activations:
        """Name a face, and keep the activations of a layer.

        Args:
            field: the square that the network sees, (s, s, 3) uint8 BGR.
            layer: None for `cam_layer`.

        Raises:
            ForwardPassFailed: code 4, torch cannot run the network or its output is not finite.
        """
        found = guarded(lambda: self._activations(self.preprocess(field), layer or self.cam_layer))
        require_finite(found.logits)
        return found

    def predict_batched(self, x: Tensor) -> Tensor:
        """Logits of variants of an input.

        Args:
            x: (n, 3, S, S) float32, preprocessed.

        Returns:
            (n, K) float32.

        Raises:
            ForwardPassFailed: code 4, torch cannot run the network or its output is not finite.
        """
        features = guarded(lambda: self.features_batched(x, self.cam_layer))
        return self.predict_from([features], self.cam_layer)

    def features_batched(self, x: Tensor, layer: str) -> Tensor:
        """`forward_features` for many inputs, a few at a time, because the maps before it are large."""
        batch = max(1, BATCH_PIXELS // (x.shape[-1] * x.shape[-2]))
        parts = (part.contiguous(memory_format=torch.channels_last) for part in torch.split(x, batch))
        return torch.cat([self.forward_features(part, layer) for part in parts])

    def predict_from(self, features: Iterable[Tensor], layer: str) -> Tensor:
        """Logits from the activations of a layer.

        The rest of the network processes all of them at once, so that its weights, which may be large, are
        read once.

        Args:
            features: (n, C, H, W) each; an iterator is consumed without recording gradients.

        Returns:
            (N, K) float32, in the same order.

        Raises:
            ForwardPassFailed: code 4, torch cannot run the network or its output is not finite.
        """
        logits = guarded(lambda: self.forward_head(torch.cat(list(features)), layer))
        require_finite(logits)
        return logits

    def incremental(self, x: Tensor) -> IncrementalFeatures | None:
        """Incremental inference of variants of an input; None for a network without it.

        Args:
            x: (1, 3, S, S) float32, preprocessed.
        """
        return None

    def logit_gradients(self, activations: Activations, labels: Sequence[int]) -> Tensor:
        """The gradients of identities' logits with respect to the activations of a layer.

        Args:
            labels: k identities, 0-based.

        Returns:
            (k, C, H, W) float32.
        """
        with torch.inference_mode(False), torch.enable_grad():
            # One copy per identity, so that one backward pass gives every gradient.
            features = activations.features.clone().expand(len(labels), -1, -1, -1).contiguous()
            features.requires_grad_(True)
            logits = self.forward_head(features, activations.layer)
            chosen = logits[torch.arange(len(labels)), torch.tensor(labels)]
            (gradients,) = torch.autograd.grad(chosen.sum(), features)
        return gradients.float()

    def mean_logit_gradients(self, activations: Activations, labels: Sequence[int]) -> Tensor:
        """The spatial means of `logit_gradients`, by which Grad-CAM weights channels: (k, C) float32."""
        return self.logit_gradients(activations, labels).mean((2, 3))
