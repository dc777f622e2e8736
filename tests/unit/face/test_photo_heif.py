"""HEIC and AVIF photos."""

from __future__ import annotations

import sys

import numpy as np
import pillow_heif
import pytest
from PIL import Image, features

from brain.core.errors import PhotoUnreadable
from brain.face.photo import decode
from tests import pictures
from tests.unit.face.photo_files import (
    iso_file,
    wide_gamut,
)

HEIC_BRANDS = (
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"hevc",
    b"hevx",
    b"hevm",
    b"hevs",
    b"mif1",
    b"mif2",
    b"msf1",
)


@pytest.mark.parametrize("brand", HEIC_BRANDS)
def test_every_heic_photo_gets_its_hint_where_no_decoder_is_installed(
    brand: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    for data in (iso_file(brand, b"miaf"), iso_file(b"abcd", brand)):
        with pytest.raises(PhotoUnreadable) as refused:
            decode(data)
        assert refused.value.reason == "heic"
        assert "HEIC" in refused.value.hint
        assert "pip install" in refused.value.hint


@pytest.mark.parametrize("brands", [(b"avif", b"mif1"), (b"avis", b"msf1"), (b"mif1", b"miaf", b"avif")])
def test_every_avif_picture_gets_its_hint_where_no_decoder_is_installed(
    brands: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(features, "check", lambda _: False)
    with pytest.raises(PhotoUnreadable) as refused:
        decode(iso_file(*brands))
    assert refused.value.reason == "avif"
    assert "AVIF" in refused.value.hint


@pytest.mark.parametrize(
    "data", [iso_file(b"heic", b"mif1"), iso_file(b"avif", b"mif1")], ids=["heic", "avif"]
)
def test_a_heic_or_avif_file_without_a_picture_is_damaged(data: bytes) -> None:
    with pytest.raises(PhotoUnreadable) as refused:
        decode(data)
    assert refused.value.reason == "damaged"


def test_a_video_is_no_photo() -> None:
    with pytest.raises(PhotoUnreadable) as refused:
        decode(iso_file(b"isom", b"mp41"))
    assert refused.value.reason == "not-an-image"


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_heic_and_avif_photos_come_out_upright(
    astronaut: np.ndarray, kind: str, orientation: int, heic: None
) -> None:
    landscape = astronaut[:400]
    photo = decode(pictures.with_orientation(landscape, orientation, kind))
    assert (photo.width, photo.height) == (512, 400)
    assert np.abs(photo.pixels.astype(int) - landscape).mean() < 4


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_the_colour_profile_of_a_heic_or_avif_photo_is_applied(kind: str, heic: None) -> None:
    skin = Image.new("RGB", (64, 64), (200, 130, 110))
    photo = decode(pictures.encode(skin, kind, quality=100, icc_profile=wide_gamut()))
    assert photo.pixels[30, 30].tolist() == pytest.approx([105, 127, 211], abs=4)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_a_truncated_heic_or_avif_photo_is_damaged(astronaut: np.ndarray, kind: str, heic: None) -> None:
    data = pictures.encode(pictures.to_image(astronaut), kind)
    with pytest.raises(PhotoUnreadable) as refused:
        decode(data[: len(data) // 2])
    assert refused.value.reason == "damaged"


@pytest.fixture(scope="module")
def heic() -> None:
    """Lets Pillow write HEIC photos."""
    pillow_heif.register_heif_opener()
