"""The report on explanations: Markdown, JSON and plots."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from brain.evaluation.explanation_metrics import MAPS, ExplanationMetrics
from brain.evaluation.explanation_plots import plot_fidelity, plot_randomization
from brain.evaluation.journal import Record
from brain.evaluation.markdown import Subject
from brain.evaluation.tables import percent, table

TITLES = {
    "cam": "class activation map",
    "evidence": "evidence",
    "random": "random",
    "inverted": "evidence, inverted",
    "centre": "dot in the centre",
}
REPORT = """\
### Explanations

Measured by `{command}`.
Model: {model.name} {model.version}, {model.identities:,} identities, weights sha256 `{model.sha256}`.

{sets}
"""
SECTION = """\
#### {name}: fidelity

{metrics.photos:,} photos of people whom the model knows{without_face}.

{areas}

Area under the curve of the named identity's probability, relative to the whole crop's, while a map's
brightest pixels are blurred out first (deletion, low is good) or restored first (insertion, high is good);
eleven steps.

The evidence map is better than all three maps that ignore the photo in deletion on {deletion} of the photos,
in insertion on {insertion}, in both on {both}.

![Deletion and insertion of each photo](fidelity_{name}.png)

#### {name}: reasons

{named} of the results name a reason ({sets} a set of features that decide only together). Of the
first-named reasons, {holds} cost more probability and more of the logit than each of three control regions
of equal area that the explanation had not used. On average {outside} of the evidence lies on no named
feature.

#### {name}: stability

{stability}

Spearman's rank correlation of the evidence map with the map it is compared with.

#### {name}: sanity

{sanity}

Mean cost of an explanation: {metrics.passes:.0f} forward passes.
Median time of an explanation on one thread: {metrics.seconds:.2f} s."""
SANITY = """\
{layers}

Mean rank correlation with the trained network's map on {photos} photos, weights randomised from the last
layer down.

![Rank correlation by layer](randomization_{name}.png)"""


def write(
    folder: Path,
    subject: Subject,
    metrics: Mapping[str, ExplanationMetrics],
    records: Mapping[str, Sequence[Record]],
) -> str:
    """Write `explanations.md`, `explanations.json` and the plots.

    Args:
        metrics, records: by name of the set.

    Returns:
        The Markdown.
    """
    text = markdown(subject, metrics)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "explanations.md").write_text(text, encoding="utf-8")
    document = {
        "command": subject.command,
        "model": subject.model.model_dump(),
        "sets": {name: asdict(own) for name, own in metrics.items()},
    }
    (folder / "explanations.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    for name, own in metrics.items():
        explained = [record for record in records[name] if "problem" not in record]
        plot_fidelity(explained, folder / f"fidelity_{name}.png")
        if own.randomized:
            plot_randomization(own, TITLES, folder / f"randomization_{name}.png")
    return text


def markdown(subject: Subject, metrics: Mapping[str, ExplanationMetrics]) -> str:
    """The report."""
    sets = "\n\n".join(section(name, own) for name, own in metrics.items())
    return REPORT.format(command=subject.command, model=subject.model, sets=sets)


def section(name: str, metrics: ExplanationMetrics) -> str:
    """The metrics of one set."""
    missing = metrics.without_face
    correlations = [
        ("re-encoded as JPEG of quality 60", metrics.jpeg),
        ("mirrored, the map mirrored back", metrics.mirrored),
        ("the second name instead of the first", metrics.other_label),
    ]
    return SECTION.format(
        name=name,
        metrics=metrics,
        without_face=f" (in {missing:,} more no face was found)" if missing else "",
        areas=table(
            ("map", "deletion", "insertion"),
            [(TITLES[role], *(f"{area:.3f}" for area in metrics.areas[role])) for role in MAPS],
        ),
        deletion=percent(metrics.win_rate.deletion),
        insertion=percent(metrics.win_rate.insertion),
        both=percent(metrics.win_rate.both),
        named=percent(metrics.reasons.named),
        sets=percent(metrics.reasons.sets),
        holds=percent(metrics.reasons.holds),
        outside=percent(metrics.outside),
        stability=table(
            ("the same photo", "mean", "10th percentile"),
            [(title, f"{each.mean:.3f}", f"{each.percentile_10:.3f}") for title, each in correlations],
        ),
        sanity=sanity(name, metrics),
    )


def sanity(name: str, metrics: ExplanationMetrics) -> str:
    """How similar the maps of randomised networks are."""
    if not metrics.randomized:
        return "Not measured."
    layers = table(
        ("randomised down to", TITLES["evidence"], TITLES["cam"]),
        [
            (layer, f"{correlation['evidence']:.3f}", f"{correlation['cam']:.3f}")
            for layer, correlation in metrics.randomized.items()
        ],
    )
    return SANITY.format(layers=layers, photos=metrics.randomized_photos, name=name)
