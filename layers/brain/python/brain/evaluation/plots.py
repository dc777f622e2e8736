"""The curves of a report as PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brain.evaluation.calibration import BINS, Calibration
from brain.evaluation.metrics import SetMetrics
from brain.evaluation.open_set import OpenSetRoc
from brain.evaluation.predictions import Prediction
from brain.evaluation.verification import Verification
from brain.recognition.certainty import KNOWN

BLUE, ORANGE, GREY = "#1f5fa8", "#d1661c", "#8a8a8a"
DOTS_PER_INCH = 150


def plot_calibration(calibration: Calibration, file: Path) -> None:
    """Reliability diagram, and the number of photos in each bin."""
    figure = Figure(figsize=(5, 5.8), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    bins = calibration.bins
    centres = [(each.low + each.high) / 2 for each in bins]
    upper.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="perfectly calibrated")
    upper.bar(centres, [each.accuracy for each in bins], 0.94 / BINS, color=BLUE, alpha=0.25)
    upper.plot(
        [each.confidence for each in bins],
        [each.accuracy for each in bins],
        "o-",
        color=BLUE,
        label="measured",
    )
    upper.set(
        title=f"Expected calibration error {100 * calibration.error:.1f} %",
        ylabel="top-1 accuracy",
        xlim=(0, 1),
        ylim=(0, 1.02),
    )
    upper.legend(loc="upper left")
    lower.bar(centres, [each.photos for each in bins], 0.94 / BINS, color=BLUE)
    lower.set(xlabel="top-1 probability", ylabel="photos")
    save(figure, [upper, lower], file)


def plot_open_set(metrics: SetMetrics, predictions: Sequence[Prediction], file: Path) -> None:
    """Receiver operating characteristics, and the distributions of the certainty."""
    figure = Figure(figsize=(9.5, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="chance")
    for roc, label, colour in (
        (metrics.open_set, "known against unknown", BLUE),
        (metrics.left_out, "known against left out", ORANGE),
    ):
        if roc is not None:
            plot_roc(left, roc, f"{label}, AUROC {roc.auroc:.3f}", colour)
    left.set(
        title="Known or unknown", xlabel="share accepted of the others", ylabel="share accepted of the known"
    )
    left.legend(loc="lower right")
    found = [p for p in predictions if p.found]
    distributions = (
        ("known", BLUE, [p.certainty for p in found if p.known]),
        ("unknown", GREY, [p.certainty for p in found if not p.known]),
        ("left out", ORANGE, [p.left_out_certainty for p in found if p.left_out_certainty is not None]),
    )
    for label, colour, values in distributions:
        if values:
            weights = np.full(len(values), 1 / len(values))
            right.hist(values, bins=20, range=(0, 1), weights=weights, color=colour, alpha=0.5, label=label)
    right.axvline(KNOWN, color="black", linestyle="--", label="verdict: nobody below this")
    right.set(title="Certainty", xlabel="certainty", ylabel="share of photos", xlim=(0, 1))
    right.legend(loc="upper center")
    save(figure, [left, right], file)


def plot_verification(measured: Verification, file: Path) -> None:
    """Receiver operating characteristic of pairs."""
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot(measured.false_accept_rate, measured.true_accept_rate, color=BLUE)
    axes.set(
        title=f"Pairs: accuracy {100 * measured.accuracy:.1f} %, AUROC {measured.auroc:.4f}",
        xlabel="false accept rate",
        ylabel="true accept rate",
        xlim=(-0.01, 1),
        ylim=(0, 1.01),
    )
    save(figure, [axes], file)


def plot_roc(axes: Axes, roc: OpenSetRoc, label: str, colour: str) -> None:
    """One curve."""
    axes.plot(roc.false_positive_rate, roc.true_positive_rate, color=colour, label=label)
    axes.set(xlim=(-0.01, 1), ylim=(0, 1.01), aspect="equal")


def save(figure: Figure, axes: Sequence[Axes], file: Path) -> None:
    """Add a grid and write the file."""
    for each in axes:
        each.grid(color="#dddddd", linewidth=0.6)
        each.set_axisbelow(True)
        each.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=DOTS_PER_INCH, metadata={"Software": None})
