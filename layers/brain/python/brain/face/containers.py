"""Separates a photo's pixels from its metadata.

Metadata must not decide whether the pixels can be read. A truncated EXIF block, a text chunk that unpacks to
megabytes or a wrong checksum in a comment makes decoders refuse the whole picture. So the decoder gets the
file without metadata. The two parts that change how a photo looks, the EXIF orientation and the colour
profile, are read here.

Formats: ITU-T T.81 annex B (JPEG), W3C PNG third edition, RFC 9649 (WebP).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST_PROFILE = 4 * 1024 * 1024
ORIENTATION_TAG = 0x0112
SHORT, LONG = 3, 4

JPEG_MAGIC = b"\xff\xd8\xff"
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
EXIF_PREFIX = b"Exif\x00\x00"
ICC_PREFIX = b"ICC_PROFILE\x00"
START_OF_SCAN = 0xDA
# Sequential frames with Huffman coding.
SEQUENTIAL_FRAMES = {0xC0, 0xC1}
APP1, APP2, APP14, COMMENT = 0xE1, 0xE2, 0xEE, 0xFE
# Chunks that affect a PNG's pixels.
PNG_PIXELS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
WEBP_METADATA = {b"EXIF", b"XMP ", b"ICCP"}
# Bits of a WebP file's header that announce a profile, EXIF and XMP.
WEBP_METADATA_FLAGS = 0x20 | 0x08 | 0x04


@dataclass(frozen=True)
class Container:
    """A photo's file, split into its parts.

    Attributes:
        pixels: the file without metadata.
        orientation: EXIF orientation, 1 to 8; 1 if none can be read.
        profile: the ICC profile, or None.
    """

    pixels: bytes
    orientation: int = 1
    profile: bytes | None = None


def is_photo(data: bytes) -> bool:
    """Whether the first bytes are those of a JPEG, PNG or WebP file."""
    return data.startswith((JPEG_MAGIC, PNG_MAGIC)) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def split(data: bytes) -> Container:
    """Separate pixels and metadata. A file of another format is returned unchanged."""
    if data.startswith(JPEG_MAGIC):
        return _split_jpeg(data)
    if data.startswith(PNG_MAGIC):
        return _split_png(data)
    if is_photo(data):
        return _split_webp(data)
    return Container(data)


def is_row_by_row(jpeg: bytes) -> bool:
    """Whether a JPEG is sequential with all colours in one scan.

    Then the decoder needs a few rows at a time. For a progressive photo it keeps all coefficients, 3 to 6
    bytes per pixel, whatever the scale at which it decodes.
    """
    colours, position = 0, 2
    for marker, start, end in _jpeg_segments(jpeg):
        if marker in SEQUENTIAL_FRAMES:
            colours = int.from_bytes(jpeg[start + 9 : start + 10], "big")
        position = end
    scan = jpeg[position : position + 5]
    return colours > 0 and len(scan) == 5 and scan[1] == START_OF_SCAN and scan[4] == colours


def read_orientation(exif: bytes) -> int:
    """The orientation in an EXIF block; 1 if it has none from 1 to 8."""
    exif = exif.removeprefix(EXIF_PREFIX)
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    try:
        if order is None:
            return 1
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(f"{order}HH", exif, entry)
            if tag == ORIENTATION_TAG and kind in (SHORT, LONG):
                (value,) = struct.unpack_from(f"{order}{'H' if kind == SHORT else 'I'}", exif, entry + 8)
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _split_jpeg(data: bytes) -> Container:
    kept, exif, profile = [data[:2]], b"", {}
    position = 2
    for marker, start, end in _jpeg_segments(data):
        body = data[start + 4 : end]
        if marker == APP1 and body.startswith(EXIF_PREFIX):
            exif = exif or body
        elif marker == APP2 and body.startswith(ICC_PREFIX) and len(body) > 14:
            profile[body[12]] = body[14:]
        # APP0 and APP14 say how colours are stored. All other application segments and comments are dropped.
        elif not (APP1 <= marker < APP14 or marker in (0xEF, COMMENT)):
            kept.append(data[start:end])
        position = end
    kept.append(data[position:])
    joined = b"".join(profile[number] for number in sorted(profile))
    return Container(b"".join(kept), read_orientation(exif), _within_limit(joined))


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment before the first scan."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == START_OF_SCAN or not 0xC0 <= marker <= 0xFE or end > len(data):
            return
        yield marker, position, end
        position = end


def _split_png(data: bytes) -> Container:
    kept, exif, profile = [data[:8]], b"", b""
    position = 8
    while position + 12 <= len(data):
        length, kind = int.from_bytes(data[position : position + 4], "big"), data[position + 4 : position + 8]
        body, end = data[position + 8 : position + 8 + length], position + 12 + length
        if kind in PNG_PIXELS:
            kept.append(data[position:end])
        elif kind == b"eXIf":
            exif = exif or body
        elif kind == b"iCCP":
            profile = profile or _inflated(body.partition(b"\x00")[2][1:])
        position = end
    kept.append(data[position:])
    return Container(b"".join(kept), read_orientation(exif), _within_limit(profile))


def _inflated(data: bytes) -> bytes:
    """Decompress at most a little more than the limit."""
    try:
        return zlib.decompressobj().decompress(data, LARGEST_PROFILE + 1)
    except zlib.error:
        return b""


def _split_webp(data: bytes) -> Container:
    kept: list[bytes] = []
    metadata: dict[bytes, bytes] = {}
    position = 12
    while position + 8 <= len(data):
        kind, length = (
            data[position : position + 4],
            int.from_bytes(data[position + 4 : position + 8], "little"),
        )
        end = position + 8 + length + length % 2
        if kind in WEBP_METADATA:
            metadata.setdefault(kind, data[position + 8 : position + 8 + length])
        elif kind == b"VP8X" and length >= 1 and position + 8 < len(data):
            flags = bytes([data[position + 8] & ~WEBP_METADATA_FLAGS & 0xFF])
            kept.append(data[position : position + 8] + flags + data[position + 9 : end])
        else:
            kept.append(data[position:end])
        position = end
    # The size in the header counts from the end of that field. A wrong size stays wrong by as much.
    dropped = sum(8 + len(body) + len(body) % 2 for body in metadata.values())
    size = max(0, int.from_bytes(data[4:8], "little") - dropped)
    pixels = b"".join([data[:4], size.to_bytes(4, "little"), data[8:12], *kept, data[position:]])
    return Container(
        pixels, read_orientation(metadata.get(b"EXIF", b"")), _within_limit(metadata.get(b"ICCP", b""))
    )


def _within_limit(profile: bytes) -> bytes | None:
    return profile if 0 < len(profile) <= LARGEST_PROFILE else None
