"""Accepts a photo as a path, the bytes of a file, an array or a Pillow image."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from brain.core.errors import PhotoUnreadable

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Photo = str | os.PathLike[str] | bytes | np.ndarray | Image

MAX_BYTES = 512 * 1024 * 1024


def read_photo(path: Path) -> bytes:
    """The bytes of a photo's file.

    Raises:
        PhotoUnreadable: code 1, the file cannot be read, or is larger than 512 MiB.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        cause = getattr(error, "strerror", None) or error
        raise PhotoUnreadable("no-such-file", f"There is no readable file at {path} ({cause}).") from error
    if len(data) > MAX_BYTES:
        raise PhotoUnreadable("too-large", f"The file has more than {MAX_BYTES >> 20} MiB.")
    return data


def file_key(path: Path) -> str:
    """A file's name for `Source.key`; bytes that are not UTF-8 are replaced."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def photo_bytes(photo: Photo) -> tuple[bytes, str | None]:
    """A photo as a file's bytes, and its file name if it has one. Arrays are encoded as PNG.

    Raises:
        PhotoUnreadable: code 1, there is no such file.
        TypeError: the type is none of those above.
        ValueError: the array has another shape or type.
    """
    if isinstance(photo, bytes | bytearray | memoryview):
        return bytes(photo), None
    if isinstance(photo, str | os.PathLike):
        path = Path(photo)
        return read_photo(path), file_key(path)
    from brain.rendering import drawing

    return drawing.encode(".png", _bgr(photo)), None


def _bgr(photo: object) -> np.ndarray:
    """Convert an RGB array or a Pillow image to OpenCV's BGR."""
    import cv2
    import numpy as np
    from PIL import Image, ImageOps

    if isinstance(photo, Image.Image):
        photo = np.asarray(ImageOps.exif_transpose(photo).convert("RGBA"))
    if not isinstance(photo, np.ndarray):
        raise TypeError(
            f"photo must be a path, bytes, a NumPy array or a Pillow image, not {type(photo).__name__}"
        )
    channels = photo.shape[2] if photo.ndim == 3 else 1 if photo.ndim == 2 else None
    if photo.dtype != np.uint8 or channels not in (1, 3, 4) or photo.size == 0:
        raise ValueError(
            "an array must be (H, W, 3) RGB, (H, W, 4) RGBA or (H, W) grey, uint8, "
            f"not {photo.shape} {photo.dtype}"
        )
    swap = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}.get(channels)
    pixels = np.ascontiguousarray(photo)
    return pixels if swap is None else cv2.cvtColor(pixels, swap)
