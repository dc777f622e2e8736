"""Files with odd parts, for tests of the decoder."""

from __future__ import annotations

import struct
import zlib

from PIL import ImageCms


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    return jpeg[:2] + segment(marker, body) + jpeg[2:]


def chunk(kind: bytes, body: bytes, checksum: int | None = None) -> bytes:
    right = zlib.crc32(kind + body)
    return (
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", right if checksum is None else checksum)
    )


def with_chunk(png: bytes, new: bytes) -> bytes:
    """A PNG with a chunk after its header."""
    return png[:33] + new + png[33:]


def exif(kind: int, value: bytes) -> bytes:
    """An EXIF block with an orientation of any type, padded to four bytes."""
    entry = struct.pack(">HHI4s", 0x0112, kind, 1, value)
    return b"MM\x00\x2a\x00\x00\x00\x08\x00\x01" + entry + bytes(4)


def as_if_larger(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header claims another size."""
    frame = next(i for i in range(len(jpeg)) if jpeg[i] == 0xFF and jpeg[i + 1] in (0xC0, 0xC2))
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


def wide_gamut() -> bytes:
    """A matrix profile that swaps nothing but holds other primaries: Display P3's, made from sRGB's."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    xyz = {
        b"rXYZ": (0.5151, 0.2412, -0.0011),
        b"gXYZ": (0.2920, 0.6922, 0.0419),
        b"bXYZ": (0.1571, 0.0666, 0.7841),
    }
    for number in range(int.from_bytes(profile[128:132], "big")):
        tag, offset = profile[132 + 12 * number : 136 + 12 * number], 136 + 12 * number
        if bytes(tag) in xyz:
            start = int.from_bytes(profile[offset : offset + 4], "big") + 8
            profile[start : start + 12] = struct.pack(">3i", *(round(v * 65536) for v in xyz[bytes(tag)]))
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "P3P3".encode("utf-16-be"))


def iso_file(major: bytes, *compatible: bytes) -> bytes:
    """The beginning of a HEIC, AVIF or video file."""
    body = b"ftyp" + major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", len(body) + 4) + body + bytes(100)
