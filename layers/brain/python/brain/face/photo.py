"""Decodes untrusted bytes to an upright picture in sRGB, within limits.

Nothing is decoded before the header has been read. The type follows from the bytes, never from a name or a
content type; the size follows from the header. Pillow reads the headers of all formats. Unlike OpenCV, it
refuses a truncated file instead of painting the rest grey.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from brain.core.errors import PhotoUnreadable
from brain.core.formats import heif_format
from brain.face.colour import to_srgb
from brain.face.containers import JPEG_MAGIC, Container, is_photo, is_row_by_row, split
from brain.face.heif import open_heif

FORMATS = ("PNG", "WEBP")
MAX_PIXELS = 64_000_000
# For a JPEG that is decoded row by row at a fraction of its size; phones take photos of up to 200 megapixels.
MAX_JPEG_PIXELS = 250_000_000
MIN_SIDE = 32
WORKING_SIDE = 2000  # half of what a 12-megapixel camera makes, so that its photos are decoded at half size
# For the copy that small faces are cut out of: about 90 MB, and twice that while it is converted.
FINEST_PIXELS = 30_000_000
REDUCTIONS = (1, 2, 4, 8)
END_OF_IMAGE = b"\xff\xd9"
FILLER = range(1, 128)
# Copied at once.
ROWS = 32
# EXIF orientations, and the operation that turns each picture upright.
TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

HINT_FORMAT = "Use a JPEG, PNG or WebP photo."
HINT_AGAIN = "The file seems damaged or incomplete. Save or export the photo again and retry."
HINT_SMALL = f"Use a photo of at least {MIN_SIDE} x {MIN_SIDE} pixels; a face needs some room."
HINT_LARGE = (
    f"Use a photo of at most {MAX_PIXELS // 1_000_000} megapixels, "
    f"or a JPEG of at most {MAX_JPEG_PIXELS // 1_000_000} that is not progressive."
)


@dataclass(frozen=True)
class Photo:
    """An upright photo.

    Attributes:
        pixels: (H, W, 3) uint8, blue-green-red, sRGB, orientation applied. For a large photo this is a
            reduced copy whose longer side is at least `WORKING_SIDE`.
        width, height: size of the upright photo at full resolution, in pixels.
        data: the file's bytes; empty if there is no file.
    """

    pixels: np.ndarray
    width: int
    height: int
    data: bytes = field(default=b"", repr=False)

    @property
    def scale(self) -> float:
        """Full-resolution pixels per pixel of `pixels`, at least 1."""
        working_width: int = self.pixels.shape[1]
        return self.width / working_width

    def finer(self) -> Photo:
        """A copy of at most `FINEST_PIXELS`, decoded again; the photo itself if that would be no finer."""
        pixels = self.width * self.height
        reduction = next(factor for factor in REDUCTIONS if pixels <= FINEST_PIXELS * factor**2)
        if not self.data or reduction >= self.scale:
            return self
        return _decode(self.data, max(self.width, self.height) // reduction)


def decode(data: bytes) -> Photo:
    """Decode a JPEG, PNG or WebP photo, and AVIF or HEIC if a decoder is installed.

    A JPEG far larger than `WORKING_SIDE` is decoded at 1/2, 1/4 or 1/8 of its size, which libjpeg
    does in the frequency domain at a fraction of the time and memory.

    Args:
        data: the file's bytes.

    Raises:
        PhotoUnreadable: code 1 with reason `empty`, `not-an-image`, `heic`, `avif`, `too-small`, `too-large`
            or `damaged`.
    """
    if not data:
        raise PhotoUnreadable("empty", "The file is empty. Choose the photo again.")
    return _decode(data, WORKING_SIDE)


def _decode(data: bytes, side: int) -> Photo:
    """Decode a photo, a larger one to a reduced copy whose longer side is at least `side`."""
    try:
        image, container = _opened(data)
        full_size = image.size
        _check_size(image, container.pixels)
        loaded = _shrunk(_loaded(image, container.pixels, side), side)
        upright = _transposed(loaded, container.orientation)
        pixels = _bgr(_converted(upright, container.profile))
    except PhotoUnreadable:
        raise
    except Exception as error:
        # Decoders raise exceptions of all kinds on damaged files.
        raise PhotoUnreadable("damaged", HINT_AGAIN) from error
    width, height = full_size if container.orientation < 5 else full_size[::-1]
    return Photo(pixels, width, height, data)


def _opened(data: bytes) -> tuple[Image.Image, Container]:
    """A picture whose pixels are not decoded yet, and what its file says about it."""
    kind = heif_format(data)
    if kind:
        return open_heif(data, kind)
    container = split(data)
    return _open(container.pixels), container


def _open(data: bytes) -> Image.Image:
    if data.startswith(JPEG_MAGIC):
        # Opened by the format's own class, which leaves the size limit to this module.
        return JpegImageFile(io.BytesIO(data))
    try:
        with warnings.catch_warnings():
            # The limit below is stricter than Pillow's, which would only warn.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise PhotoUnreadable("too-large", HINT_LARGE) from error
    except UnidentifiedImageError as error:
        if is_photo(data):
            raise
        raise PhotoUnreadable("not-an-image", HINT_FORMAT) from error


def _loaded(image: Image.Image, data: bytes, side: int) -> Image.Image:
    """A picture with its pixels, a large JPEG's at reduced size."""
    if not isinstance(image, JpegImageFile):
        image.load()
        return image
    try:
        return _decoded(image, side)
    except OSError:
        # A JPEG without its end marker is whole if its last row does not depend on what follows.
        fillers = (bytes(filler) + END_OF_IMAGE for filler in (FILLER, FILLER[::-1]))
        first, second = (_decoded(JpegImageFile(io.BytesIO(data + filler)), side) for filler in fillers)
        if first.tobytes() != second.tobytes():
            raise
        return first


