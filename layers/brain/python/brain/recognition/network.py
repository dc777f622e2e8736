"""VGG-Face as a torch module built from a spec, and its weights, memory-mapped.

    crop (S, S, 3) uint8 BGR
      | resize to the input size, channel order, (x - mean) * scale
    (1, 3, 224, 224)
      | blocks of 3x3 convolutions, stride 1, each with ReLU; a 2x2 max-pool ends every block
    (1, 512, 14, 14)   after the last ReLU: what Grad-CAM looks at
      | max-pool, flatten
    (1, 25088) -> fc6 + ReLU (1, 4096) -> fc7 + ReLU (1, 4096) -> fc8 (1, 2622) logits

The numbers are VGG-16's (Parkhi, Vedaldi, Zisserman, "Deep Face Recognition", BMVC 2015); brain-mini
has the same plan with other widths. Layers carry the names of the published files: conv1_1 ... fc8.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn import functional

from brain.core.errors import ForwardPassFailed
from brain.recognition.hardware import choose_dtype

HINT_WEIGHTS = "The weights do not load. Run `brain model check` or install the model again."

# More at once does not fit into the processor's caches.
BATCH_PIXELS = 16 * 112 * 112
# Up to so many parameters a forward pass is cheap.
SMALL = 20_000_000


@dataclass(frozen=True)
class ModelConfig:
    """What a weights file says about itself; stored as JSON under `spec` in its metadata.

    Attributes:
        blocks: widths of the convolutions, block by block.
        fully_connected: widths of fc6 and fc7.
        identities: number of rows of fc8.
        input_size: side of the square input, in pixels.
        mean: subtracted per channel, 0 to 255, in `channel_order`.
        scale: multiplies the centred pixels.
        channel_order: `RGB` or `BGR`.
        crop_scale: side of the crop in multiples of the face's box.
        known: temperature, slope and offset that tell identities from strangers (see
            `brain.recognition.certainty`); None where they were not fitted.
        length_weights: one per identity, with which a photo's squared logits add up to the squared
            length of its embedding; None where fc8 was not made from one.
    """

    name: str
    version: str
    blocks: tuple[tuple[int, ...], ...]
    fully_connected: tuple[int, int]
    identities: int
    input_size: int
    mean: tuple[float, float, float]
    scale: float
    channel_order: str
    crop_scale: float
    training_data: str
    licence: str
    known: tuple[float, float, float] | None = None
    length_weights: tuple[float, ...] | None = None

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Parse the metadata.

        Raises:
            ValueError, TypeError, KeyError: it is not a spec.
        """
        values = json.loads(text)
        own = {field.name: values[field.name] for field in fields(cls) if field.name in values}
        own["blocks"] = tuple(tuple(block) for block in own["blocks"])
        own["fully_connected"] = tuple(own["fully_connected"])
        own["mean"] = tuple(own["mean"])
        own |= {name: tuple(own[name]) for name in ("known", "length_weights") if own.get(name)}
        return cls(**own)

    def to_json(self) -> str:
        """The metadata's text."""
        return json.dumps(asdict(self))

    @property
    def map_size(self) -> int:
        """Side of the last convolution's feature map."""
        return self.input_size // 2 ** (len(self.blocks) - 1)


@dataclass(frozen=True)
class Activations:
    """What one forward pass leaves behind, as float32 whatever it was computed in.

    Attributes:
        maps: (C, H, W) after the last convolution's ReLU, before its pool.
        fc6, fc7: (D6,), (D7,) before their ReLU.
        logits: (K,).
    """

    maps: Tensor
    fc6: Tensor
    fc7: Tensor
    logits: Tensor


