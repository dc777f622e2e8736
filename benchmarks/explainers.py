"""Maps by perturbation: BRAIN beside captum's Occlusion and pytorch-grad-cam's AblationCAM and ScoreCAM.

All explain the same label of the same network on the same face. Their maps are compared by deletion and
insertion (Petsiuk et al., arXiv 1806.07421), at fractions that BRAIN does not look at itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks import inputs, peers
from benchmarks.child import call
from benchmarks.conditions import Condition
from benchmarks.explaining import request
from benchmarks.measurements import Section
from brain.core.errors import BrainError
from brain.core.settings import Settings
from brain.explanation.evidence import evidence_for
from brain.explanation.fidelity import Target, deletion_insertion
from brain.explanation.perturbation import PerturbationRunner
from brain.pipeline.explained_photo import ExplainedPhoto
from brain.pipeline.explainer import Explainer
from brain.pipeline.face_location import view_of
from brain.recognition.model import LoadedModel, load_model

if TYPE_CHECKING:
    from brain.recognition.classifier import Classifier

GROUP = str(Condition())
EVERYTHING = "BRAIN: everything, full checks"
EVIDENCE = "BRAIN: evidence map alone"
OCCLUSION = "captum Occlusion, {} x {} pixels, stride {}"
CAM = "pytorch-grad-cam {} at {}"
CAMS = {"AblationCAM": peers.ablation_cam, "ScoreCAM": peers.score_cam}
# Its documentation recommends the last convolutional layer.
BRAINS_LAYER, LAST_LAYER = "the layer that BRAIN maps", "the last layer"
QUALITY = "quality"
# From cheap to expensive, close enough together that no much cheaper setting of equal quality is missed.
WINDOWS = tuple(
    peers.Windows(*windows) for windows in ((38, 28), (30, 15), (22, 12), (22, 8), (18, 6), (16, 4))
)
FRACTIONS = (0.03, 0.08, 0.12, 0.2, 0.3, 0.5)
PHOTOS = 10

Areas = dict[str, list[float]]  # "deletion" and "insertion", by photo


def measure(section: Section, folder: Path | None) -> None:
    """Time and compare all explainers, one thread, idle.

    Args:
        section: receives the results.
        folder: a folder of photos per person; None for variants of the astronaut.
    """
    environment = Condition(variables={"BRAIN_CHECK": "full"}).environment
    measured = call(compare, environment, folder=str(folder) if folder else None)
    section.times[GROUP] = measured["seconds"]
    section.values[QUALITY] = measured["quality"]
    source = "photos of as many people" if folder else "variants of scikit-image's astronaut"
    section.values["photos"] = f"{measured['photos']} {source}"


@dataclass(frozen=True)
class Face:
    """A face as the explainers see it.

    Attributes:
        classifier: the network.
        runner: blurs out parts of the face.
        target: the label to explain, with its probability.
        brain_map: BRAIN's evidence map.
    """

    classifier: Classifier
    runner: PerturbationRunner
    target: Target
    brain_map: np.ndarray

    def evidence_map(self) -> np.ndarray:
        """BRAIN's evidence map of the target alone, from the crop: naming, gradients and windows."""
        return np.asarray(evidence_for(self.classifier, self.runner.view, [self.target.label])[0])

    def peers(self) -> dict[str, Callable[[], np.ndarray]]:
        """A function that computes the map, by peer."""
        x = self.classifier.preprocess(self.runner.view.pixels)  # (1, 3, S, S)
        label = self.target.label
        everything = np.ones((1, self.runner.size, self.runner.size), np.float32)
        blurred = self.runner.compose(everything)
        explainers = {
            OCCLUSION.format(windows.side, windows.side, windows.stride): peers.occlusion(
                self.classifier, x, label, blurred, windows
            )
            for windows in WINDOWS
        }
        layers = {BRAINS_LAYER: self.classifier.cam_layer, LAST_LAYER: self.classifier.layers[-1]}
        for (name, method), (place, layer) in product(CAMS.items(), layers.items()):
            model = peers.PlainClassifier(self.classifier, layer)
            explainers[CAM.format(name, place)] = method(model, x, label)
        return explainers


def compare(folder: str | None) -> dict[str, Any]:
    """Seconds and quality of every explainer, by photo; the first photo is explained twice to warm up."""
    settings = Settings.from_environment()
    explainer = Explainer.load(settings)
    model = load_model(settings.models_dir / settings.model, settings.dtype)
    seconds: dict[str, list[float]] = {}
    quality: dict[str, Areas] = {}
    photos = list(explainable(explainer, photos_of(Path(folder)) if folder else inputs.photos(PHOTOS + 2)))
    for number, photo in enumerate([photos[0], *photos]):
        start = time.perf_counter()
        explained = explainer.explain(photo, request())
        took = {EVERYTHING: time.perf_counter() - start}
        face = face_of(explained, model)
        maps = {EVERYTHING: face.brain_map}
        for name, compute in {EVIDENCE: face.evidence_map, **face.peers()}.items():
            start = time.perf_counter()
            maps[name] = compute()
            took[name] = time.perf_counter() - start
        if number:
            add_quality(quality, face, maps)
            for name, value in took.items():
                seconds.setdefault(name, []).append(value)
    return {"seconds": seconds, "quality": quality, "photos": len(photos)}


def face_of(explained: ExplainedPhoto, model: LoadedModel) -> Face:
    """The face in an explained photo. The peers explain the network that BRAIN's experiments use."""
    best, face = explained.result.candidates[0], explained.result.face
    assert face
    assert best.evidence
    jpeg = np.frombuffer(explained.files["cropped.jpg"], np.uint8)
    view = view_of(np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR)), face)
    classifier = model.perturbation_model(view.pixels, *model.forward_with_activations(view.pixels))
    runner = PerturbationRunner(classifier, view)
    return Face(classifier, runner, Target(best.label, best.probability), best.evidence.to_array())


def add_quality(quality: dict[str, Areas], face: Face, maps: Mapping[str, np.ndarray]) -> None:
    """Add the deletion and insertion of every map."""
    for name, areas in deletion_insertion(face.runner, face.target, maps, FRACTIONS).items():
        values = quality.setdefault(name, {"deletion": [], "insertion": []})
        values["deletion"].append(areas.deletion)
        values["insertion"].append(areas.insertion)


def explainable(explainer: Explainer, photos: Iterator[bytes] | list[bytes]) -> Iterator[bytes]:
    """The first few photos in which a face is found."""
    found = 0
    for photo in photos:
        try:
            next(iter(explainer.stages(photo, request())))
        except BrainError:
            continue
        yield photo
        found += 1
        if found == PHOTOS:
            return


def photos_of(folder: Path) -> Iterator[bytes]:
    """The last photo of people with two or more, evenly spread over a folder of folders."""
    people = [sorted(path.glob("*.jpg")) for path in sorted(folder.iterdir()) if path.is_dir()]
    several = [photos for photos in people if len(photos) > 1]
    for photos in several[:: max(1, len(several) // (2 * PHOTOS))]:
        yield photos[-1].read_bytes()
