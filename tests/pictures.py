"""Encoding of test pictures, and the bad ones that people upload."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image


def to_image(pixels: np.ndarray) -> Image.Image:
    """(H, W, 3) uint8 BGR -> a Pillow image."""
    return Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def jpeg(pixels: np.ndarray, quality: int = 95) -> bytes:
    return encode(to_image(pixels), "JPEG", quality=quality)


def with_orientation(pixels: np.ndarray, orientation: int, kind: str = "JPEG") -> bytes:
    """A file whose stored pixels are turned so that the EXIF tag brings them upright again."""
    undo = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: np.rot90(p, 1),
        7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
        8: lambda p: np.rot90(p, -1),
    }
    image = to_image(undo[orientation](pixels))
    exif = image.getexif()
    exif[0x0112] = orientation
    options: dict[str, object] = {"quality": 95} if kind == "JPEG" else {}
    if kind == "WEBP":
        options["lossless"] = True
    return encode(image, kind, exif=exif.tobytes(), **options)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and carries next to no pixels: a decompression bomb's first bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TEXT = b"These are a few words, and no photo at all.\n"
