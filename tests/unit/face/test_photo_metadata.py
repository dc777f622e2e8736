"""Odd metadata and profiles never decide whether a photo is read; colour profiles are applied."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from brain.core.errors import PhotoUnreadable
from brain.face.photo import decode
from tests import pictures
from tests.unit.face.photo_files import (
    chunk,
    exif,
    wide_gamut,
    with_chunk,
    with_segment,
)

ODD_EXIF = {
    "text": exif(2, b"6\x00\x00\x00"),
    "out of range": exif(3, b"\x00\x63\x00\x00"),
    "rational -1/0": b"MM\x00\x2a\x00\x00\x00\x08\x00\x01"
    + struct.pack(">HHII", 0x011A, 10, 1, 26) + bytes(4) + struct.pack(">ii", -1, 0),
    "cut off": exif(3, b"\x00\x06\x00\x00")[:15],
    "noise": bytes(range(200)),
    "empty": b"",
}  # fmt: skip


@pytest.mark.parametrize("block", ODD_EXIF.values(), ids=ODD_EXIF)
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_odd_exif_never_decides_whether_a_photo_is_read(
    astronaut: np.ndarray, block: bytes, kind: str
) -> None:
    plain = pictures.encode(pictures.to_image(astronaut), kind)
    odd = (
        with_segment(plain, 0xE1, b"Exif\x00\x00" + block)
        if kind == "JPEG"
        else with_chunk(plain, chunk(b"eXIf", block))
    )
    assert np.array_equal(decode(odd).pixels, decode(plain).pixels)


def test_an_orientation_as_a_long_counts(astronaut: np.ndarray) -> None:
    plain = pictures.jpeg(astronaut)
    turned = decode(with_segment(plain, 0xE1, b"Exif\x00\x00" + exif(4, b"\x00\x00\x00\x03")))
    assert np.array_equal(turned.pixels, decode(plain).pixels[::-1, ::-1])


@pytest.mark.parametrize(
    "odd",
    [
        chunk(b"tEXt", b"Comment\x00checksum", checksum=7),
        chunk(b"zTXt", b"workflow\x00\x00" + zlib.compress(bytes(3_000_000))),
        chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + zlib.compress(b"<a/>" * 1_000_000)),
        chunk(b"iCCP", b"huge\x00\x00" + zlib.compress(bytes(9_000_000))),
        chunk(b"iCCP", b"broken\x00\x00not compressed"),
    ],
    ids=["checksum", "compressed text", "ancestors", "huge profile", "broken profile"],
)
def test_odd_chunks_never_decide_whether_a_photo_is_read(astronaut: np.ndarray, odd: bytes) -> None:
    plain = pictures.encode(pictures.to_image(astronaut), "PNG")
    assert np.array_equal(decode(with_chunk(plain, odd)).pixels, astronaut)


def test_a_jpeg_without_its_end_marker_is_whole_if_every_row_is(astronaut: np.ndarray) -> None:
    whole = pictures.jpeg(astronaut)
    assert whole.endswith(b"\xff\xd9")
    assert np.array_equal(decode(whole[:-2]).pixels, decode(whole).pixels)
    with pytest.raises(PhotoUnreadable):
        decode(whole[:-600])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_colour_profile_is_applied(kind: str) -> None:
    skin = Image.new("RGB", (64, 64), (200, 130, 110))
    options: dict[str, object] = {"lossless": True} if kind == "WEBP" else {}
    photo = decode(pictures.encode(skin, kind, icc_profile=wide_gamut(), **options))
    blue, green, red = photo.pixels[30, 30].tolist()
    # Display P3's (200, 130, 110) in sRGB.
    assert (red, green, blue) == (
        pytest.approx(211, abs=3),
        pytest.approx(127, abs=3),
        pytest.approx(105, abs=3),
    )


@pytest.mark.parametrize("profile", [b"no profile at all", bytes(5_000_000)], ids=["broken", "huge"])
def test_a_profile_that_cannot_be_applied_is_ignored(astronaut: np.ndarray, profile: bytes) -> None:
    data = pictures.encode(pictures.to_image(astronaut), "PNG", icc_profile=profile)
    assert np.array_equal(decode(data).pixels, astronaut)


def test_a_profile_for_other_colours_is_ignored(astronaut: np.ndarray) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    data = pictures.encode(pictures.to_image(astronaut), "PNG", icc_profile=lab)
    assert np.array_equal(decode(data).pixels, astronaut)
