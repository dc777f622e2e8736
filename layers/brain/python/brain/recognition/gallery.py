"""The people that a network can name, as data beside its weights: one mean descriptor per person.

`gallery.safetensors` holds `means` (K, D) and `photos` (K,), and in its metadata the names, where the photos
came from, and which weights computed the descriptors. Adding a person adds a row; removing a person removes
it. `removals.txt` lists people who asked to be left out, and every build honours it. Imports no torch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from brain.core.files import write_atomically
from brain.recognition.names import fold

GALLERY = "gallery.safetensors"
REMOVALS = "removals.txt"

# A photo with this cosine to the person's other photos has half the weight; measured on LFW, see the model
# card.
USUAL_COSINE = 0.95
COSINE_SCALE = 0.01
LEAST_WEIGHT = 0.001
ITERATIONS = 4


@dataclass(frozen=True)
class Gallery:
    """People in label order.

    Attributes:
        names: K distinct names.
        means: (K, D) float32, mean descriptors of length 1.
        photos: (K,) int32, number of photos in each mean.
        source: where the photos came from.
        weights_sha256: SHA-256 of the weights that computed the descriptors, in hex.
    """

    names: tuple[str, ...]
    means: np.ndarray
    photos: np.ndarray
    source: str
    weights_sha256: str

    def __post_init__(self) -> None:
        if not len(self.names) == len(self.means) == len(self.photos):
            raise ValueError("names, descriptors and numbers of photos differ in length")

    def without(self, names: Iterable[str]) -> Gallery:
        """The gallery without some people; names are compared without case and accents."""
        left_out = {fold(name) for name in names}
        kept = [row for row, name in enumerate(self.names) if fold(name) not in left_out]
        return replace(
            self,
            names=tuple(self.names[row] for row in kept),
            means=self.means[kept],
            photos=self.photos[kept],
        )

    @classmethod
    def from_descriptors(
        cls, descriptors: Mapping[str, np.ndarray], source: str, weights_sha256: str
    ) -> Gallery:
        """The mean descriptor of each person, in the given order.

        Args:
            descriptors: by name, (n, D) of length 1, n at least 1.
        """
        means = np.stack([mean_descriptor(rows) for rows in descriptors.values()])
        photos = np.array([len(rows) for rows in descriptors.values()], np.int32)
        return cls(tuple(descriptors), means, photos, source, weights_sha256)

    @classmethod
    def placeholder(cls, dimensions: int) -> Gallery:
        """A gallery with a single placeholder, with which a network is loaded before people are enrolled."""
        means = np.full((1, dimensions), dimensions**-0.5, np.float32)
        return cls(("nobody",), means, np.ones(1, np.int32), "", "")

    @classmethod
    def load(cls, path: Path) -> Gallery:
        """Read a gallery.

        Raises:
            OSError, ValueError: the file is missing or not a gallery.
        """
        try:
            with safe_open(path, framework="numpy") as file:
                about = json.loads(file.metadata()["gallery"])
                means = _unit(file.get_tensor("means").astype(np.float32))  # float16 rounds lengths as well
                photos = file.get_tensor("photos")
            return cls(tuple(about["names"]), means, photos, about["source"], about["weights_sha256"])
        except (SafetensorError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name} is not a gallery") from error

    def save(self, path: Path) -> None:
        """Write the gallery atomically: a reader sees the old file or the new one. Means become float16."""
        about = {"names": self.names, "source": self.source, "weights_sha256": self.weights_sha256}
        tensors = {"means": self.means.astype(np.float16), "photos": self.photos}
        write_atomically(path, save(tensors, {"gallery": json.dumps(about, ensure_ascii=False)}))


def mean_descriptor(descriptors: np.ndarray) -> np.ndarray:
    """The direction of a person's mean descriptor. Photos that are unlike the person's others count less.

    Args:
        descriptors: (n, D) of length 1.

    Returns:
        (D,) float32 of length 1.
    """
    rows = descriptors.astype(np.float64)
    mean: np.ndarray = _unit((photo_weights(rows) * rows).sum(0)).astype(np.float32)
    return mean


def photo_weights(rows: np.ndarray) -> np.ndarray:
    """How much each photo of a person counts: (n, D) descriptors -> (n, 1).

    With three photos or more, a photo's weight is a logistic function of the cosine between its descriptor
    and the weighted mean of the others, iterated.
    """
    weights = np.ones((len(rows), 1))
    for _ in range(ITERATIONS if len(rows) >= 3 else 0):
        cosines = cosines_to_others(rows, weights)
        weights = 1 / (1 + np.exp((USUAL_COSINE - cosines) / COSINE_SCALE)) + LEAST_WEIGHT
    return weights


def cosines_to_others(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The cosine of each photo and the weighted mean of the others: (n, D) and (n, 1) -> (n, 1).

    Args:
        rows: n at least 2.
    """
    others = (weights * rows).sum(0) - weights * rows
    cosines: np.ndarray = (rows * _unit(others)).sum(1, keepdims=True)
    return cosines


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Divide vectors by their length, along the last axis."""
    unit: np.ndarray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True).clip(min=1e-12)
    return unit


def read_removals(path: Path) -> tuple[str, ...]:
    """The names in `removals.txt`, one per line; none if there is no such file."""
    if not path.exists():
        return ()
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def add_removal(path: Path, name: str) -> None:
    """Append a name to `removals.txt`."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    separator = "" if not text or text.endswith("\n") else "\n"
    path.write_text(f"{text}{separator}{name}\n", encoding="utf-8")
