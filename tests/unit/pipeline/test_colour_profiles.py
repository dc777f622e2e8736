"""The same photo in four colour profiles, explained by the model that comes with BRAIN."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from brain.core.results import Result
from brain.core.schema import Check
from brain.core.settings import Settings
from brain.face.photo import decode
from brain.pipeline.explainer import Explainer
from brain.pipeline.library import explain
from tests import pictures

Primaries = dict[bytes, tuple[float, float, float]]

# X, Y and Z of the three primaries, adapted to D50 as profiles hold them.
PRIMARIES: dict[str, Primaries] = {
    "Display P3": {
        b"rXYZ": (0.5151, 0.2412, -0.0011),
        b"gXYZ": (0.2920, 0.6922, 0.0419),
        b"bXYZ": (0.1571, 0.0666, 0.7841),
    },
    "Adobe RGB": {
        b"rXYZ": (0.6097, 0.3111, 0.0195),
        b"gXYZ": (0.2053, 0.6257, 0.0609),
        b"bXYZ": (0.1492, 0.0632, 0.7446),
    },
    "ProPhoto": {
        b"rXYZ": (0.7977, 0.2880, 0.0000),
        b"gXYZ": (0.1352, 0.7119, 0.0000),
        b"bXYZ": (0.0313, 0.0001, 0.8249),
    },
}


def profile_of(primaries: Primaries) -> bytes:
    """sRGB's profile with other primaries and another name."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for number in range(int.from_bytes(profile[128:132], "big")):
        tag, offset = bytes(profile[132 + 12 * number : 136 + 12 * number]), 136 + 12 * number
        if tag in primaries:
            start = int.from_bytes(profile[offset : offset + 4], "big") + 8
            profile[start : start + 12] = struct.pack(">3i", *(round(x * 65536) for x in primaries[tag]))
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "wide".encode("utf-16-be"))


def converted(pixels: np.ndarray, primaries: Primaries) -> bytes:
    """A JPEG in another profile that shows the same colours."""
    profile = profile_of(primaries)
    wide: Image.Image | None = ImageCms.profileToProfile(
        pictures.to_image(pixels),
        ImageCms.createProfile("sRGB"),
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    assert wide is not None
    return pictures.encode(wide, "JPEG", quality=95, icc_profile=profile)


@pytest.fixture(scope="module")
def explainer() -> Explainer:
    return Explainer.load(Settings(check=Check.OFF))


@pytest.fixture(scope="module")
def plain(explainer: Explainer, astronaut: np.ndarray) -> Result:
    return explain(pictures.jpeg(astronaut), explainer=explainer).result


@pytest.mark.parametrize("name", PRIMARIES)
def test_the_same_photo_in_another_profile_gets_the_same_answer(
    explainer: Explainer, plain: Result, astronaut: np.ndarray, name: str
) -> None:
    data = converted(astronaut, PRIMARIES[name])
    assert np.abs(decode(data).pixels.astype(int) - astronaut).mean() < 2.5
    result = explain(data, explainer=explainer).result
    assert result.face is not None
    assert plain.face is not None
    shift = np.abs(np.array(result.face.landmarks) - np.array(plain.face.landmarks)).max()
    assert shift < 0.7  # pixels; the pupils are 45 apart
    assert result.identity is not None
    assert plain.identity is not None
    assert (result.identity.name, result.identity.verdict) == (plain.identity.name, plain.identity.verdict)
    assert result.identity.certainty == pytest.approx(plain.identity.certainty, abs=0.05)
