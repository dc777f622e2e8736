"""Compares a photo with one that was explained before: the last step of an explanation, if asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from brain.core.comparisons import ComparedPhoto, Comparison
from brain.core.errors import PhotoUnreadable
from brain.core.explanations import Feature
from brain.core.geometry import rectangle
from brain.core.results import OtherPhoto
from brain.core.stopwatch import Stopwatch
from brain.explanation.findings import NamedFace, Rules
from brain.explanation.likeness import PairedFace, compare_faces, judge
from brain.explanation.view import FaceView
from brain.face.alignment import box_around
from brain.pipeline.face_location import view_of
from brain.recognition.descriptor_network import DescriptorNetwork
from brain.recognition.model import LoadedModel
from brain.recognition.pairs import PairCalibration
from brain.rendering import drawing
from brain.rendering.pair_drawing import draw_pair
from brain.rendering.words import comparisons as words

WHAT = "the photo to compare with"
NOT_COMPARABLE = "not-comparable"
HINT_MODEL = "It was explained with another model. Explain it again, then compare."
HINT_CROP = "Its result is not finished or damaged. Explain it again, then compare."
HINT_PAIRS = "This model was not calibrated on pairs of photos: run `brain model calibrate`."


@dataclass(frozen=True)
class OtherFace:
    """The face to compare with.

    Attributes:
        id: id of its result.
        view: its crop, decoded from `jpeg`.
        jpeg: the bytes of its `cropped.jpg`.
        features: with boxes.
    """

    id: str
    view: FaceView
    jpeg: bytes
    features: list[Feature]


def face_of(model: LoadedModel, other: OtherPhoto) -> OtherFace:
    """The face of a stored result.

    Raises:
        PhotoUnreadable: code 1, the model cannot compare photos, or not with this result.
    """
    calibrated(model)
    result = other.result
    if result.model is None or result.model.sha256 != model.sha256:
        raise PhotoUnreadable(NOT_COMPARABLE, HINT_MODEL, WHAT)
    crop = drawing.decode(other.crop)
    if result.face is None or crop.ndim != 3:
        raise PhotoUnreadable(NOT_COMPARABLE, HINT_CROP, WHAT)
    return OtherFace(result.id, view_of(crop, result.face), other.crop, result.features)


def stored_face(comparison: Comparison, jpeg: bytes, crop: np.ndarray) -> OtherFace:
    """The face to compare with, as a result stores it.

    Args:
        jpeg, crop: `other_cropped.jpg` and its pixels, (s, s, 3) uint8 BGR.
    """
    photo: ComparedPhoto = comparison.photos[1]
    landmarks = np.array(photo.landmarks)
    view = FaceView(crop, box_around(landmarks), rectangle(photo.input), landmarks)
    return OtherFace(comparison.with_id, view, jpeg, photo.features)


def calibrated(model: LoadedModel) -> tuple[DescriptorNetwork, PairCalibration]:
    """The network and its calibration for pairs.

    Raises:
        PhotoUnreadable: code 1, the model has none.
    """
    if model.pairs is None or not isinstance(model.network, DescriptorNetwork):
        raise PhotoUnreadable(NOT_COMPARABLE, HINT_PAIRS, WHAT)
    return model.network, model.pairs


def compare(
    model: LoadedModel, named: NamedFace, other: OtherFace, rules: Rules, clock: Stopwatch
) -> Comparison:
    """Compare a named face with another one.

    Raises:
        ForwardPassFailed: code 4.
        PhotoUnreadable: code 1, the model cannot compare.
    """
    network, calibration = calibrated(model)
    with clock.stage("compare"):
        activations = network.forward_with_activations(other.view.pixels)
        faces = (
            PairedFace(named.view, named.activations, named.findings.features),
            PairedFace(other.view, activations, other.features),
        )
        found = compare_faces(network, calibration, faces, rules.threshold)
    comparison = Comparison(
        with_id=other.id,
        similarity=found.similarity,
        probability=found.probability,
        verdict=judge(found.probability),
        photos=found.photos,
        language=rules.language,
        passes=found.passes,
    )
    return words.worded(comparison)


def draw_comparison(
    comparison: Comparison, view: FaceView, other: OtherFace
) -> Mapping[str, drawing.Picture]:
    """The pictures of a comparison by role: the other crop unchanged, and both crops side by side.

    Args:
        view: this photo's crop.
    """
    return {
        "other_cropped": drawing.Picture("other_cropped.jpg", other.jpeg),
        "comparison": draw_pair(comparison, (view, other.view)),
    }
