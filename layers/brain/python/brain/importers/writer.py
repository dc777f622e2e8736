"""Writes a model's folder: weights, names, card and checksum."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from brain.core.files import file_sha256
from brain.importers.inspection import WEIGHTS, StoredDtype
from brain.recognition.config import ModelConfig

NAMES, CARD, CHECKSUM = "names.txt", "MODEL_CARD.md", f"{WEIGHTS}.sha256"

CARD_TEXT = """\
# {name}

Imported by `brain model import` from `{file}` ({form}), SHA-256 `{sha256}`.

- {network}
- Training data: {training_data}.
- Licence of the weights: {licence}.
- Stored as {dtype}; the input is {channel_order}, mean {mean} in that order.
- Not to be used to identify people for any decision about them. The network always names one of its own
  identities, whoever is in the photo.
"""
NETWORKS = {
    "vgg": (
        'VGG-16 for {identities:,} people; O. M. Parkhi, A. Vedaldi, A. Zisserman, "Deep Face\n'
        '  Recognition", British Machine Vision Conference 2015. Whoever publishes results cites the paper.'
    ),
    "onnx": (
        "A network from an ONNX file, {operators} operators. It names the people in `gallery.safetensors`,\n"
        "  which `brain people build` writes."
    ),
    "dlib-resnet": (
        "dlib's face recognition ResNet by Davis King. It names the people in `gallery.safetensors`,\n"
        "  which `brain people build` writes."
    ),
}


@dataclass(frozen=True)
class ImportSource:
    """The origin of weights: the given file, its format, and its SHA-256."""

    file: str
    form: str
    sha256: str


def write(
    directory: Path,
    config: ModelConfig,
    weights: Mapping[str, np.ndarray],
    source: ImportSource,
    dtype: StoredDtype,
) -> None:
    """Write weights, checksum and card into an empty directory.

    Args:
        weights: float arrays under their names in the network.
    """
    tensors = {name: to_tensor(array, dtype) for name, array in weights.items()}
    metadata = {"spec": config.to_json(), "source": json.dumps(vars(source))}
    save_file(tensors, directory / WEIGHTS, metadata=metadata)
    sort_metadata(directory / WEIGHTS)
    (directory / CHECKSUM).write_text(f"{file_sha256(directory / WEIGHTS)}  {WEIGHTS}\n", encoding="ascii")
    shutil.copymode(directory / CHECKSUM, directory / WEIGHTS)  # safetensors makes its files private
    (directory / CARD).write_text(card(config, source, dtype), encoding="utf-8")


def sort_metadata(path: Path) -> None:
    """Sort a safetensors file's metadata, whose order is random, so that equal imports give equal files.

    Raises:
        OSError, ValueError: the file is not a safetensors file.
    """
    with path.open("r+b") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
        text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
        if len(text) > length:
            raise ValueError(f"the header of {path.name} would grow")
        file.seek(8)
        file.write(text.ljust(length))


def write_names(directory: Path, names: tuple[str, ...]) -> None:
    """Write names.txt: one name per line, in label order."""
    (directory / NAMES).write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


def card(config: ModelConfig, source: ImportSource, dtype: StoredDtype) -> str:
    """The text of MODEL_CARD.md."""
    return CARD_TEXT.format(
        name=config.name,
        file=source.file,
        form=source.form,
        sha256=source.sha256,
        network=NETWORKS[config.architecture].format(
            identities=config.identities, operators=len(config.graph.nodes) if config.graph else 0
        ),
        training_data=config.training_data,
        licence=config.licence,
        dtype=dtype,
        channel_order=config.channel_order,
        mean=", ".join(map(str, config.mean)),
    )


def to_tensor(array: np.ndarray, dtype: StoredDtype) -> Tensor:
    """A contiguous tensor; floats are converted to the given type. Copied only if necessary."""
    if array.dtype.kind != "f":
        return torch.from_numpy(np.require(array, requirements=["C", "A", "W"]))
    tensor = torch.from_numpy(np.require(array, np.float32, ["C", "A", "W"]))
    return tensor.to(getattr(torch, dtype))


def move(staged: Path, directory: Path) -> None:
    """Move staged files into place, the weights last. Both directories must be on one file system."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in (NAMES, CARD, CHECKSUM, WEIGHTS):
        if (staged / name).exists():
            (staged / name).replace(directory / name)
