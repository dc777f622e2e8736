"""The plots of a report on explanations, as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from brain.evaluation.explanation_metrics import BASELINES, ExplanationMetrics
from brain.evaluation.journal import Record
from brain.evaluation.plots import BLUE, DOTS_PER_INCH, GREY, ORANGE


def plot_fidelity(explained: Sequence[Record], file: Path) -> None:
    """Plot deletion and insertion of each photo: the evidence map against the best baseline."""
    figure = Figure(figsize=(9.5, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, curve, better in ((left, "deletion", "below"), (right, "insertion", "above")):
        pick = min if curve == "deletion" else max
        baseline = [pick(record["areas"][role][curve] for role in BASELINES) for record in explained]
        evidence = [record["areas"]["evidence"][curve] for record in explained]
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="--")
        axes.scatter(baseline, evidence, s=14, color=BLUE, alpha=0.5)
        axes.set(
            title=f"{curve}: good {better} the line",
            xlabel="best of the three baselines",
            ylabel="evidence map",
            xlim=(0, 1),
            ylim=(0, 1),
            aspect="equal",
        )
    figure.savefig(file, dpi=DOTS_PER_INCH, metadata={"Software": None})


def plot_randomization(metrics: ExplanationMetrics, titles: Mapping[str, str], file: Path) -> None:
    """Plot the rank correlation with the original map, layer by layer."""
    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.subplots()
    layers = ["trained", *metrics.randomized]
    for role, colour in (("evidence", BLUE), ("cam", ORANGE)):
        correlations = [1.0, *(layer[role] for layer in metrics.randomized.values())]
        axes.plot(np.arange(len(layers)), correlations, "o-", color=colour, label=titles[role])
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_xticks(np.arange(len(layers)), layers, rotation=45, ha="right")
    axes.set(title="Weights randomised from the last layer down", ylabel="rank correlation", ylim=(-1, 1.05))
    axes.legend()
    figure.savefig(file, dpi=DOTS_PER_INCH, metadata={"Software": None})
