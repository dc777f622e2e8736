"""Photos of every format and size."""

from __future__ import annotations

import io
import tracemalloc

import cv2
import numpy as np
import pytest
from PIL import Image

from brain.core.errors import PhotoUnreadable
from brain.face.photo import MAX_JPEG_PIXELS, MAX_PIXELS, WORKING_SIDE, decode
from tests import pictures
from tests.unit.face.photo_files import (
    as_if_larger,
)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_decodes_each_format_to_bgr(kind: str) -> None:
    red = np.zeros((40, 50, 3), np.uint8)
    red[:, :, 2] = 255
    photo = decode(pictures.encode(pictures.to_image(red), kind))
    assert photo.pixels.shape == (40, 50, 3)
    assert (photo.width, photo.height, photo.scale) == (50, 40, 1.0)
    assert np.abs(photo.pixels.astype(int) - red).max() <= 3


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(astronaut: np.ndarray, orientation: int, kind: str) -> None:
    landscape = astronaut[:400]
    photo = decode(pictures.with_orientation(landscape, orientation, kind))
    assert (photo.width, photo.height) == (512, 400)
    difference = np.abs(photo.pixels.astype(int) - landscape)
    assert difference.mean() < (3 if kind == "JPEG" else 1e-9)


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "1", "CMYK"])
def test_every_colour_mode_becomes_three_channels(astronaut: np.ndarray, mode: str) -> None:
    image = pictures.to_image(astronaut).convert(mode)
    photo = decode(pictures.encode(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert photo.pixels.shape == (512, 512, 3)
    grey = astronaut.mean(2)
    assert np.corrcoef(photo.pixels.mean(2).ravel(), grey.ravel())[0, 1] > 0.5


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 64 * 64).astype(np.uint16).reshape(64, 64)
    photo = decode(pictures.encode(Image.fromarray(ramp), "PNG"))
    assert photo.pixels[0, 0, 0] == 0
    assert photo.pixels[-1, -1, 0] == 255
    assert abs(int(photo.pixels[32, 0, 0]) - 128) <= 1


def test_transparency_turns_white() -> None:
    clear = Image.new("RGBA", (40, 40), (10, 20, 30, 0))
    assert decode(pictures.encode(clear, "PNG")).pixels.min() == 255


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_huge_photo_is_reduced_and_says_by_how_much(kind: str) -> None:
    image = Image.new("RGB", (6000, 4000), (200, 100, 50))
    photo = decode(pictures.encode(image, kind))
    assert (photo.width, photo.height) == (6000, 4000)
    assert WORKING_SIDE <= photo.pixels.shape[1] < 2 * WORKING_SIDE
    assert photo.scale == pytest.approx(6000 / photo.pixels.shape[1])
    assert photo.pixels[100, 100].tolist() == pytest.approx([50, 100, 200], abs=2)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (pictures.TEXT, "not-an-image"),
        (pictures.PDF, "not-an-image"),
        (pictures.SVG, "not-an-image"),
        (pictures.png_header(1, 1), "too-small"),
        (pictures.png_header(20_000, 20_000), "too-large"),
        (pictures.png_header(30_000, 30_000), "too-large"),
        (pictures.png_header(400, 400), "damaged"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "damaged"),
    ],
)
def test_bad_input_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(PhotoUnreadable) as refused:
        decode(data)
    assert refused.value.reason == reason
    assert refused.value.hint
    assert refused.value.message == "ERROR: cannot load input image ... "


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_file_is_damaged(astronaut: np.ndarray, kind: str, share: float) -> None:
    data = pictures.encode(pictures.to_image(astronaut), kind)
    with pytest.raises(PhotoUnreadable) as refused:
        decode(data[: int(len(data) * share)])
    assert refused.value.reason == "damaged"


def test_a_gif_is_not_accepted_whatever_it_is_called() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (64, 64)).save(stream, "GIF")
    with pytest.raises(PhotoUnreadable) as refused:
        decode(stream.getvalue())
    assert refused.value.reason == "not-an-image"


def test_a_bomb_costs_no_memory() -> None:
    tracemalloc.start()
    with pytest.raises(PhotoUnreadable):
        decode(pictures.png_header(8_001, MAX_PIXELS // 8_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.fixture(scope="module")
def phone_photo(astronaut: np.ndarray) -> bytes:
    """12,000 x 9,000 pixels in four megabytes, as a phone with 108 megapixels takes them."""
    large = pictures.to_image(astronaut).resize((12_000, 9_000), Image.Resampling.NEAREST)
    return pictures.encode(large, "JPEG", quality=60)


def test_a_phones_108_megapixels_are_decoded_at_a_fraction(phone_photo: bytes, astronaut: np.ndarray) -> None:
    photo = decode(phone_photo)
    assert (photo.width, photo.height, photo.scale) == (12_000, 9_000, 4.0)
    small = cv2.resize(photo.pixels, (512, 512), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - astronaut).mean() < 4


def test_108_megapixels_that_are_cut_off_are_damaged(phone_photo: bytes) -> None:
    with pytest.raises(PhotoUnreadable) as refused:
        decode(phone_photo[: len(phone_photo) // 2])
    assert refused.value.reason == "damaged"


@pytest.mark.parametrize(
    ("options", "size"),
    [({}, (20_000, 15_000)), ({"progressive": True}, (12_000, 9_000))],
    ids=["too many pixels", "progressive, which needs memory for all of them"],
)
def test_a_jpeg_that_would_take_too_much_memory_is_refused_before_it_is_decoded(
    astronaut: np.ndarray, options: dict[str, bool], size: tuple[int, int]
) -> None:
    assert size[0] * size[1] > (MAX_PIXELS if options else MAX_JPEG_PIXELS)
    data = as_if_larger(pictures.encode(pictures.to_image(astronaut), "JPEG", **options), *size)
    with pytest.raises(PhotoUnreadable) as refused:
        decode(data)
    assert refused.value.reason == "too-large"
    assert "megapixels" in refused.value.hint
