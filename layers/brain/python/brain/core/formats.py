"""The formats of photos. HEIC and AVIF need another decoder and are recognised by their first bytes.

HEIC and AVIF files begin with a box `ftyp`: a major brand, a version, and the brands with which the file is
compatible (ISO/IEC 14496-12, 4.3; HEIC's brands: ISO/IEC 23008-12, annex B; AVIF's: AOMedia, AV1 Image File
Format, 6 and 8).
"""

from __future__ import annotations

from typing import Literal

HeifFormat = Literal["heic", "avif"]

# In lower case. Files in a folder that end otherwise are not taken for photos.
PHOTO_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif"}
AVIF_BRANDS = {b"avif", b"avis"}
# `mif1`, `mif2` and `msf1` are general brands. An AVIF file that has one of them also has an AVIF brand.
HEIC_BRANDS = {
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1",
}  # fmt: skip
LONGEST_BOX = 512
HEIF_TYPES: dict[str, HeifFormat] = {
    "image/heic": "heic",
    "image/heif": "heic",
    "image/heic-sequence": "heic",
    "image/heif-sequence": "heic",
    "image/avif": "avif",
}
HEIF_HINTS: dict[HeifFormat, str] = {
    "heic": "This is a HEIC photo, as iPhones take them. Export it as JPEG, or use a screenshot of it.",
    "avif": "This is an AVIF picture. Save it as JPEG, PNG or WebP, or use a screenshot of it.",
}


def heif_format(data: bytes) -> HeifFormat | None:
    """Whether a file is HEIC or AVIF; None if it is neither.

    Args:
        data: the file, or its first bytes.
    """
    if data[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(data[:4], "big"), LONGEST_BOX, len(data))
    brands = {data[8:12], *(data[start : start + 4] for start in range(16, end - 3, 4))}
    if brands & AVIF_BRANDS:
        return "avif"
    return "heic" if brands & HEIC_BRANDS else None
