"""Converts a picture from its own colour profile to sRGB."""

from __future__ import annotations

import io
from functools import cache

from PIL import Image, ImageCms

# Pillow's modes, and the colour space of a profile that fits each.
COLOUR_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert a picture to sRGB.

    Args:
        image: a picture in mode RGB, L or CMYK; other modes are returned unchanged.
        profile: its ICC profile. A profile that cannot be read, or is for other colours, is ignored.

    Returns:
        The converted picture in mode RGB, or the same object if nothing was converted.
    """
    if profile is None or image.mode not in COLOUR_SPACES:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != COLOUR_SPACES[image.mode] or _is_srgb(source):
            return image
        converted = ImageCms.profileToProfile(
            image, source, _srgb(), ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return converted or image


def _is_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    return "srgb" in (profile.profile.profile_description or "").lower()


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
