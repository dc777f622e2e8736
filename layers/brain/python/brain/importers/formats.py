"""Detects a file's format by its first bytes, and finds its reader."""

from __future__ import annotations

import struct
from importlib import import_module
from pathlib import Path

from brain.core.errors import RefusedError
from brain.importers.contents import Contents

HINT = (
    "Known are Torch7 (VGG_FACE.t7), Caffe (VGG_FACE.caffemodel), MatConvNet (vgg-face.mat), PyTorch (.pth), "
    "Keras (.h5), dlib (.dat), and the published .tar.gz archives."
)
HEAD = 1024
OBJECT, VERSION = struct.pack("<i", 4), struct.pack("<i3s", 3, b"V 1")  # with an index between them
STARTS = {
    b"PK\x03\x04": "pytorch",
    b"\x80\x02": "pytorch",
    b"\x89HDF\r\n\x1a\n": "keras",
    b"MATLAB": "matconvnet",
    b"\x0a": "caffe",
    b"\x01\x01\x01\x0dloss_metric_2": "dlib",
}


def is_archive(path: Path) -> bool:
    """Whether a file is a tar archive, compressed or not."""
    head = _head(path)
    return head[:2] == b"\x1f\x8b" or head[257:262] == b"ustar"


def read(path: Path) -> Contents:
    """Read a file of any known format.

    Raises:
        RefusedError: the format is unknown, or its reader refuses the file.
    """
    head = _head(path)
    module = _reader(path, head)
    if module is None:
        page = head.lstrip().lower().startswith((b"<!doc", b"<html"))
        raise RefusedError(f"{path.name} {'is a web page' if page else 'has an unknown format'}", HINT)
    # Only the reader that is needed is imported, since some need libraries that may be missing.
    contents: Contents = import_module(f"brain.importers.{module}").read(path)
    return contents


def _reader(path: Path, head: bytes) -> str | None:
    if head[:4] == OBJECT and head[8:15] == VERSION:
        return "torch7"
    if path.suffix == ".caffemodel":
        return "caffe"
    return next((module for start, module in STARTS.items() if head.startswith(start)), None)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise RefusedError(f"there is no readable file at {path} ({error.strerror})", HINT) from error
