"""Writes the report as Markdown, ready for a model card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brain.core.results import Model, Verdict
from brain.evaluation.metrics import KNOWN, LEFT_OUT, UNKNOWN, SetMetrics
from brain.evaluation.pair_calibration import PairCalibrationMetrics
from brain.evaluation.set_section import section
from brain.evaluation.tables import percent, table
from brain.evaluation.verification import Verification

REPORT = """\
### Figures

Measured by `{command}`.
Model: {model.name} {model.version}, {model.identities:,} identities, weights sha256 `{model.sha256}`.
Every photo went through the whole pipeline, detector and crop included, in float32 on a CPU. A photo in which
no face is found counts as wrong.

{body}
"""
OVERVIEW = """\
{sets}

"Left out" are the photos of known people once more, with their own person taken out of the model, which
makes them photos of unknown people. "Named" are those with the verdict strong or weak."""
VERIFICATION = """\
#### Pairs

{table}

LFW's protocol: ten folds, for each the threshold that is best on the other nine; in brackets the standard
error of the mean. TAR is the share of matching pairs that are accepted where the given share of mismatched
ones is (FAR), over all pairs. The calibration error is that of the probability that a pair shows one person,
a logistic function of its similarity, fitted on the other nine folds.{without_face}

![Receiver operating characteristic of the pairs](verification.png)"""


@dataclass(frozen=True)
class Subject:
    """What was measured: the model, the command, and which sets contain only held-out photos."""

    model: Model
    command: str
    held_out: frozenset[str]


@dataclass(frozen=True)
class Report:
    """All metrics of an evaluation; `verification` and `pair_calibration` are None without pairs."""

    subject: Subject
    sets: Sequence[SetMetrics]
    verification: Verification | None = None
    pair_calibration: PairCalibrationMetrics | None = None


def markdown(report: Report) -> str:
    """The whole report."""
    parts = [overview(report.sets)] if report.sets else []
    if report.verification:
        parts.append(verification(report.verification, report.pair_calibration))
    parts += [section(metrics, metrics.name in report.subject.held_out) for metrics in report.sets]
    return REPORT.format(command=report.subject.command, model=report.subject.model, body="\n\n".join(parts))


def overview(sets: Sequence[SetMetrics]) -> str:
    """All sets side by side."""
    return OVERVIEW.format(sets=table(("", *(metrics.name for metrics in sets)), rows(sets)))


def rows(sets: Sequence[SetMetrics]) -> list[list[str]]:
    """One row per figure, one column per set; figures that no set has are left out."""
    figures = {
        "photos of known people": [f"{m.known_photos:,}" for m in sets],
        "photos of unknown people": [f"{m.unknown_photos:,}" for m in sets],
        "face found, known": [percent(m.found.get(KNOWN)) for m in sets],
        "face found, unknown": [percent(m.found.get(UNKNOWN)) for m in sets],
        "top-1": [percent(m.accuracies[0].top_1) if m.accuracies else "" for m in sets],
        "top-5": [percent(m.accuracies[0].top_5) if m.accuracies else "" for m in sets],
        "expected calibration error": [percent(m.calibration.error) if m.calibration else "" for m in sets],
        "known, named": [named(m, KNOWN) for m in sets],
        "known, called nobody": [share(m, KNOWN, Verdict.NOBODY) for m in sets],
        "unknown, named": [named(m, UNKNOWN) for m in sets],
        "left out, named": [named(m, LEFT_OUT) for m in sets],
        "AUROC, known against unknown": [f"{m.open_set.auroc:.3f}" if m.open_set else "" for m in sets],
        "AUROC, known against left out": [f"{m.left_out.auroc:.3f}" if m.left_out else "" for m in sets],
    }
    return [[title, *cells] for title, cells in figures.items() if any(cells)]


def named(metrics: SetMetrics, side: str) -> str:
    """The share of photos with the verdict strong or weak."""
    counts = metrics.verdicts.get(side)
    return "" if counts is None else percent(counts[Verdict.STRONG].share + counts[Verdict.WEAK].share)


def share(metrics: SetMetrics, side: str, verdict: Verdict) -> str:
    """The share of photos with a verdict."""
    counts = metrics.verdicts.get(side)
    return "" if counts is None else percent(counts[verdict].share)


def verification(measured: Verification, calibration: PairCalibrationMetrics | None) -> str:
    """Accuracy, true accept rates and calibration on pairs."""
    accuracy = f"{percent(measured.accuracy)} (± {100 * measured.standard_error:.2f})"
    rates = [percent(rate) for rate in measured.tar_at_far.values()]
    heads = ["pairs", "accuracy", *(f"TAR at FAR {100 * far:g} %" for far in measured.tar_at_far), "AUROC"]
    heads.append("calibration error")
    error = percent(calibration.measured.error) if calibration else ""
    missing = measured.without_face
    return VERIFICATION.format(
        table=table(heads, [[f"{measured.pairs:,}", accuracy, *rates, f"{measured.auroc:.4f}", error]]),
        without_face=f" No face was found in {missing:,} pairs; they count as mismatched." if missing else "",
    )
