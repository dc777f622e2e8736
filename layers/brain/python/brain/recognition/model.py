"""A loaded model: a network, the names of its identities, and the number formats of its computations.

bfloat16 halves the memory of the weights, and changes every logit by about a hundredth of the logits'
spread. A perturbation that matters lowers a logit by more than that, but two identities that are so close may
swap places.
So where the network computes in bfloat16, float32 decides on the name: always where the network is small,
otherwise where the best two logits are nearly tied.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from safetensors import safe_open
from torch import Tensor

from brain.core.errors import ForwardPassFailed
from brain.core.files import file_sha256
from brain.core.results import People
from brain.recognition.certainty import certainty, isolation_of
from brain.recognition.classifier import Activations, Classifier
from brain.recognition.gallery import GALLERY
from brain.recognition.loading import WEIGHTS, load_classifier
from brain.recognition.names import load_names
from brain.recognition.pairs import PAIRS, PairCalibration

# In standard deviations of the logits. `make bench` shows at which distances rounding swaps names.
NEAR_TIE = 0.06
HINT_PAIRS = "Remove pairs.json and run `brain model calibrate NAME FOLDER`, or install the model again."


@dataclass(frozen=True)
class LoadedModel:
    """A network with the names of its identities and the checksums of its files.

    Attributes:
        network: processes the perturbed inputs, of which each photo has many.
        checksum: of the weights file.
        exact: the same weights in float32; None if that is `network`, or if the file's weights are rounded.
        gallery_checksum: of the gallery; None for a network without one.
        people: which people are named; None for a network without a gallery.
        embedded: how many labels belong to embedded people; the others belong to the user's own people.
        strangers: (M, D) rows and (M,) biases of embedded people who are not named, see `certainty`; None
            without any.
        pairs: the probability that two photos show one person; None if it was not calibrated.
    """

    network: Classifier
    names: tuple[str, ...]
    checksum: Future[str]
    exact: Classifier | None = None
    gallery_checksum: str | None = None
    people: People | None = None
    embedded: int | None = None
    strangers: tuple[Tensor, Tensor] | None = None
    pairs: PairCalibration | None = None

    @property
    def sha256(self) -> str:
        """The checksum of the weights file, in hex. Waits if it is still being computed."""
        return self.checksum.result()

    def forward_with_activations(self, field: np.ndarray) -> tuple[Classifier, Activations]:
        """Name a face. Also returns the network that decided, because maps need the same weights.

        Args:
            field: the square that the network sees, (s, s, 3) uint8 BGR.

        Raises:
            ForwardPassFailed: code 4.
        """
        if self.exact is None:
            return self.network, self.network.forward_with_activations(field)
        if not self.network.is_small:
            activations = self.network.forward_with_activations(field)
            if not nearly_tied(activations.logits):
                return self.network, activations
        return self.exact, self.exact.forward_with_activations(field)

    def certainty(self, activations: Activations) -> float:
        """The probability that the person is one of the identities at all, 0 to 1.

        Args:
            activations: that named the face.
        """
        others = None
        if self.strangers is not None:
            weight, bias = self.strangers
            others = weight @ self.network.descriptor(activations) + bias
        best = activations.logits.argmax().unsqueeze(0)
        isolation = float(isolation_of(best, self.network, self.strangers)[0])
        return certainty(activations.logits, self.network.config, others, isolation)

    def source_of(self, label: int) -> Literal["embedded", "own"]:
        """Whether an identity is embedded in the model, or is one of the user's own people."""
        return "embedded" if self.embedded is None or label < self.embedded else "own"

    def perturbation_model(
        self, field: np.ndarray, classifier: Classifier, activations: Activations
    ) -> Classifier:
        """The network for perturbed inputs. It gives the unperturbed input exactly the logits that named it.

        Otherwise rounding, or the mirror image, would look like an effect of the perturbation.

        Args:
            field: the square that the network sees, (s, s, 3) uint8 BGR.
            classifier: the network that named the face, and its `activations`.

        Raises:
            ForwardPassFailed: code 4.
        """
        if classifier is self.network:
            offset = activations.logits - activations.forward_logits
            return classifier.with_logit_offset(offset) if offset.any() else classifier
        rounded = self.network.forward_with_activations(field)
        return self.network.with_logit_offset(activations.logits - rounded.forward_logits)


def nearly_tied(logits: Tensor) -> bool:
    """Whether rounding may decide which of the two best of (K,) logits is greater."""
    if len(logits) < 2:
        return False
    first, second = logits.topk(2).values
    return bool(first - second <= NEAR_TIE * logits.std())


def load_model(folder: Path, dtype: str = "float32") -> LoadedModel:
    """Load the network and `names.txt` from a model's folder.

    The checksum of 500 MB takes longer than everything else here, so another thread computes it while the
    first photo is being processed.

    Args:
        dtype: what to compute in, `float32`, `bfloat16` or `auto`; see `brain.recognition.hardware`.

    Raises:
        ForwardPassFailed: code 4, the weights are missing, damaged or of the wrong shape.
        NamesMissing: code 5, names.txt is missing or has the wrong length.
    """
    path = folder / WEIGHTS
    network = load_classifier(folder, dtype)
    names = load_names(folder / "names.txt", network.config.identities)
    rounded = network.dtype is torch.bfloat16
    exact = load_classifier(folder) if rounded and affords_float32(path, network) else None
    with_one_thread = ThreadPoolExecutor(1)
    checksum = with_one_thread.submit(file_sha256, path)
    with_one_thread.shutdown(wait=False)
    gallery = folder / GALLERY
    embedded = file_sha256(gallery) if gallery.exists() else None
    people = People(source="embedded", embedded=embedded) if embedded else None
    return LoadedModel(network, names, checksum, exact, embedded, people, pairs=load_pairs(folder))


def load_pairs(folder: Path) -> PairCalibration | None:
    """The calibration for pairs in a model's folder, if there is one.

    Raises:
        ForwardPassFailed: code 4, it is damaged.
    """
    try:
        return PairCalibration.load(folder / PAIRS)
    except ValueError as error:
        raise ForwardPassFailed("pairs-damaged", HINT_PAIRS) from error


def affords_float32(path: Path, network: Classifier) -> bool:
    """Whether a file's weights are more precise than bfloat16, and a second copy costs little memory.

    float32 is memory-mapped from the file. float16 has to be converted, which only a small network can
    afford.
    """
    with safe_open(path, framework="pt") as file:
        stored = file.get_slice("fc6.weight").get_dtype()
    return bool(stored == "F32" or (stored == "F16" and network.is_small))
