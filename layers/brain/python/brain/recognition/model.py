"""A model as it is used: a network, the names of its identities, and how exactly it has to look.

bfloat16 halves the time of a forward pass, and moves every logit by about a hundredth of the logits' spread.
What a test finds is a larger fall of a logit, but two names that lie as close together may change places. So
where the network computes in bfloat16, float32 has the last word on whom a photo shows: always where the
network is small, else where the best two logits are nearly tied.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from torch import Tensor

from brain.recognition.names import load_names
from brain.recognition.network import Activations, Network, load_network

# In standard deviations of the logits; `make bench` shows at which distances rounding turned names round.
NEAR = 0.06


@dataclass(frozen=True)
class LoadedModel:
    """A network with the names of its identities and the checksum of its weights file.

    Attributes:
        network: computes whatever a result's tests ask, many times for each photo.
        exact: the same weights in float32; None where that is `network`, or where the file's are rounded.
    """

    network: Network
    names: tuple[str, ...]
    checksum: Future[str]
    exact: Network | None = None

    @property
    def sha256(self) -> str:
        """Of the weights file, in hex; waits for it where it is still being computed."""
        return self.checksum.result()

    def forward_with_activations(self, crop: np.ndarray) -> tuple[Network, Activations]:
        """Whom a photo shows, and which of the two networks saw it: its Grad-CAM needs the same weights.

        Args:
            crop: (S, S, 3) uint8 BGR.

        Raises:
            ForwardPassFailed: code 4.
        """
        if self.exact is None:
            return self.network, self.network.forward_with_activations(crop)
        if not self.network.small:
            seen = self.network.forward_with_activations(crop)
            if not nearly_tied(seen.logits):
                return self.network, seen
        return self.exact, self.exact.forward_with_activations(crop)

    def perturbation_model(self, crop: np.ndarray, classifier: Network, seen: Activations) -> Network:
        """The network to test a look with, which says of the whole crop what was seen there.

        So rounding does not pass for the effect of what a test leaves out.

        Args:
            crop: (S, S, 3) uint8 BGR.
            saw, seen: what `look` gave.

        Raises:
            ForwardPassFailed: code 4.
        """
        if classifier is self.network:
            return classifier
        return self.network.with_logit_offset(
            seen.logits - self.network.forward_with_activations(crop).logits
        )


def nearly_tied(logits: Tensor) -> bool:
    """Whether rounding may have decided which of the best two of (K,) logits comes first."""
    if len(logits) < 2:
        return False
    first, second = logits.topk(2).values
    return bool(first - second <= NEAR * logits.std())


def load_model(directory: Path, dtype: str = "float32") -> LoadedModel:
    """Load `weights.safetensors` and `names.txt` from a model's folder.

    The checksum of 500 MB takes longer than anything else here, so it is computed on the side while
    the first photo is being read.

    Args:
        dtype: what to compute in, `float32`, `bfloat16` or `auto`; see `brain.recognition.hardware`.

    Raises:
        ForwardPassFailed: code 4, when the weights are absent, damaged or of the wrong shape.
        NamesMissing: code 5, when names.txt is absent or of the wrong length.
    """
    path = directory / "weights.safetensors"
    network = load_network(path, dtype)
    names = load_names(directory / "names.txt", network.config.identities)
    rounded = network.dtype is torch.bfloat16
    exact = load_network(path) if rounded and has_more_to_tell(path, network) else None
    with_one_thread = ThreadPoolExecutor(1)
    checksum = with_one_thread.submit(file_sha256, path)
    with_one_thread.shutdown(wait=False)
    return LoadedModel(network, names, checksum, exact)


def has_more_to_tell(path: Path, network: Network) -> bool:
    """Whether a file's weights are finer than bfloat16, and cost little memory once more.

    float32 is mapped from the file; float16 has to be widened, which only a small network can afford.
    """
    with safe_open(path, framework="pt") as file:
        stored = file.get_slice("fc6.weight").get_dtype()
    return bool(stored == "F32" or (stored == "F16" and network.small))


def file_sha256(path: Path) -> str:
    """The sha256 of a file in hex, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
