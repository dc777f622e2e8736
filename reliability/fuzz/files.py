"""Photo files with broken structure, as hypothesis strategies.

Each starts as a picture that Pillow wrote. Its segments or chunks are then dropped, repeated, moved,
overwritten, given wrong lengths and checksums, and joined by others with broken metadata.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st

from reliability.fuzz.metadata import encoded, exif_blocks, icc_profiles, numbers

SIZES = ((48, 40), (33, 64), (400, 32))
PARTS = 24
MARKERS = (
    0xC0,
    0xC2,
    0xC4,
    0xCC,
    0xD0,
    0xD8,
    0xD9,
    0xDA,
    0xDB,
    0xDD,
    0xE0,
    0xE1,
    0xE2,
    0xED,
    0xEE,
    0xFE,
    0xFF,
)
T = TypeVar("T")
Part = tuple[bytes, bytes]  # name and body


@st.composite
def photos(draw: st.DrawFn) -> bytes:
    """A JPEG, PNG or WebP file."""
    build = draw(st.sampled_from((jpegs, pngs, webps)))
    data = draw(build())
    return draw(_mostly(data, _cut(data) | _overwritten(data)))


@st.composite
def jpegs(draw: st.DrawFn) -> bytes:
    """A JPEG of segments (ITU-T T.81 annex B), with EXIF, ICC and other application segments."""
    picture = encoded("JPEG", draw(st.sampled_from(("RGB", "L", "CMYK"))), draw(st.sampled_from(SIZES)))
    segments, scan = _segments(picture)
    extra = draw(
        st.lists(
            exif_blocks().map(lambda block: (b"\xe1", b"Exif\x00\x00" + block))
            | icc_profiles().map(lambda profile: (b"\xe2", b"ICC_PROFILE\x00\x01\x01" + profile[:60_000]))
            | st.tuples(st.just(b"\xe2"), st.binary(max_size=20).map(lambda tail: b"ICC_PROFILE\x00" + tail))
            | st.tuples(st.sampled_from(MARKERS).map(lambda marker: bytes([marker])), st.binary(max_size=80)),
            max_size=4,
        )
    )
    parts = draw(_disordered(segments, extra))
    head = b"".join(
        b"\xff" + name + struct.pack(">H", draw(_lengths(len(body) + 2)) & 0xFFFF) + body
        for name, body in parts
    )
    return b"\xff\xd8" + head + scan


@st.composite
def pngs(draw: st.DrawFn) -> bytes:
    """A PNG of chunks (W3C PNG third edition), with eXIf, iCCP, text, palette and unknown ones."""
    picture = encoded(
        "PNG", draw(st.sampled_from(("RGB", "L", "RGBA", "P", "1", "I;16"))), draw(st.sampled_from(SIZES))
    )
    packed = icc_profiles().map(lambda profile: b"icc\x00\x00" + zlib.compress(profile))
    bomb = st.just(b"key\x00\x00" + zlib.compress(bytes(5_000_000)))
    extra = draw(
        st.lists(
            exif_blocks().map(lambda block: (b"eXIf", block))
            | packed.map(lambda body: (b"iCCP", body))
            | st.tuples(st.sampled_from((b"zTXt", b"iTXt", b"iCCP")), bomb | st.binary(max_size=40))
            | st.tuples(
                st.sampled_from(
                    (b"tRNS", b"PLTE", b"gAMA", b"cHRM", b"acTL", b"fcTL", b"IDAT", b"IHDR", b"abcd")
                ),
                st.binary(max_size=40),
            ),
            max_size=4,
        )
    )
    parts = draw(_disordered(_chunks(picture), extra))
    body = b""
    for name, content in parts:
        checksum = draw(_mostly(zlib.crc32(name + content), numbers()))
        length = struct.pack(">I", draw(_lengths(len(content))))
        body += length + name + content + struct.pack(">I", checksum)
    return picture[:8] + body


@st.composite
def webps(draw: st.DrawFn) -> bytes:
    """A WebP of RIFF chunks (RFC 9649), extended by EXIF, XMP, ICCP, alpha and animation ones."""
    picture = encoded("WEBP", draw(st.sampled_from(("RGB", "RGBA"))), draw(st.sampled_from(SIZES)))
    extended = st.binary(min_size=9, max_size=9).map(lambda tail: bytes([0x2C]) + tail)
    extra = draw(
        st.lists(
            exif_blocks().map(lambda block: (b"EXIF", block))
            | icc_profiles().map(lambda profile: (b"ICCP", profile))
            | extended.map(lambda body: (b"VP8X", body))
            | st.tuples(
                st.sampled_from((b"XMP ", b"ALPH", b"ANIM", b"ANMF", b"VP8 ", b"VP8L", b"VP8X")),
                st.binary(max_size=40),
            ),
            max_size=4,
        )
    )
    parts = draw(_disordered(_riff_chunks(picture), extra))
    body = b"".join(
        name + struct.pack("<I", draw(_lengths(len(content)))) + content + b"\x00" * (len(content) % 2)
        for name, content in parts
    )
    return b"RIFF" + struct.pack("<I", draw(_lengths(len(body) + 4))) + b"WEBP" + body


@st.composite
def _disordered(draw: st.DrawFn, parts: Sequence[Part], extra: Sequence[Part]) -> list[Part]:
    """Parts of a file with others in between, in most cases; sometimes one is dropped, repeated or moved."""
    found = list(parts)[:PARTS]
    for part in extra:
        found.insert(draw(st.integers(0, len(found))), part)
    change = draw(st.sampled_from(("none", "none", "none", "drop", "repeat", "move", "spoil")))
    if change == "none" or not found:
        return found
    part = found.pop(draw(st.integers(0, len(found) - 1)))
    if change == "spoil":
        found.append((part[0], draw(_overwritten(part[1]))))
    elif change != "drop":
        for _ in range(2 if change == "repeat" else 1):
            found.insert(draw(st.integers(0, len(found))), part)
    return found


def _lengths(right: int) -> st.SearchStrategy[int]:
    return _mostly(right, numbers() | st.sampled_from((max(0, right - 1), right + 1)))


def _mostly(right: T, wrong: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """What is right, except in a twelfth of the cases."""
    return st.integers(0, 11).flatmap(lambda kind: wrong if kind == 11 else st.just(right))


def _cut(data: bytes) -> st.SearchStrategy[bytes]:
    return st.integers(0, len(data)).map(lambda end: data[:end])


def _overwritten(data: bytes) -> st.SearchStrategy[bytes]:
    """A file with a few bytes replaced."""
    if not data:
        return st.just(data)
    places = st.dictionaries(st.integers(0, len(data) - 1), st.integers(0, 255), max_size=8)

    def replace(changes: dict[int, int]) -> bytes:
        changed = bytearray(data)
        for place, value in changes.items():
            changed[place] = value
        return bytes(changed)

    return places.map(replace)


def _segments(data: bytes) -> tuple[list[Part], bytes]:
    """The segments of a JPEG before its scan, and the rest."""
    found: list[Part] = []
    position = 2
    while data[position + 1] != 0xDA:
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        found.append((data[position + 1 : position + 2], data[position + 4 : position + 2 + length]))
        position += 2 + length
    return found, data[position:]


def _chunks(data: bytes) -> list[Part]:
    return _parts(data, 8, lambda at: (data[at + 4 : at + 8], int.from_bytes(data[at : at + 4], "big"), 12))


def _riff_chunks(data: bytes) -> list[Part]:
    return _parts(
        data, 12, lambda at: (data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little"), 8)
    )


def _parts(data: bytes, position: int, header: Callable[[int], tuple[bytes, int, int]]) -> list[Part]:
    """Chunks by name and body; `header` returns name, length and overhead of the chunk at a position."""
    found: list[Part] = []
    while position + 8 <= len(data):
        name, length, overhead = header(position)
        found.append((name, data[position + 8 : position + 8 + length]))
        position += length + overhead + (length % 2 if overhead == 8 else 0)
    return found
