"""Photos that recognisers name differently, and each recogniser's reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from brain.core.errors import BrainError
from brain.core.parts import is_pair, plural
from brain.core.person_names import display_name
from brain.core.schema import Check
from brain.core.settings import Settings
from brain.core.stopwatch import Stopwatch
from brain.evaluation.crops import read_face
from brain.evaluation.predictions import Prediction
from brain.explanation.activation_maps import to_colour
from brain.explanation.experiments import analyze_face
from brain.explanation.findings import Findings, Rules
from brain.face.features import FeatureFinder
from brain.pipeline.face_location import FaceLocator
from brain.recognition.model import LoadedModel, load_model
from brain.rendering.drawing import BLEND, field_opacity, mixed

NOBODY = "no face found"


@dataclass(frozen=True)
class Answer:
    """A recogniser's answer for a photo.

    Attributes:
        probability: probability of the name, 0 to 1.
        correct: whether it is the person's name.
    """

    name: str
    probability: float
    correct: bool


@dataclass(frozen=True)
class Disagreement:
    """A photo with different answers, by model."""

    path: str
    person: str
    answers: Mapping[str, Answer]

    @property
    def weight(self) -> tuple[bool, float]:
        """The sort key of photos: whether any model is correct, and the certainty of the least certain."""
        answers = self.answers.values()
        return any(each.correct for each in answers), min(each.probability for each in answers)


@dataclass(frozen=True)
class Explained:
    """A recogniser's answer with its reasons, and the crop blended with the evidence: (s, s, 3) uint8 BGR."""

    answer: Answer
    reasons: Sequence[str]
    picture: np.ndarray


def answers_of(predictions: Sequence[Prediction], names: Sequence[str]) -> dict[str, tuple[str, Answer]]:
    """Maps the path of each photo of a known person to the person's name and the answer."""
    found = {}
    for each in predictions:
        if each.label is None:
            continue
        name = names[each.labels[0]] if each.found else NOBODY
        probability = each.probabilities[0] if each.found else 0.0
        found[each.path] = (each.person, Answer(name, probability, each.correct()))
    return found


def find_disagreements(answers: Mapping[str, Mapping[str, tuple[str, Answer]]]) -> list[Disagreement]:
    """The photos that the models name differently, the clearest cases first.

    Args:
        answers: the output of `answers_of` by model; photos of people whom not all models know are left out.
    """
    common = set.intersection(*(set(each) for each in answers.values()))
    found = []
    for path in sorted(common):
        own = {model: each[path][1] for model, each in answers.items()}
        if len({display_name(answer.name) for answer in own.values()}) > 1:
            person = next(iter(answers.values()))[path][0]
            found.append(Disagreement(path, person, own))
    return sorted(found, key=lambda each: each.weight, reverse=True)


def who_is_correct(disagreements: Sequence[Disagreement]) -> dict[tuple[str, ...], int]:
    """How many photos exactly each group of models names correctly; the empty group stands for none."""
    return dict(
        Counter(
            tuple(model for model, answer in each.answers.items() if answer.correct) for each in disagreements
        ).most_common()
    )


class Recogniser:
    """A model with everything that an explanation needs.

    Args:
        settings: the model and the folder of the cascades.
    """

    def __init__(self, settings: Settings) -> None:
        self._model: LoadedModel = load_model(settings.models_dir / settings.model)
        self._faces = FaceLocator.load(settings, self._model.network.config)
        self._finder = FeatureFinder(settings.cascades_dir, settings.extra_cascades_dir)
        self._rules = Rules(settings.threshold, Check.FULL, cam=settings.cam)

    def explain(self, path: str, answer: Answer) -> Explained | None:
        """Explain the model's answer for a photo; None if it finds no face.

        Raises:
            BrainError: codes 4 and 5.
        """
        try:
            view = read_face(Path(path), self._faces)
        except BrainError as error:
            if not error.photo_at_fault:
                raise
            return None
        found = analyze_face(self._model, self._finder, self._rules, view, Stopwatch())
        assert found.evidence is not None
        picture = view.crop.copy()
        colours = to_colour(view.field_of(found.evidence))
        view.field_of(picture)[:] = mixed(colours, view.pixels, BLEND * field_opacity(view))
        return Explained(answer, reasons_of(found), picture)


def reasons_of(found: Findings) -> list[str]:
    """The reasons in short: the features, and how far the probability falls without them."""
    lines = []
    for reason in found.explanation.reasons:
        left, right = reason.features if len(reason.features) == 2 else ("", "")
        parts = plural((left, right)) if is_pair(reason.features) else ", ".join(reason.features)
        lines.append(f"{parts}: {100 * reason.before:.0f} % to {100 * reason.after:.0f} %")
    return lines
