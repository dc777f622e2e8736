"""Reads the headers of the files in a models folder. Imports no torch."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

StoredDtype = Literal["float32", "float16", "bfloat16"]
STORED_DTYPES: tuple[StoredDtype, ...] = get_args(StoredDtype)
WEIGHTS = "weights.safetensors"
GALLERY = "gallery.safetensors"
LARGEST_HEADER = 100 * 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """A model's folder; `problem` says why nothing else is known about it."""

    name: str
    bytes: int = 0
    dtype: str = ""
    identities: int = 0
    licence: str = ""
    problem: str = ""


def list_models(models_dir: Path) -> list[Entry]:
    """All folders that contain weights, sorted by name."""
    folders = sorted(path.parent for path in models_dir.glob(f"[!.]*/{WEIGHTS}"))
    return [describe(folder) for folder in folders]


def describe(folder: Path) -> Entry:
    """Read the header of a model's weights."""
    path = folder / WEIGHTS
    try:
        header = read_header(path)
        config = json.loads(header["__metadata__"]["spec"])
        return Entry(
            name=folder.name,
            bytes=path.stat().st_size,
            dtype=stored_as(header),
            identities=count_people(folder) or int(config["identities"]),
            licence=str(config["licence"]),
        )
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        return Entry(folder.name, problem=f"the weights cannot be read ({type(error).__name__})")


def read_header(path: Path) -> dict[str, Any]:
    """The header of a safetensors file: its length as 64 bits, then JSON.

    Raises:
        OSError, ValueError, struct.error: the file does not exist, or is not a safetensors file.
    """
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > LARGEST_HEADER:
            raise ValueError("the header is too long")
        header: dict[str, Any] = json.loads(file.read(length))
        return header


def count_people(folder: Path) -> int:
    """The number of people in a model's gallery; 0 if it has no gallery.

    Raises:
        OSError, ValueError, KeyError, struct.error: the gallery cannot be read.
    """
    path = folder / GALLERY
    return int(read_header(path)["means"]["shape"][0]) if path.exists() else 0


def stored_as(header: dict[str, Any]) -> str:
    """The number formats of a file's tensors, as safetensors names them: `F32`, `BF16` and so on."""
    return ", ".join(sorted({entry["dtype"] for name, entry in header.items() if name != "__metadata__"}))


def recorded_sha256(folder: Path) -> str | None:
    """The checksum that an import wrote beside the weights, in the format of `sha256sum`."""
    try:
        return (folder / f"{WEIGHTS}.sha256").read_text(encoding="ascii").split()[0]
    except (OSError, UnicodeDecodeError, IndexError):
        return None
