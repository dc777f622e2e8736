"""Writes a model folder: weights, names, card and checksum. Nothing is in place before all is written."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from brain.recognition.network import ModelConfig

Dtype = Literal["float32", "bfloat16"]

WEIGHTS, NAMES, CARD, CHECKSUM = (
    "weights.safetensors",
    "names.txt",
    "MODEL_CARD.md",
    "weights.safetensors.sha256",
)

CARD_TEXT = """\
# {name}

Imported by `brain model import` from `{file}` ({form}), sha256 `{sha256}`.

- The network: VGG-16 for {identities} people; O. M. Parkhi, A. Vedaldi, A. Zisserman,
  "Deep Face Recognition", British Machine Vision Conference 2015.
- Training data: {training_data}.
- Licence of the weights: {licence}. Whoever publishes results cites the paper.
- Stored as {dtype}; the picture is {channel_order}, mean {mean} in that order.
- Not to be used to identify people for any decision about them. The network always names one of its own
  {identities} identities, whoever is in the photo.
"""


@dataclass(frozen=True)
class Source:
    """Where weights came from; `form` is the format, `sha256` that of the file as it was given."""

    file: str
    form: str
    sha256: str


def write(
    directory: Path,
    config: ModelConfig,
    weights: Mapping[str, np.ndarray],
    names: tuple[str, ...],
    source: Source,
    dtype: Dtype,
) -> None:
    """Write the four files of a model into an empty directory.

    Args:
        weights: float arrays under the names that `Network` gives them.
    """
    tensors = {name: to_tensor(array, dtype) for name, array in weights.items()}
    metadata = {"spec": config.to_json(), "source": json.dumps(vars(source))}
    save_file(tensors, directory / WEIGHTS, metadata=metadata)
    (directory / CHECKSUM).write_text(f"{sha256_of(directory / WEIGHTS)}  {WEIGHTS}\n", encoding="ascii")
    (directory / NAMES).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    shutil.copymode(directory / NAMES, directory / WEIGHTS)  # safetensors lets nobody else read its files
    said = CARD_TEXT.format(
        name=config.name,
        file=source.file,
        form=source.form,
        sha256=source.sha256,
        identities=f"{config.identities:,}",
        training_data=config.training_data,
        licence=config.licence,
        dtype=dtype,
        channel_order=config.channel_order,
        mean=", ".join(map(str, config.mean)),
    )
    (directory / CARD).write_text(said, encoding="utf-8")


def to_tensor(array: np.ndarray, dtype: Dtype) -> Tensor:
    """Contiguous, and of the type asked for; a copy only where that takes one."""
    tensor = torch.from_numpy(np.require(array, np.float32, ["C", "A", "W"]))
    return tensor.to(torch.bfloat16) if dtype == "bfloat16" else tensor


def move(staged: Path, directory: Path) -> None:
    """Put staged files in place, the weights last; both directories are on one file system."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in (NAMES, CARD, CHECKSUM, WEIGHTS):
        (staged / name).replace(directory / name)


def sha256_of(path: Path) -> str:
    """A file's sha256, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
