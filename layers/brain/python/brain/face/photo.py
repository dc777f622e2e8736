"""Untrusted bytes in, an upright picture out, within limits.

Nothing is decoded before the header has been read: the type comes from the bytes (never from a
name or a content type), the size from the header. Pillow reads all three formats' headers and
orientation tags and, unlike OpenCV, refuses a truncated file instead of painting the rest grey.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from brain.core.errors import PhotoUnreadable

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = 64_000_000
MIN_SIDE = 32
WORKING_SIDE = 2000  # half of what a 12-megapixel camera makes, so that its photos are decoded at half size
ORIENTATION = 0x0112

HINT_FORMAT = "Use a JPEG, PNG or WebP photo."
HINT_AGAIN = "The file seems damaged or incomplete. Save or export the photo again and retry."
HINT_SMALL = f"Use a photo of at least {MIN_SIDE} x {MIN_SIDE} pixels; a face needs some room."
HINT_LARGE = f"Use a photo of at most {MAX_PIXELS // 1_000_000} megapixels; make it smaller and retry."


@dataclass(frozen=True)
class Photo:
    """An upright photo.

    Attributes:
        pixels: (H, W, 3) uint8, blue-green-red, orientation applied. For a large photo this is a
            reduced copy whose longer side is at least `WORKING_SIDE`.
        width, height: size of the upright photo at full resolution, in pixels.
    """

    pixels: np.ndarray
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Full-resolution pixels per pixel of `pixels`, at least 1."""
        return self.width / self.pixels.shape[1]


def decode(data: bytes) -> Photo:
    """Decode a JPEG, PNG or WebP photo.

    A JPEG far larger than `WORKING_SIDE` is decoded at 1/2, 1/4 or 1/8 of its size, which libjpeg
    does in the frequency domain at a fraction of the time and memory.

    Args:
        data: the file's bytes.

    Raises:
        PhotoUnreadable: code 1 with reason `empty`, `not-an-image`, `too-small`, `too-large` or `damaged`.
    """
    if not data:
        raise PhotoUnreadable("empty", "The file is empty. Choose the photo again.")
    image = _open(data)
    full_size = image.size
    _check_size(full_size)
    try:
        quarter_turn = image.getexif().get(ORIENTATION, 1) >= 5
        image.draft("RGB", _reduced(full_size))
        upright = ImageOps.exif_transpose(_shrunk(image))
        rgb = np.asarray(_flattened(upright))
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError) as error:
        raise PhotoUnreadable("damaged", HINT_AGAIN) from error
    width, height = reversed(full_size) if quarter_turn else full_size
    return Photo(np.ascontiguousarray(rgb[:, :, ::-1]), width, height)


def _open(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # The limit below is stricter than Pillow's own, which would only warn.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PhotoUnreadable("too-large", HINT_LARGE) from error
    except UnidentifiedImageError as error:
        reason, hint = ("damaged", HINT_AGAIN) if _has_magic(data) else ("not-an-image", HINT_FORMAT)
        raise PhotoUnreadable(reason, hint) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise PhotoUnreadable("damaged", HINT_AGAIN) from error


def _has_magic(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or data[8:12] == b"WEBP"


def _check_size(size: tuple[int, int]) -> None:
    if min(size) < MIN_SIDE:
        raise PhotoUnreadable("too-small", HINT_SMALL)
    if size[0] * size[1] > MAX_PIXELS:
        raise PhotoUnreadable("too-large", HINT_LARGE)


def _reduced(size: tuple[int, int]) -> tuple[int, int]:
    factor = WORKING_SIDE / max(size)
    return (round(size[0] * factor), round(size[1] * factor)) if factor < 1 else size


def _shrunk(image: Image.Image) -> Image.Image:
    """Average a huge picture down before anything copies it, so that memory stays bounded."""
    if image.mode.startswith("I"):
        # 16-bit grey; Pillow would clip it to white instead of scaling it.
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    factor = max(image.size) // WORKING_SIDE
    if factor < 2:
        return image
    small = image.reduce(factor)
    small.info = image.info
    return small


def _flattened(image: Image.Image) -> Image.Image:
    if image.mode not in ("RGBA", "LA", "RGBa", "La"):
        return image.convert("RGB")
    # A cut-out portrait belongs on white, not on whatever colour hides below transparency.
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")
