"""The composition: a photo's bytes in, an explanation out. Knows no AWS.

    decode -> detect -> align -> crop -> findings (see there) -> pictures -> words

The network looks at `cropped.jpg` as it is stored, as in the design, so that everything in a result can
be recomputed from its artifacts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import torch

from brain.core.clock import now
from brain.core.errors import BrainError, CascadesMissing, FaceNotFound, NoSignificantFeatures
from brain.core.geometry import Rectangle
from brain.core.results import Face, Model, OtherFace, PhotoRequest, Problem, Result, Source, Status
from brain.core.schema import Box
from brain.core.settings import Settings
from brain.core.stopwatch import Progress, Stopwatch
from brain.explanation.findings import Findings, Rules, analyze_crop
from brain.face.alignment import Aligner
from brain.face.crop import crop
from brain.face.detector import HINT_FACE, Detection, FaceDetector
from brain.face.features import FeatureFinder
from brain.face.photo import decode
from brain.recognition.hardware import use_threads
from brain.recognition.model import LoadedModel, load_model
from brain.rendering import drawing, words

CROP_QUALITY = 95


@dataclass(frozen=True)
class Explained:
    """A result and its artifacts, file name -> bytes; `result.json` itself is not among them."""

    result: Result
    files: dict[str, bytes]


@dataclass(frozen=True)
class Cut:
    """A face as it is stored, and so as the network sees it.

    Attributes:
        pixels: (S, S, 3) uint8 BGR, decoded from `jpeg`.
        jpeg: the bytes of `cropped.jpg`.
        square: what it shows, in pixels of the photo's decoded copy.
    """

    pixels: np.ndarray
    jpeg: bytes
    square: Rectangle


class Explainer:
    """Everything loaded once and used for every photo.

    Args:
        model: network and names.
        detector: finds faces.
        aligner: says where exactly they are.
        finder: finds features; None when its cascades did not load, which every result then reports
            as error 6.
        rules: what decides beside the photo.
    """

    def __init__(
        self,
        model: LoadedModel,
        detector: FaceDetector,
        aligner: Aligner,
        finder: FeatureFinder | None,
        rules: Rules,
    ) -> None:
        self._model = model
        self._detector = detector
        self._aligner = aligner
        self._finder = finder
        self._rules = rules

    @classmethod
    def load(cls, settings: Settings) -> Explainer:
        """Load cascades and model as the settings say.

        Raises:
            CascadesMissing: code 2.
            ForwardPassFailed: code 4, the weights do not load.
            NamesMissing: code 5.
        """
        use_threads(settings.function_memory)
        detector = FaceDetector(settings.cascades_dir)
        try:
            finder = FeatureFinder(settings.cascades_dir, settings.extra_cascades_dir)
        except CascadesMissing as error:
            report(error)
            finder = None
        model = load_model(settings.models_dir / settings.model, settings.dtype)
        rules = Rules(settings.threshold, settings.check, settings.language)
        return cls(model, detector, Aligner(), finder, rules)

    @property
    def model(self) -> Model:
        """Which network answers."""
        return describe_model(self._model)

    def stages(self, photo: bytes, request: PhotoRequest) -> Iterator[Explained]:
        """Explain one photo in stages, of which there is one: status `done`."""
        yield self.explain(
            photo,
            upload_id=request.upload_id,
            created_at=request.created_at,
            source=request.source,
            face=request.face,
        )

    def explain(
        self,
        photo: bytes,
        *,
        upload_id: str,
        created_at: datetime,
        source: Source,
        face: int = 0,
        progress: Progress | None = None,
    ) -> Explained:
        """Explain one photo.

        Args:
            photo: the file's bytes.
            face: which face, 0 being the largest and most central.
            progress: called with the name of each stage as it begins.

        Returns:
            A result with status `done`. With error 6 in it when no feature was significant.

        Raises:
            BrainError: codes 1, 3 and 4.
        """
        clock = Stopwatch(progress)
        with clock.stage("decode"):
            decoded = decode(photo)
        with clock.stage("face"):
            detection = self._detector.detect(decoded.pixels)
            aligned = self._aligner.align(decoded.pixels, chosen(detection, face))
            stored = cut_out(decoded.pixels, aligned, self._model.network.config.crop_scale)
            described = describe(detection, face, stored.square, decoded.scale)
        inside = face_inside(len(stored.pixels), self._model.network.config.crop_scale)
        found = analyze_crop(self._model, self._finder, self._rules, stored.pixels, inside, clock)
        with clock.stage("blend"):
            pictures = drawing.draw(stored.pixels, stored.jpeg, found)
        result = Result(
            id=upload_id,
            status=Status.DONE,
            created_at=created_at,
            finished_at=now(),
            source=source.model_copy(update={"width": decoded.width, "height": decoded.height}),
            model=self.model,
            face=described,
            identity=found.identity,
            candidates=found.candidates,
            features=found.features,
            explanation=found.explanation,
            artifacts={role: picture.name for role, picture in pictures.items()},
            error=self._problem(found),
            timings=clock.timings,
        )
        files = {picture.name: picture.data for picture in pictures.values()}
        return Explained(with_words(result), files)

    def _problem(self, found: Findings) -> Problem | None:
        """Error 6: nothing can be named, neither by the map nor by experiment."""
        hints = words.hints(self._rules.language)
        if self._finder is None:
            return report(NoSignificantFeatures("feature-cascades", hints.feature_cascades))
        if found.explanation.reasons or any(feature.significant for feature in found.features):
            return None
        return report(NoSignificantFeatures("none-significant", hints.none_significant))


def report(error: BrainError) -> Problem:
    """Print an error's message to stderr, as the design asks, and return its stored form."""
    print(error.message, file=sys.stderr)
    return Problem.of(error)


