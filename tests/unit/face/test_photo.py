from __future__ import annotations

import io
import struct
import sys
import tracemalloc
import zlib

import cv2
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, features

from brain.core.errors import PhotoUnreadable
from brain.face.photo import MAX_JPEG_PIXELS, MAX_PIXELS, WORKING_SIDE, decode
from tests import pictures


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


def as_if_larger(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header claims another size."""
    frame = next(i for i in range(len(jpeg)) if jpeg[i] == 0xFF and jpeg[i + 1] in (0xC0, 0xC2))
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


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


def iso_file(major: bytes, *compatible: bytes) -> bytes:
    """The beginning of a HEIC, AVIF or video file."""
    body = b"ftyp" + major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", len(body) + 4) + body + bytes(100)


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