class Network(nn.Module):
    """The plain network of the docstring above: convolutions, ReLU, pools and three matrices.

    It may compute in bfloat16, all but fc8: with 8 bits of precision the best logits would tie.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        channels = 3
        self.blocks: list[list[str]] = []
        for number, widths in enumerate(config.blocks, start=1):
            names = [f"conv{number}_{index}" for index in range(1, len(widths) + 1)]
            for name, width in zip(names, widths, strict=True):
                self.add_module(name, nn.Conv2d(channels, width, 3, padding=1))
                channels = width
            self.blocks.append(names)
        pooled = config.map_size // 2
        self.fc6 = nn.Linear(channels * pooled * pooled, config.fully_connected[0])
        self.fc7 = nn.Linear(*config.fully_connected)
        self.fc8 = nn.Linear(config.fully_connected[1], config.identities)

    def forward_features(self, x: Tensor) -> Tensor:
        """(B, 3, S, S) -> (B, C, H, W), the last convolution's activations after ReLU."""
        x = x.to(self.dtype, memory_format=torch.channels_last)
        *ended_by_a_pool, last = self.blocks
        for names in ended_by_a_pool:
            for name in names[:-1]:
                x = self.get_submodule(name)(x).relu_()
            # The pool first: the answer is the same, and the ReLU has a quarter of the work.
            x = functional.max_pool2d(self.get_submodule(names[-1])(x), 2).relu_()
        for name in last:
            x = self.get_submodule(name)(x).relu_()
        return x

    def forward_head(self, maps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(B, C, H, W) -> fc6 (B, D6) and fc7 (B, D7) before ReLU, logits (B, K)."""
        # Flattened channel first, whatever the memory format: the order of the published weights.
        fc6 = self.fc6(functional.max_pool2d(maps, 2).flatten(1).to(self.dtype))
        fc7 = self.fc7(functional.relu(fc6))
        return fc6, fc7, self.fc8(functional.relu(fc7).to(self.fc8.weight.dtype))

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, S, S) preprocessed crops -> (B, K) logits."""
        return self.forward_head(self.forward_features(x))[2]

    def with_logit_offset(self, offset: Tensor) -> Network:
        """A network whose every answer is higher by (K,) `offset`; it shares all weights but one bias."""
        return from_tensors(self.config, {**self.state_dict(), "fc8.bias": self.fc8.bias + offset})

    @property
    def small(self) -> bool:
        """Whether looking many times, or once more, costs next to nothing."""
        return sum(parameter.numel() for parameter in self.parameters()) <= SMALL

    @property
    def dtype(self) -> torch.dtype:
        """What the network computes in, float32 or bfloat16."""
        return self.fc7.weight.dtype

    @cached_property
    def fc6_by_channel(self) -> Tensor:
        """fc6's weights summed over the pooled cells: (D6, C) float32. Grad-CAM needs nothing finer."""
        channels = self.config.blocks[-1][-1]
        weight = self.fc6.weight.detach().view(self.fc6.out_features, channels, -1)
        sums = torch.empty(weight.shape[:2])
        # In pieces, because torch widens all that it sums to float32 first.
        for rows, out in zip(weight.split(64), sums.split(64), strict=True):
            torch.sum(rows, 2, dtype=torch.float32, out=out)
        return sums

    def preprocess(self, crop: np.ndarray) -> Tensor:
        """(S, S, 3) uint8 BGR -> (1, 3, input, input) float32."""
        size = self.config.input_size
        shrinks = crop.shape[0] >= size
        small = cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        if self.config.channel_order == "RGB":
            small = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
        centred = (small - np.asarray(self.config.mean, np.float32)) * np.float32(self.config.scale)
        return torch.from_numpy(centred).permute(2, 0, 1).unsqueeze(0)

    def forward_with_activations(self, crop: np.ndarray) -> Activations:
        """One forward pass over a crop.

        Args:
            crop: (S, S, 3) uint8 BGR.

        Raises:
            ForwardPassFailed: code 4, when torch cannot run the network or the answer is not finite.
        """
        try:
            with torch.inference_mode():
                maps = self.forward_features(self.preprocess(crop))
                fc6, fc7, logits = self.forward_head(maps)
        except (RuntimeError, MemoryError) as error:
            raise ForwardPassFailed("forward-pass", HINT_WEIGHTS) from error
        if not torch.isfinite(logits).all():
            raise ForwardPassFailed("not-finite", HINT_WEIGHTS)
        return Activations(maps[0].float(), fc6[0].float(), fc7[0].float(), logits[0].float())

    def predict_batched(self, x: Tensor) -> Tensor:
        """Logits of many variants of a crop, in batches of bounded memory.

        Args:
            x: (n, 3, S, S) float32, preprocessed.

        Returns:
            (n, K) float32.

        Raises:
            ForwardPassFailed: code 4, as `look`.
        """
        batch = max(1, BATCH_PIXELS // (x.shape[-1] * x.shape[-2]))
        try:
            with torch.inference_mode():
                parts = [self(part.contiguous(memory_format=torch.channels_last)) for part in x.split(batch)]
        except (RuntimeError, MemoryError) as error:
            raise ForwardPassFailed("forward-pass", HINT_WEIGHTS) from error
        logits = torch.cat(parts)
        if not torch.isfinite(logits).all():
            raise ForwardPassFailed("not-finite", HINT_WEIGHTS)
        return logits


def load_network(path: Path, dtype: str = "float32") -> Network:
    """Build the network that a weights file describes, with its tensors memory-mapped.

    Tensors stored as they are computed with stay where they are in the file; others are converted.

    Args:
        dtype: what to compute in, `float32`, `bfloat16` or `auto`.

    Raises:
        ForwardPassFailed: code 4, with a reason that tells absent from damaged from ill-fitting weights.
    """
    if not path.is_file():
        raise ForwardPassFailed("weights-absent", f"There is no model at {path.parent.name}. {HINT_WEIGHTS}")
    try:
        config, tensors = read_weights(path, dtype)
    except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
        raise ForwardPassFailed("weights-damaged", HINT_WEIGHTS) from error
    try:
        return from_tensors(config, tensors)
    except RuntimeError as error:
        raise ForwardPassFailed("weights-shape", HINT_WEIGHTS) from error


def from_tensors(config: ModelConfig, tensors: Mapping[str, Tensor]) -> Network:
    """A network that consists of these very tensors; nothing is copied.

    Raises:
        RuntimeError: they do not fit the spec.
    """
    with torch.device("meta"):
        network = Network(config)
    network.load_state_dict(tensors, assign=True)
    return network.requires_grad_(False).eval()


def read_weights(path: Path, dtype: str) -> tuple[ModelConfig, dict[str, Tensor]]:
    """The spec and the tensors of a weights file, in the number format to compute in."""
    with safe_open(path, framework="pt") as file:
        config = ModelConfig.from_json((file.metadata() or {})["spec"])
        names = list(file.keys())
        chosen = choose_dtype(dtype, sum(math.prod(file.get_slice(name).get_shape()) for name in names))
    return config, {name: read_tensor(path, name, chosen) for name in names}


def read_tensor(path: Path, name: str, dtype: torch.dtype) -> Tensor:
    """A tensor as it is computed with: mapped from the file where it is stored so, else converted.

    The file is opened for each, so that pages which were only converted do not stay in memory.
    """
    with safe_open(path, framework="pt") as file:
        tensor = file.get_tensor(name).to(torch.float32 if name.startswith("fc8.") else dtype)
    if dtype is torch.bfloat16 and tensor.dim() == 4:
        # Convolutions in bfloat16 are faster with their weights in this order; in float32 they are not.
        return tensor.contiguous(memory_format=torch.channels_last)
    return tensor
