"""A checksum of everything but the photo that affects a record: code, libraries, model and settings.

It covers every file of the package instead of a list of modules, so that a record never outlives a change of
the code that made it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import PIL
import torch

from brain.core.settings import PACKAGE
from brain.recognition.model import LoadedModel

MODELS = "models"  # package data of the wheel; the evaluated model is covered by its own checksums


def run_fingerprint(model: LoadedModel, *settings: object, people: bool = True) -> str:
    """The fingerprint of a run; journals return records of the same fingerprint only.

    Args:
        settings: whatever else affects a record, such as the folder of the cascades.
        people: whether records depend on the gallery and its names.
    """
    libraries = (cv2.__version__, np.__version__, PIL.__version__, torch.__version__)
    known = (model.gallery_checksum, *model.names) if people else ()
    parts = map(str, (model.sha256, *known, *libraries, *settings))
    return hashlib.sha256("\n".join(parts).encode() + source_digest(PACKAGE)).hexdigest()


def source_digest(package: Path) -> bytes:
    """The SHA-256 of all files of a package, including data, without bytecode and embedded models."""
    digest = hashlib.sha256()
    for path in sorted(path for path in package.rglob("*") if path.is_file()):
        name = path.relative_to(package)
        if not is_derived(name):
            digest.update(name.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()


def is_derived(path: Path) -> bool:
    """Whether a file of the package is bytecode or an embedded model."""
    return "__pycache__" in path.parts or path.parts[0] == MODELS
