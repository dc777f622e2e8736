"""The model's prediction for a photo, by the explainer's pipeline without the explanation."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor

from brain.evaluation.crops import Evaluator, read_face
from brain.evaluation.journal import Record
from brain.evaluation.photos import LabelledPhoto
from brain.explanation.naming import CANDIDATES, top
from brain.pipeline.face_location import FaceLocator
from brain.recognition.certainty import certainty, isolation_of, judge
from brain.recognition.classifier import Classifier


@dataclass(frozen=True)
class Prediction:
    """The model's prediction for a photo, and the truth.

    Attributes:
        path: the photo's key.
        label: label of the person in the photo; None for a person whom the model does not know.
        problem: why there is no prediction, such as `no-face`; the fields below are then empty.
        seconds: from the file's bytes to the prediction.
        labels, probabilities: the five most similar identities, best first.
        ranked_above: the labels that the model prefers to the correct one; empty if the model is right.
        certainty: that the person is one of the identities, 0 to 1.
        verdict: `strong`, `weak` or `nobody`.
        left_out_certainty, left_out_verdict: the same with the correct label taken out of the model, so that
            the photo shows an unknown person; None for photos of unknown people.
    """

    path: str
    person: str
    label: int | None
    problem: str | None = None
    seconds: float | None = None
    labels: tuple[int, ...] = ()
    probabilities: tuple[float, ...] = ()
    ranked_above: tuple[int, ...] = ()
    certainty: float = 0.0
    verdict: str | None = None
    left_out_certainty: float | None = None
    left_out_verdict: str | None = None

    @classmethod
    def from_record(cls, photo: LabelledPhoto, record: Record) -> Prediction:
        """Combine a photo's label with its record of the journal."""
        fields: Record = {"person": photo.person, "label": photo.label}
        for name, value in record.items():
            fields[name] = tuple(value) if isinstance(value, list) else value
        return cls(**fields)

    @property
    def found(self) -> bool:
        """Whether a face was found."""
        return self.problem is None

    @property
    def known(self) -> bool:
        """Whether the person is one of the identities."""
        return self.label is not None

    def correct(self, k: int = 1, among: Collection[int] | None = None) -> bool:
        """Whether the correct name is among the first `k`; `among` restricts the competing labels."""
        if not self.found or not self.known:
            return False
        return sum(among is None or label in among for label in self.ranked_above) < k


def predictor(classifier: Classifier, faces: FaceLocator) -> Evaluator:
    """The evaluator whose records contain the fields of a `Prediction`."""
    return lambda photo: predict(photo, classifier, faces)


def predict(photo: LabelledPhoto, classifier: Classifier, faces: FaceLocator) -> Record:
    """The fields of a `Prediction` that follow from the model.

    Raises:
        BrainError: codes 1, 3 and 4.
    """
    start = time.perf_counter()
    logits = classifier.forward_with_activations(read_face(photo.path, faces).pixels).logits
    record = judge_logits(logits, classifier, photo.excluded)
    record["seconds"] = round(time.perf_counter() - start, 4)
    if photo.label is not None:
        left_out = judge_logits(logits, classifier, photo.label)
        record["ranked_above"] = ranked_above(logits, photo.label)
        record["left_out_certainty"] = left_out["certainty"]
        record["left_out_verdict"] = left_out["verdict"]
    return record


def judge_logits(logits: Tensor, classifier: Classifier, excluded: int | None = None) -> Record:
    """Names, certainty and verdict as the explainer reports them.

    Args:
        logits: (K,).
        classifier: the network that gave the logits.
        excluded: a label that is left out.
    """
    kept = torch.arange(len(logits))
    if excluded is not None:
        kept = kept[kept != excluded]
    ranks, probabilities = top(logits[kept], CANDIDATES)
    isolation = float(isolation_of(kept[ranks[:1]], classifier, without=excluded)[0])
    certain = certainty(logits[kept], classifier.config, isolation=isolation)
    calibrated = classifier.config.open_set is not None
    return {
        "labels": kept[ranks].tolist(),
        "probabilities": probabilities,
        "certainty": certain,
        "verdict": str(judge(certain, probabilities[0], calibrated=calibrated)),
    }


def ranked_above(logits: Tensor, label: int) -> list[int]:
    """The labels with a greater logit than that of `label`; of equal logits, the first counts as greater."""
    before = torch.arange(len(logits)) < label
    above = (logits > logits[label]) | ((logits == logits[label]) & before)
    labels: list[int] = above.nonzero()[:, 0].tolist()
    return labels
