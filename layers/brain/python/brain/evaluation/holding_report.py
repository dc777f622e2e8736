"""How well explanations hold, as Markdown, as JSON and as plots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from brain.evaluation.holding import BASELINES, MAPS, ExplanationMetrics
from brain.evaluation.journal import Record
from brain.evaluation.markdown import percent, table
from brain.evaluation.plots import BLUE, DOTS_PER_INCH, GREY, ORANGE
from brain.evaluation.report import Subject

TITLES = {
    "cam": "class activation map",
    "evidence": "evidence, measured",
    "random": "random",
    "inverted": "evidence, inverted",
    "centre": "a dot in the middle",
}
TEMPLATE = """\
### Do the explanations hold?

Measured by `{command}`: {figures.photos:,} photos of people whom the model knows{problems}.
Model: {model.name} {model.version}, {model.identities} identities, weights sha256 `{model.sha256}`.

#### Fidelity

{areas}

Area under the curve of the named identity's probability, relative to the whole crop's, while a map's
brightest pixels are blurred away (deletion, low is good) or come back first (insertion, high is good); eleven
steps.

The evidence map is better than all three maps that know nothing in deletion on {lower} of the photos, in
insertion on {higher}, in both on {both}.

![Each photo's figures, evidence against the dot in the middle](fidelity.png)

#### Reasons

{named} of the results name something that the name depends on ({whole} all features together). Of the
first-named reasons {holds} cost more probability and more of the logit than each of three control regions of
equal area that the explanation had not seen. {outside} of the evidence lies on no named feature, on average.

#### Stability

{stability}

Spearman's rank correlation of the evidence map with the map that it is compared with.

#### Sanity

{sanity}

Median time of one explanation on one thread: {figures.seconds:.2f} s.
"""

SANITY = """\
{layers}

Mean rank correlation with the trained network's own map on {photos} photos, weights randomised from the last
layer down.

![What is left of the maps](sanity.png)"""


def write(out: Path, subject: Subject, figures: ExplanationMetrics, records: Sequence[Record]) -> str:
    """Write `explanations.md`, `explanations.json` and the plots; returns the Markdown."""
    text = markdown(subject, figures)
    out.mkdir(parents=True, exist_ok=True)
    (out / "explanations.md").write_text(text, encoding="utf-8")
    known = {"command": subject.command, "model": subject.model.model_dump(), **asdict(figures)}
    (out / "explanations.json").write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    plot_fidelity([record for record in records if "problem" not in record], out / "fidelity.png")
    if figures.randomised:
        plot_sanity(figures, out / "sanity.png")
    return text


def markdown(subject: Subject, figures: ExplanationMetrics) -> str:
    """The report."""
    missing = figures.without_answer
    rows = [
        ("re-encoded as JPEG of quality 60", figures.jpeg),
        ("mirrored, the map mirrored back", figures.mirrored),
        ("of the second name instead of the first", figures.other_label),
    ]
    return TEMPLATE.format(
        command=subject.command,
        model=subject.model,
        figures=figures,
        problems=f" ({missing:,} more had no face that was found)" if missing else "",
        areas=table(
            ("map", "deletion", "insertion"),
            [(TITLES[role], *(f"{value:.3f}" for value in figures.areas[role])) for role in MAPS],
        ),
        lower=percent(figures.beats.deletion),
        higher=percent(figures.beats.insertion),
        both=percent(figures.beats.both),
        named=percent(figures.reasons.named),
        whole=percent(figures.reasons.whole),
        holds=percent(figures.reasons.holds),
        outside=percent(figures.outside),
        stability=table(
            ("the same photo", "mean", "one in ten is below"),
            [(title, f"{one.mean:.3f}", f"{one.low:.3f}") for title, one in rows],
        ),
        sanity=sanity(figures),
    )


def sanity(figures: ExplanationMetrics) -> str:
    """What is left of the maps when the weights are randomised from the last layer down."""
    if not figures.randomised:
        return "Not measured."
    layers = table(
        ("randomised down to", TITLES["evidence"], TITLES["cam"]),
        [
            (layer, f"{left['evidence']:.3f}", f"{left['cam']:.3f}")
            for layer, left in figures.randomised.items()
        ],
    )
    return SANITY.format(layers=layers, photos=figures.sanity_photos)


def plot_fidelity(answered: Sequence[Record], file: Path) -> None:
    """Deletion and insertion of every photo: the evidence map against the hardest baseline, and all means."""
    figure = Figure(figsize=(9.5, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, name, better in ((left, "deletion", "below"), (right, "insertion", "above")):
        pick = min if name == "deletion" else max
        hardest = [pick(record["areas"][one][name] for one in BASELINES) for record in answered]
        own = [record["areas"]["evidence"][name] for record in answered]
        axes.plot([0, 1], [0, 1], color=GREY, linestyle="--")
        axes.scatter(hardest, own, s=14, color=BLUE, alpha=0.5)
        axes.set(
            title=f"{name}: good {better} the line",
            xlabel="best of the three that know nothing",
            ylabel="evidence map",
            xlim=(0, 1),
            ylim=(0, 1),
            aspect="equal",
        )
    figure.savefig(file, dpi=DOTS_PER_INCH, metadata={"Software": None})


def plot_sanity(figures: ExplanationMetrics, file: Path) -> None:
    """The correlation that is left, layer by layer."""
    figure = Figure(figsize=(6.4, 4), layout="constrained")
    axes = figure.subplots()
    layers = ["trained", *figures.randomised]
    for role, colour in (("evidence", BLUE), ("cam", ORANGE)):
        left = [1.0, *(one[role] for one in figures.randomised.values())]
        axes.plot(np.arange(len(layers)), left, "o-", color=colour, label=TITLES[role])
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_xticks(np.arange(len(layers)), layers, rotation=45, ha="right")
    axes.set(title="Weights randomised from the last layer down", ylabel="rank correlation", ylim=(-1, 1.05))
    axes.legend()
    figure.savefig(file, dpi=DOTS_PER_INCH, metadata={"Software": None})
