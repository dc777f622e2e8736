"""The overview of a group photo: a numbered box and a name for every face."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from brain.core.geometry import Rectangle, intersection
from brain.rendering.drawing import encode

LONGEST_SIDE = 1600
QUALITY = 90
# As shares of the longer side of the picture.
TEXT_HEIGHT = 1 / 50
SMALLEST_TEXT = 12
ROWS = 4  # of labels below or above each other, where faces stand close together
FONT = "DejaVuSans.ttf"
COLOURS = ("#0072b2", "#d55e00", "#007a5a", "#a04a7f", "#6a3d9a", "#8c510a")


class LabelledFace(NamedTuple):
    """A face in the overview: its box in pixels of the photo, and its label."""

    box: Rectangle
    label: str


def draw_overview(pixels: np.ndarray, faces: Sequence[LabelledFace]) -> bytes:
    """Draw a box and a label for every face.

    Args:
        pixels: (H, W, 3) uint8 BGR, upright.
        faces: boxes in pixels of `pixels`.

    Returns:
        A JPEG file whose longer side has at most 1,600 pixels.
    """
    image = Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))
    scale = min(1.0, LONGEST_SIDE / max(image.size))
    image = image.resize([max(1, round(side * scale)) for side in image.size]) if scale < 1 else image
    font = load_font(max(SMALLEST_TEXT, round(max(image.size) * TEXT_HEIGHT)))
    draw = ImageDraw.Draw(image)
    boxes = [face.box.scaled(scale) for face in faces]
    texts = [drawable(face.label, font) for face in faces]
    labels = place_labels(boxes, [size_of(text, font) for text in texts], image.size)
    width = max(2, round(font.size / 8))
    for number, (box, text, label) in enumerate(zip(boxes, texts, labels, strict=True)):
        colour = COLOURS[number % len(COLOURS)]
        draw.rectangle(edges(box), outline=colour, width=width)
        draw.rectangle(edges(label), fill=colour)
        draw.text((label.x + font.size / 4, label.y + label.height / 2), text, "white", font, anchor="lm")
    return encode(".jpg", np.asarray(image)[:, :, ::-1], QUALITY)


def place_labels(
    boxes: Sequence[Rectangle], sizes: Sequence[tuple[float, float]], picture: tuple[int, int]
) -> list[Rectangle]:
    """Place each label below its box, or where it hides least around the box.

    Args:
        boxes: of the faces, in pixels of the picture.
        sizes: width and height of each label.
        picture: width and height.

    Returns:
        One rectangle per label, inside the picture if it fits.
    """
    placed: list[Rectangle] = []
    for box, size in zip(boxes, sizes, strict=True):
        # Hiding another label is worse than hiding a face.
        placed.append(
            min(
                candidates(box, size, picture),
                key=lambda place: (hidden(place, placed), hidden(place, boxes)),
            )
        )
    return placed


def candidates(box: Rectangle, size: tuple[float, float], picture: tuple[int, int]) -> Iterator[Rectangle]:
    """The possible places of a label, the best first, each moved into the picture."""
    width, height = size
    x, below, above = box.centre[0] - width / 2, box.y + box.height, box.y - height
    rows = [(x, y) for row in range(ROWS) for y in (below + row * height, above - row * height)]
    sides = [(at, y) for y in (above, box.y) for at in (box.x + box.width, box.x - width)]
    for place in (*rows, *sides):
        left, top = (
            max(0.0, min(at, length - extent))
            for at, extent, length in zip(place, size, picture, strict=True)
        )
        yield Rectangle(left, top, width, height)


def hidden(place: Rectangle, others: Sequence[Rectangle]) -> float:
    """How many square pixels of other rectangles a label would hide."""
    return sum(intersection(place, other).area for other in others)


def edges(box: Rectangle) -> tuple[float, float, float, float]:
    """Left, top, right and bottom."""
    return box.x, box.y, box.x + box.width, box.y + box.height


def size_of(text: str, font: ImageFont.FreeTypeFont) -> tuple[float, float]:
    """Width and height of a label in pixels, with its margins."""
    return font.getlength(text) + font.size / 2, font.size * 1.5


@lru_cache(maxsize=8)
def load_font(size: int) -> ImageFont.FreeTypeFont:
    """DejaVu Sans if the system has it, otherwise Pillow's built-in font."""
    try:
        return ImageFont.truetype(FONT, size)
    except OSError:
        font = ImageFont.load_default(size)
        assert isinstance(font, ImageFont.FreeTypeFont)
        return font


def drawable(text: str, font: ImageFont.FreeTypeFont) -> str:
    """The text in characters that the font has: other letters lose their accents, the rest become `?`."""
    missing = bytes(font.getmask("\uffff"))

    def substitute(character: str) -> str:
        variants = (character, unicodedata.normalize("NFKD", character)[0])
        return next((each for each in variants if bytes(font.getmask(each)) != missing), "?")

    return "".join(map(substitute, text))