def describe_model(model: LoadedModel) -> Model:
    """What a result says of the network that answered."""
    network = model.network
    return Model(
        name=network.config.name,
        version=network.config.version,
        identities=network.config.identities,
        sha256=model.sha256,
        dtype="bfloat16" if network.dtype is torch.bfloat16 else "float32",
    )


def chosen(detection: Detection, face: int) -> Rectangle:
    """The box of the face that was asked for.

    Raises:
        FaceNotFound: code 3, there is no such face.
    """
    if not 0 <= face < len(detection.boxes):
        found = len(detection.boxes)
        raise FaceNotFound("no-such-face", f"{found} found; ask for one of 0 to {found - 1}. {HINT_FACE}")
    return detection.boxes[face]


def cut_out(pixels: np.ndarray, box: Rectangle, crop_scale: float) -> Cut:
    """Cut a face out of a photo and store it as JPEG.

    Args:
        pixels: (H, W, 3) uint8 BGR.
        box: the aligned face, in pixels of `pixels`.
        crop_scale: side of the square in multiples of the box.
    """
    square_pixels, square = crop(pixels, box, crop_scale)
    jpeg = drawing.encode(".jpg", square_pixels, CROP_QUALITY)
    return Cut(drawing.decode(jpeg), jpeg, square)


def describe(detection: Detection, index: int, square: Rectangle, scale: float) -> Face:
    """The detection in pixels of the full-resolution photo.

    Args:
        scale: full-resolution pixels per pixel of the detection.
    """
    boxes = [to_box(box.scaled(scale)) for box in detection.boxes]
    return Face(
        index=index,
        box=boxes[index],
        crop=to_box(square.scaled(scale)),
        cascade=detection.cascade,
        others=[OtherFace(index=i, box=box) for i, box in enumerate(boxes) if i != index],
    )


def face_inside(size: int, crop_scale: float) -> Rectangle:
    """The aligned box in pixels of its crop, which is `size` wide and `crop_scale` times as large."""
    side = size / crop_scale
    return Rectangle((size - side) / 2, (size - side) / 2, side, side)


def to_box(rectangle: Rectangle) -> Box:
    """Rounded to whole pixels."""
    x, y, width, height = (round(v) for v in (rectangle.x, rectangle.y, rectangle.width, rectangle.height))
    return Box(x=x, y=y, width=width, height=height)


def with_words(result: Result) -> Result:
    """The result with its sentences (again) written from everything else in it."""
    return result.model_copy(update={"explanation": words.explanation(result)})
