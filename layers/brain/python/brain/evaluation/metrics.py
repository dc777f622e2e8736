"""Computes the metrics of a set of photos from the predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from brain.core.results import Verdict
from brain.evaluation.accuracy import Accuracy, Group, accuracy, by_label
from brain.evaluation.calibration import Calibration, calibrate
from brain.evaluation.open_set import OpenSetRoc, open_set_roc
from brain.evaluation.predictions import Prediction

NO_PREDICTION = "no prediction"
KNOWN, UNKNOWN, LEFT_OUT = "known", "unknown", "known, left out"


@dataclass(frozen=True)
class PersonMetrics:
    """Metrics of the photos of one identity.

    Attributes:
        photos, found: how many photos there are, and in how many a face was detected.
        top_1, top_5: how many have the correct name first, or among the first five.
        probability: mean top-1 probability; 0 if no face was found.
        mistaken_for: the most frequent wrong name.
    """

    name: str
    photos: int
    found: int
    top_1: int
    top_5: int
    probability: float
    mistaken_for: str


@dataclass(frozen=True)
class VerdictCount:
    """The photos with one verdict; `accuracy` is their top-1 accuracy, None for unknown people."""

    photos: int
    share: float
    accuracy: float | None


@dataclass(frozen=True)
class Latency:
    """Seconds per photo on one thread, from the file's bytes to the prediction."""

    median: float
    percentile_95: float


@dataclass(frozen=True)
class SetMetrics:
    """Everything that is measured on one set of photos.

    Attributes:
        accuracies: by group of identities, all identities first.
        open_set: known against unknown people; None if there are no unknown people.
        left_out: known people against the same people, with each photo's own person taken out of the model.
        verdicts: counts by verdict or "no prediction": for known people, for unknown people, and for known
            people who are taken out.
        found: the share of photos with a detected face, for known and unknown people.
        problems: how many photos have no prediction, by reason.
    """

    name: str
    accuracies: tuple[Accuracy, ...]
    calibration: Calibration | None
    open_set: OpenSetRoc | None
    left_out: OpenSetRoc | None
    verdicts: Mapping[str, Mapping[str, VerdictCount]]
    found: Mapping[str, float]
    problems: Mapping[str, int]
    latency: Latency | None
    people: tuple[PersonMetrics, ...]

    @property
    def known_photos(self) -> int:
        """The number of photos of known people."""
        return sum(person.photos for person in self.people)

    @property
    def unknown_photos(self) -> int:
        """The number of photos of unknown people."""
        return sum(count.photos for count in self.verdicts.get(UNKNOWN, {}).values())


def set_metrics(
    name: str, predictions: Sequence[Prediction], names: Sequence[str], groups: Iterable[Group]
) -> SetMetrics:
    """Summarise the predictions for a set of photos.

    Args:
        name: name of the set.
        predictions: of known and unknown people, at least one.
        names: the model's identities in label order.
        groups: groups of identities; those without a photo are left out.
    """
    known = [p for p in predictions if p.known]
    unknown = [p for p in predictions if not p.known]
    found = [p for p in known if p.found]
    certain = [p.certainty for p in found]
    sides = {side: photos for side, photos in ((KNOWN, known), (UNKNOWN, unknown)) if photos}
    verdicts = {side: count_verdicts([p.verdict for p in photos], photos) for side, photos in sides.items()}
    if known:
        verdicts[LEFT_OUT] = count_verdicts([p.left_out_verdict for p in known], ())
    return SetMetrics(
        name=name,
        accuracies=tuple(a for group in groups if (a := accuracy(known, group, len(names)))),
        calibration=calibrate([p.probabilities[0] for p in found], [p.correct() for p in found]),
        open_set=open_set_roc(certain, [p.certainty for p in unknown if p.found]),
        left_out=open_set_roc(
            certain, [p.left_out_certainty for p in found if p.left_out_certainty is not None]
        ),
        verdicts=verdicts,
        found={side: fmean(p.found for p in photos) for side, photos in sides.items()},
        problems=dict(sorted(Counter(p.problem for p in predictions if p.problem).items())),
        latency=latency(predictions),
        people=tuple(by_person(known, names)),
    )


def count_verdicts(
    verdicts: Sequence[str | None], predictions: Collection[Prediction]
) -> dict[str, VerdictCount]:
    """Counts of the three verdicts and of photos without a prediction, in this order.

    Args:
        verdicts: verdict of each photo; None if no face was found.
        predictions: predictions for the same photos, if accuracy by verdict makes sense; else empty.
    """
    counts = {}
    for verdict in (*Verdict, NO_PREDICTION):
        photos = sum((each or NO_PREDICTION) == verdict for each in verdicts)
        named = [p.correct() for p in predictions if (p.verdict or NO_PREDICTION) == verdict and p.known]
        counts[str(verdict)] = VerdictCount(photos, photos / len(verdicts), fmean(named) if named else None)
    return counts


def latency(predictions: Iterable[Prediction]) -> Latency | None:
    """Latency of the photos with a detected face; None if there are none."""
    seconds = [p.seconds for p in predictions if p.seconds is not None]
    if not seconds:
        return None
    return Latency(float(np.median(seconds)), float(np.quantile(seconds, 0.95)))


def by_person(known: Sequence[Prediction], names: Sequence[str]) -> Iterable[PersonMetrics]:
    """The metrics of each identity, in label order."""
    for label, own in sorted(by_label(known).items()):
        wrong = Counter(names[p.labels[0]] for p in own if p.found and not p.correct())
        yield PersonMetrics(
            name=names[label],
            photos=len(own),
            found=sum(p.found for p in own),
            top_1=sum(p.correct() for p in own),
            top_5=sum(p.correct(5) for p in own),
            probability=fmean(p.probabilities[0] if p.found else 0.0 for p in own),
            mistaken_for=min(wrong, key=lambda name: (-wrong[name], name)) if wrong else "",
        )
