"""The composition: a photo's bytes in, an explanation out. Knows no AWS.

    decode -> detect -> crop -> classify -> Grad-CAM -> features -> blend -> words

The network looks at `cropped.jpg` as it is stored, as in the design, so that everything in a result can
be recomputed from its artifacts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np
import torch

from brain import features, gradcam, words
from brain.certainty import certainty, judge
from brain.errors import BrainError, CascadesMissing, FaceNotFound, NoSignificantFeatures
from brain.faces import HINT_FACE, Detection, FaceDetector, Rectangle, crop
from brain.features import FeatureFinder
from brain.network import LoadedModel, load_model
from brain.photo import Photo, decode
from brain.processor import use_threads
from brain.results import (
    Box,
    Candidate,
    Explanation,
    Face,
    Feature,
    Identity,
    Map,
    Model,
    OtherFace,
    Problem,
    Result,
    Source,
    Status,
    now,
)
from brain.settings import Settings

CANDIDATES = 5
CROP_QUALITY = 95
BLEND_QUALITY = 90
BLEND = 0.45

HINT_FEATURES = "Name and maps stand. Try a sharper, frontal photo, or lower BRAIN_THRESHOLD."
HINT_FEATURE_CASCADES = "Name and maps stand. The feature cascades do not load; check BRAIN_CASCADES."

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Explained:
    """A result and its artifacts, file name -> bytes; `result.json` itself is not among them."""

    result: Result
    files: dict[str, bytes]


class Explainer:
    """Everything loaded once and used for every photo.

    Args:
        model: network and names.
        detector: finds faces.
        finder: finds features; None when its cascades did not load, which every result then reports
            as error 6.
        threshold: a feature is significant when its score (0 to 1) is greater.
    """

    def __init__(
        self, model: LoadedModel, detector: FaceDetector, finder: FeatureFinder | None, threshold: float
    ) -> None:
        self._model = model
        self._detector = detector
        self._finder = finder
        self._threshold = threshold

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
        return cls(model, detector, finder, settings.threshold)

    @property
    def model(self) -> Model:
        """Which network answers."""
        network = self._model.network
        return Model(
            name=network.spec.name,
            version=network.spec.version,
            identities=network.spec.identities,
            sha256=self._model.sha256,
            dtype="bfloat16" if network.dtype is torch.bfloat16 else "float32",
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
            cut, cut_jpeg, square = self._cut(decoded, detection, face)
        with clock.stage("classify"):
            network = self._model.network
            seen = network.look(cut)
            labels, probabilities = top(seen.logits, CANDIDATES)
            certain = certainty(seen.logits, network.spec)
        with clock.stage("gradcam"):
            maps = gradcam.class_activation_maps(network, seen, labels)
            gc_map = gradcam.to_grey(maps[0], cut.shape[0])
        with clock.stage("features"):
            inside = within(detection.boxes[face], square, cut.shape[0])
            scored, problem = self._score(cut, inside, gc_map)
        with clock.stage("blend"):
            files = draw(cut, cut_jpeg, gc_map, labels[0])
        candidates = [
            Candidate(label=label, name=self._model.names[label], probability=p, map=Map.from_array(grey))
            for label, p, grey in zip(labels, probabilities, map(gradcam.to_grey, maps), strict=True)
        ]
        result = Result(
            id=upload_id,
            status=Status.DONE,
            created_at=created_at,
            finished_at=now(),
            source=source.model_copy(update={"width": decoded.width, "height": decoded.height}),
            model=self.model,
            face=describe(detection, face, square, decoded.scale),
            identity=Identity(
                **candidates[0].model_dump(exclude={"map"}),
                certainty=certain,
                verdict=judge(certain, probabilities[0]),
            ),
            candidates=candidates,
            features=scored,
            explanation=Explanation(sentences=[], outside=features.share_outside(scored, gc_map)),
            artifacts=dict(zip(("cropped", "gc_map", "heat_map", "blended"), files, strict=True)),
            error=problem,
            timings=clock.timings,
        )
        return Explained(with_words(result), files)

    def _cut(self, photo: Photo, detection: Detection, face: int) -> tuple[np.ndarray, bytes, Rectangle]:
        if not 0 <= face < len(detection.boxes):
            found = len(detection.boxes)
            raise FaceNotFound("no-such-face", f"{found} found; ask for one of 0 to {found - 1}. {HINT_FACE}")
        cut, square = crop(photo.pixels, detection.boxes[face], self._model.network.spec.crop_scale)
        jpeg = encode(".jpg", cut, CROP_QUALITY)
        stored = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))
        return stored, jpeg, square

    def _score(
        self, cut: np.ndarray, face: Rectangle, gc_map: np.ndarray
    ) -> tuple[list[Feature], Problem | None]:
        if self._finder is None:
            return [], report(NoSignificantFeatures("feature-cascades", HINT_FEATURE_CASCADES))
        scored = features.score(self._finder.locate(cut, face), gc_map, self._threshold)
        if not any(feature.significant for feature in scored):
            return scored, report(NoSignificantFeatures("none-significant", HINT_FEATURES))
        return scored, None


class Stopwatch:
    """Seconds by stage, in the order in which they ran."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self.timings: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time one stage and announce it."""
        if self._progress:
            self._progress(name)
        start = time.perf_counter()
        yield
        self.timings[name] = round(time.perf_counter() - start, 4)


