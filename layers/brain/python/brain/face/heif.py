"""Opens HEIC and AVIF photos if a decoder is installed.

Pillow decodes AVIF if it was built with libavif. `pillow-heif` (the extra `heif`) decodes HEIC.
"""

from __future__ import annotations

import io

from PIL import Image, features

from brain.core.errors import PhotoUnreadable
from brain.core.formats import HEIF_HINTS, HeifFormat
from brain.face.containers import Container, read_orientation

HINT_EXTRA = "Where BRAIN runs, `pip install 'brain-faces[heif]'` lets it read such photos."


def open_heif(data: bytes, kind: HeifFormat) -> tuple[Image.Image, Container]:
    """Open a photo without decoding its pixels yet.

    Returns:
        The picture and its metadata. libheif itself turns HEIC photos upright.

    Raises:
        PhotoUnreadable: code 1 with reason `heic` or `avif`, no decoder is installed.
        Exception: whatever a decoder raises on a damaged file.
    """
    image = _open_avif(data) if kind == "avif" else _open_heic(data)
    turned = read_orientation(image.info.get("exif") or b"") if kind == "avif" else 1
    return image, Container(data, turned, image.info.get("icc_profile") or None)


def _open_avif(data: bytes) -> Image.Image:
    if not features.check("avif"):
        raise PhotoUnreadable("avif", HEIF_HINTS["avif"])
    from PIL.AvifImagePlugin import AvifImageFile

    return AvifImageFile(io.BytesIO(data))


def _open_heic(data: bytes) -> Image.Image:
    try:
        from pillow_heif import HeifImageFile
    except ImportError as error:
        raise PhotoUnreadable("heic", f"{HEIF_HINTS['heic']} {HINT_EXTRA}") from error
    image: Image.Image = HeifImageFile(io.BytesIO(data))
    return image
