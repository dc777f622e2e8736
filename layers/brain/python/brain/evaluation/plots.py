"""The two curves as PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from brain.evaluation.answers import Answer
from brain.evaluation.calibration import BINS, Calibration
from brain.evaluation.strangers import Known
from brain.recognition.certainty import KNOWN

BLUE, ORANGE, GREY = "#1f5fa8", "#d1661c", "#8a8a8a"
DOTS_PER_INCH = 150


def plot_calibration(calibration: Calibration, file: Path) -> None:
    """Reliability diagram, and below it how many photos each bin holds."""
    figure = Figure(figsize=(5, 5.8), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    bins = calibration.bins
    middles = [(one.low + one.high) / 2 for one in bins]
    upper.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="as right as it says")
    upper.bar(middles, [one.right for one in bins], 0.94 / BINS, color=BLUE, alpha=0.25)
    upper.plot(
        [one.probability for one in bins], [one.right for one in bins], "o-", color=BLUE, label="measured"
    )
    upper.set(
        title=f"Calibration: expected error {100 * calibration.error:.1f} %",
        ylabel="share of photos named rightly",
        xlim=(0, 1),
        ylim=(0, 1.02),
    )
    upper.legend(loc="upper left")
    lower.bar(middles, [one.photos for one in bins], 0.94 / BINS, color=BLUE)
    lower.set(xlabel="probability of the first name", ylabel="photos")
    _finish(figure, [upper, lower], file)


def plot_known(known: Known, answers: Sequence[Answer], file: Path) -> None:
    """Receiver operating characteristic, and the certainties that it is made of."""
    figure = Figure(figsize=(9.5, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot([0, 1], [0, 1], color=GREY, linestyle="--", label="guessing")
    left.plot(known.false_positive, known.true_positive, color=BLUE, label="certainty")
    left.set(
        title=f"Known or nobody it knows: AUROC {known.auroc:.3f}",
        xlabel="share of strangers taken for somebody known",
        ylabel="share of known people recognised as known",
        xlim=(-0.01, 1),
        ylim=(0, 1.01),
        aspect="equal",
    )
    left.legend(loc="lower right")
    sides = ((True, "known people", BLUE), (False, "strangers", ORANGE))
    for side, label, colour in sides:
        certain = [a.certainty for a in answers if a.found and a.known is side]
        weights = np.full(len(certain), 1 / len(certain))
        right.hist(certain, bins=20, range=(0, 1), weights=weights, color=colour, alpha=0.55, label=label)
    right.axvline(KNOWN, color=GREY, linestyle="--", label="verdict: nobody below this")
    right.set(title="Certainty", xlabel="certainty", ylabel="share of photos", xlim=(0, 1))
    right.legend(loc="upper center")
    _finish(figure, [left, right], file)


def _finish(figure: Figure, axes: list[Axes], file: Path) -> None:
    for one in axes:
        one.grid(color="#dddddd", linewidth=0.6)
        one.set_axisbelow(True)
        one.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=DOTS_PER_INCH, metadata={"Software": None})
