"""EXIF blocks and ICC profiles with arbitrary and broken content, as hypothesis strategies.

Formats: CIPA DC-008 (EXIF), ICC.1:2022 (profiles).
"""

from __future__ import annotations

import io
import struct
from functools import cache

from hypothesis import strategies as st
from PIL import Image, ImageCms

ORIENTATION = 0x0112
TAGS = (ORIENTATION, 0x0100, 0x0101, 0x011A, 0x0201, 0x0202, 0x8769, 0x8825, 0x9286, 0xA005)
TYPES = tuple(range(15))
EXTREMES = (0, 1, 2, 8, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
ICC_HEADER = 128


def numbers() -> st.SearchStrategy[int]:
    """32-bit numbers, preferably at a limit."""
    return st.sampled_from(EXTREMES) | st.integers(0, 0xFFFFFFFF)


@st.composite
def exif_blocks(draw: st.DrawFn) -> bytes:
    """A TIFF structure of a few entries, possibly cut, looping or with offsets beyond the end."""
    order = draw(st.sampled_from("<>"))
    entries = draw(
        st.lists(
            st.tuples(
                st.sampled_from(TAGS) | st.integers(0, 0xFFFF),
                st.sampled_from(TYPES),
                st.sampled_from((0, 1, 2, 4)) | numbers(),
                st.sampled_from((0, 1, 3, 6, 8, 9, 8 << 16, 6 << 16)) | numbers(),
            ),
            max_size=6,
        )
    )
    count = draw(st.just(len(entries)) | st.sampled_from((0, 1, 0xFFFF)))
    start = draw(st.just(8) | st.sampled_from((0, 4, 7, 0xFFFFFFFF)))
    body = struct.pack(f"{order}H", count)
    body += b"".join(struct.pack(f"{order}HHII", *entry) for entry in entries)
    body += struct.pack(f"{order}I", draw(st.sampled_from((0, 8, 0xFFFFFFFF))))
    magic = draw(st.sampled_from((42, 42, 42, 43, 0)))
    block = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", magic, start) + body
    block += draw(st.binary(max_size=32))
    return block[: draw(st.just(len(block)) | st.integers(0, len(block)))]


@st.composite
def icc_profiles(draw: st.DrawFn) -> bytes:
    """SRGB or grey with overwritten bytes, of the wrong size, cut or enlarged; or no profile at all."""
    profile = bytearray(draw(st.sampled_from((_srgb(), _lab()))))
    for _ in range(draw(st.integers(0, 6))):
        near = st.integers(0, min(len(profile), ICC_HEADER + 64) - 4)
        position = draw(near | st.integers(0, len(profile) - 4))
        struct.pack_into(">I", profile, position, draw(numbers()))
    data = bytes(profile[: draw(st.just(len(profile)) | st.integers(0, len(profile)))])
    repeated = data * draw(st.sampled_from((1, 1, 1, 2000)))
    return draw(st.just(repeated) | st.just(data) | st.binary(max_size=200))


@cache
def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@cache
def _lab() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


@cache
def encoded(kind: str, mode: str, size: tuple[int, int]) -> bytes:
    """A small picture in a file format of Pillow's."""
    noise = Image.effect_noise(size, 80).convert("RGB")
    pixels = noise.convert(mode) if mode != "RGB" else noise
    buffer = io.BytesIO()
    options = {"progressive": size[0] % 2 == 1} if kind == "JPEG" else {}
    pixels.save(buffer, kind, **options)
    return buffer.getvalue()