def report(error: BrainError) -> Problem:
    """Print an error's message to stderr, as the design asks, and return its stored form."""
    print(error.message, file=sys.stderr)
    return Problem.of(error)


def top(logits: torch.Tensor, count: int) -> tuple[list[int], list[float]]:
    """Labels and probabilities of the most alike identities, best first.

    Args:
        logits: (K,).
    """
    probabilities = torch.softmax(logits.double(), 0)
    best = torch.topk(probabilities, min(count, len(logits)))
    return best.indices.tolist(), [round(p, 6) for p in best.values.tolist()]


def within(box: Rectangle, square: Rectangle, size: int) -> Rectangle:
    """A box of the photo in pixels of the crop that shows `square` at `size` pixels."""
    return box.moved(-square.x, -square.y).scaled(size / square.width)


def draw(cut: np.ndarray, cut_jpeg: bytes, gc_map: np.ndarray, label: int) -> dict[str, bytes]:
    """The four artifacts under the design's names, in the order cropped, gc_map, heat_map, blended.

    Args:
        cut: (S, S, 3) uint8 BGR, and `cut_jpeg` the same as it is stored.
        gc_map: (S, S) uint8.
    """
    heat_map = gradcam.to_colour(gc_map)
    blended = cv2.addWeighted(heat_map, BLEND, cut, 1 - BLEND, 0)
    return {
        "cropped.jpg": cut_jpeg,
        f"gc_map_{label}.png": encode(".png", gc_map),
        f"heat_map_{label}.png": encode(".png", heat_map),
        f"blended_{label}.jpg": encode(".jpg", blended, BLEND_QUALITY),
    }


def encode(suffix: str, pixels: np.ndarray, quality: int | None = None) -> bytes:
    """Encode pixels as PNG or, with a quality of 0 to 100, as JPEG."""
    options = [] if quality is None else [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, data = cv2.imencode(suffix, pixels, options)
    return data.tobytes()


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


def to_box(rectangle: Rectangle) -> Box:
    """Rounded to whole pixels."""
    x, y, width, height = (round(v) for v in (rectangle.x, rectangle.y, rectangle.width, rectangle.height))
    return Box(x=x, y=y, width=width, height=height)


def with_words(result: Result) -> Result:
    """The result with its sentences (again) written from everything else in it."""
    outside = result.explanation.outside if result.explanation else 0.0
    said = Explanation(sentences=words.sentences(result), outside=outside)
    return result.model_copy(update={"explanation": said})
