"""What well-known families of recognisers expect: alignment, preprocessing, and the metric of descriptors.

Every figure is from the family's own code or paper; `source` says which.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from brain.core.errors import RefusedError
from brain.importers.contents import ChannelOrder
from brain.importers.published import DLIB_RESNET
from brain.recognition.config import Metric, Template

# A logit's factor until `brain model calibrate` has fitted one: the scale s that ArcFace was trained with
# (Deng et al., arXiv 1801.07698, section 3.1).
LOGIT_SCALE = 64.0
CROP_SCALE = 1.4
HINT_ALIGNMENT = (
    'A file is {"size": 112, "points": [[x, y], ...]}: right eye, left eye, nose tip, right and left mouth '
    "corner in pixels of the input, right and left being the person's own."
)


@dataclass(frozen=True)
class Alignment:
    """Where the face lies in the input.

    Attributes:
        size: side of the input in pixels.
        template: five points as fractions of the side; see `ModelConfig.template`.
        crop_scale: side of the stored crop in multiples of the input's field of view.
    """

    size: int
    template: Template
    crop_scale: float = CROP_SCALE


@dataclass(frozen=True)
class Family:
    """What the networks of a family have in common.

    Attributes:
        mean: subtracted from each channel, in `channel_order`.
        scale: multiplies the centred pixels.
        metric: metric by which the family compares descriptors.
    """

    alignment: str
    mean: tuple[float, float, float]
    scale: float
    channel_order: ChannelOrder
    metric: Metric
    source: str


def in_pixels(size: int, *points: tuple[float, float]) -> Alignment:
    """An alignment with points in pixels of the input."""
    right_eye, left_eye, nose, right_mouth, left_mouth = ((x / size, y / size) for x, y in points)
    return Alignment(size, (right_eye, left_eye, nose, right_mouth, left_mouth))


assert DLIB_RESNET.template is not None
ALIGNMENTS: Mapping[str, Alignment] = {
    # InsightFace, python-package/insightface/utils/face_align.py, `arcface_src`.
    "arcface-112": in_pixels(
        112,
        (38.2946, 51.6963),
        (73.5318, 51.5014),
        (56.0252, 71.7366),
        (41.5493, 92.3655),
        (70.7299, 92.2041),
    ),
    "dlib-150": Alignment(150, DLIB_RESNET.template, DLIB_RESNET.crop_scale),
    # FaceNet cuts out MTCNN's box and names no points. These are the medians of YuNet's landmarks in YuNet's
    # boxes, which are drawn like MTCNN's, over 300 LFW photos; the box as a square of equal perimeter, and
    # the points made symmetric.
    "facenet-160": Alignment(
        160, ((0.295, 0.355), (0.705, 0.355), (0.5, 0.582), (0.324, 0.758), (0.676, 0.758))
    ),
}
GREY = (127.5, 127.5, 127.5)
FAMILIES: Mapping[str, Family] = {
    "arcface": Family(
        "arcface-112",
        GREY,
        1 / 127.5,
        "RGB",
        "cosine",
        "InsightFace, python-package/insightface/model_zoo/arcface_onnx.py",
    ),
    "mobilefacenet": Family(
        "arcface-112",
        GREY,
        1 / 127.5,
        "RGB",
        "cosine",
        "InsightFace's MBF files, python-package/insightface/model_zoo/arcface_onnx.py",
    ),
    "adaface": Family("arcface-112", GREY, 1 / 127.5, "BGR", "cosine", "AdaFace, inference.py, `to_input`"),
    "sface": Family(
        "arcface-112",
        (0.0, 0.0, 0.0),
        1.0,
        "RGB",
        "cosine",
        "OpenCV, modules/objdetect/src/face_recognize.cpp, `FaceRecognizerSF::feature`",
    ),
    "facenet": Family(
        "facenet-160",
        GREY,
        1 / 128,
        "RGB",
        "euclidean",
        "facenet-pytorch, models/mtcnn.py, `fixed_image_standardization`; Schroff et al., arXiv 1503.03832",
    ),
    "dlib": Family(
        "dlib-150",
        DLIB_RESNET.mean,
        DLIB_RESNET.scale,
        "RGB",
        "cosine",
        "dlib, examples/dnn_face_recognition_ex.cpp",
    ),
}
# The family that an alignment implies if none is named.
USUAL_FAMILY = {"arcface-112": "arcface", "dlib-150": "dlib", "facenet-160": "facenet"}


def find_alignment(text: str) -> Alignment:
    """An alignment by its name, or from a JSON file.

    Raises:
        RefusedError: there is no such alignment, or the file does not describe an alignment.
    """
    if text in ALIGNMENTS:
        return ALIGNMENTS[text]
    try:
        stored: dict[str, Any] = json.loads(Path(text).read_text(encoding="utf-8"))
        points = [(float(x), float(y)) for x, y in stored["points"]]
        size = int(stored["size"])
        if size < 1 or not all(-size <= each <= 2 * size for point in points for each in point):
            raise ValueError("points far outside of the input")
        found = in_pixels(size, *points)
        return replace(found, crop_scale=float(stored.get("crop_scale", CROP_SCALE)))
    except OSError as error:
        names = ", ".join(ALIGNMENTS)
        raise RefusedError(f"there is no alignment {text}; known are {names}", HINT_ALIGNMENT) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusedError(f"{text} describes no alignment ({error})", HINT_ALIGNMENT) from error


def family_for(name: str | None, alignment: str | None) -> Family:
    """The named family, or the one that an alignment implies, or else ArcFace's."""
    return FAMILIES[name or USUAL_FAMILY.get(alignment or "", "arcface")]