def _decoded(image: JpegImageFile, side: int) -> Image.Image:
    image.draft("RGB", _reduced(image.size, side))
    image.load()
    return image


def _transposed(image: Image.Image, orientation: int) -> Image.Image:
    method = TRANSPOSE.get(orientation)
    return image if method is None else image.transpose(method)


def _check_size(image: Image.Image, data: bytes) -> None:
    if min(image.size) < MIN_SIDE:
        raise PhotoUnreadable("too-small", HINT_SMALL)
    pixels = image.width * image.height
    if pixels > MAX_JPEG_PIXELS or (pixels > MAX_PIXELS and not is_row_by_row(data)):
        raise PhotoUnreadable("too-large", HINT_LARGE)


def _reduced(size: tuple[int, int], side: int) -> tuple[int, int]:
    longer = max(side, *size)
    return size[0] * side // longer, size[1] * side // longer


def _shrunk(image: Image.Image, side: int) -> Image.Image:
    """Average a huge picture down before anything copies it, so that memory stays bounded."""
    if image.mode.startswith("I"):
        # 16-bit grey, which Pillow would clip to white instead of scaling it.
        image = image.point(lambda value: value / 256).convert("L")
    elif image.mode in ("P", "PA", "1"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    factor = max(image.size) // side
    if factor < 2:
        return image
    return image.reduce(factor)


def _converted(image: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in sRGB. Transparent parts become white, not the colour that is stored below them."""
    if image.mode in ("RGBA", "LA", "RGBa", "La"):
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        image = Image.alpha_composite(white, rgba).convert("RGB")
    converted = to_srgb(image, profile)
    return converted if converted.mode == "RGB" else converted.convert("RGB")


def _bgr(image: Image.Image) -> np.ndarray:
    """The (H, W, 3) uint8 BGR pixels of an RGB picture, copied in bands of rows to save memory."""
    width, height = image.size
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, ROWS):
        bottom = min(top + ROWS, height)
        # Four bytes per pixel are how Pillow holds colours, so that nothing is packed.
        rows = image.crop((0, top, width, bottom)).tobytes("raw", "RGBX")
        rgbx = np.frombuffer(rows, np.uint8).reshape(bottom - top, width, 4)
        cv2.cvtColor(rgbx, cv2.COLOR_RGBA2BGR, dst=pixels[top:bottom])
    return pixels
