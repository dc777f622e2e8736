"""The report on recognisers side by side: Markdown, JSON and pictures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import cv2
from matplotlib.figure import Figure

from brain.core.settings import MIB
from brain.evaluation.disagreements import Answer, Disagreement, who_is_correct
from brain.evaluation.plan import Plan
from brain.evaluation.recognisers import Measured, Shown
from brain.evaluation.tables import percent, table

REPORT = """\
### Recognisers side by side

Measured by `{command}`.

{figures}

"Left out" are the photos of known people with their own person taken out of the model. Deletion and insertion
are those of the evidence map, on the photos that were explained; low and high are good. Time and memory are
those of one thread, of naming an aligned face.

#### Where they disagree

{disagreements}
"""
DOTS_PER_INCH = 110
PICTURE = 320


def write(
    plan: Plan,
    measured: Sequence[Measured],
    found: Sequence[Disagreement],
    common: int,
    shown: Sequence[Shown],
) -> str:
    """Write `models.md`, `models.json` and a picture for each disagreement that is shown.

    Args:
        found: all disagreements.
        common: how many photos show people whom all recognisers know.

    Returns:
        The Markdown.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    for old in plan.out.glob("disagreement_*.png"):
        old.unlink()
    for number, each in enumerate(shown, start=1):
        draw(each, plan.out / f"disagreement_{number}.png")
    text = REPORT.format(
        command=plan.command,
        figures=table(("", *(each.model for each in measured)), rows(measured)),
        disagreements=disagreements(found, common, shown),
    )
    (plan.out / "models.md").write_text(text, encoding="utf-8")
    document = {
        "command": plan.command,
        "models": {each.model: figures(each) for each in measured},
        "photos": common,
        "disagreements": [asdict(each) for each in found],
    }
    text_of = json.dumps(document, indent=2, ensure_ascii=False)
    (plan.out / "models.json").write_text(text_of + "\n", encoding="utf-8")
    return text


def figures(measured: Measured) -> dict[str, object]:
    """The figures of one recogniser that its own report does not contain."""
    return {
        "model": measured.report.subject.model.model_dump(),
        "footprint": asdict(measured.footprint),
        "top_1": {each.name: each.accuracies[0].top_1 for each in measured.report.sets if each.accuracies},
        "pairs": measured.report.verification.accuracy if measured.report.verification else None,
        "explanations": {name: asdict(each) for name, each in measured.explanations.items()},
    }


def rows(measured: Sequence[Measured]) -> list[list[str]]:
    """One row per figure and one column per recogniser, without figures that none of them has."""
    found: dict[str, list[str]] = {}
    for each in measured:
        for title, cell in cells(each).items():
            found.setdefault(title, []).append(cell)
    return [[title, *row] for title, row in found.items() if any(row)]


def cells(measured: Measured) -> dict[str, str]:
    """The figures of one recogniser by title."""
    cost, found = measured.footprint, {}
    for metrics in measured.report.sets:
        name, accuracy = metrics.name, metrics.accuracies[0] if metrics.accuracies else None
        found[f"{name}: photos of known people"] = f"{metrics.known_photos:,}"
        found[f"{name}: face found"] = percent(metrics.found.get("known"))
        found[f"{name}: top-1"] = percent(accuracy.top_1) if accuracy else ""
        found[f"{name}: top-5"] = percent(accuracy.top_5) if accuracy else ""
        error = metrics.calibration.error if metrics.calibration else None
        found[f"{name}: expected calibration error"] = percent(error)
        found[f"{name}: AUROC, known against left out"] = (
            f"{metrics.left_out.auroc:.3f}" if metrics.left_out else ""
        )
    pairs = measured.report.verification
    found["pairs: accuracy"] = percent(pairs.accuracy) if pairs else ""
    found["pairs: AUROC"] = f"{pairs.auroc:.4f}" if pairs else ""
    for name, explained in measured.explanations.items():
        deletion, insertion = explained.areas["evidence"]
        found[f"{name}: photos explained"] = f"{explained.photos:,}"
        found[f"{name}: deletion, insertion"] = f"{deletion:.3f}, {insertion:.3f}"
        found[f"{name}: evidence beats all baselines"] = percent(explained.win_rate.both)
        found[f"{name}: a reason is named"] = percent(explained.reasons.named)
        found[f"{name}: reasons that hold"] = percent(explained.reasons.holds)
        found[f"{name}: forward passes of an explanation"] = f"{explained.passes:.0f}"
        found[f"{name}: seconds of an explanation"] = f"{explained.seconds:.2f}"
    found["parameters"] = f"{cost.parameters:,}"
    found["weights"] = f"{cost.bytes / MIB:.1f} MiB"
    found["naming an aligned face"] = f"{1000 * cost.name_seconds:.0f} ms"
    found["memory"] = f"{cost.peak_bytes / MIB:.0f} MiB"
    return found


def disagreements(found: Sequence[Disagreement], common: int, shown: Sequence[Shown]) -> str:
    """How often recognisers disagree, which of them are correct, and some examples with reasons."""
    if not common:
        return "No photo shows somebody whom they all know."
    if not found:
        return f"They name all {common:,} photos of people whom they all know alike."
    share = percent(len(found) / common)
    counts = [
        (", ".join(who) or "none of them", f"{count:,}") for who, count in who_is_correct(found).items()
    ]
    parts = [
        f"Of {common:,} photos of people whom they all know, {len(found):,} ({share}) get different names.",
        table(("correct", "photos"), counts),
    ]
    parts += [example(number, each) for number, each in enumerate(shown, start=1)]
    return "\n\n".join(parts)


def example(number: int, shown: Shown) -> str:
    """One photo: the person in it, and each recogniser's answer and reasons."""
    lines = [f"**{number}. {shown.disagreement.person}** (`{Path(shown.disagreement.path).name}`)", ""]
    for model, answer in shown.disagreement.answers.items():
        explained = shown.explained[model]
        reasons = "; ".join(explained.reasons) if explained else ""
        lines.append(
            f"- {model}: {says(answer)}. {f'Without {reasons}.' if reasons else 'No single reason.'}"
        )
    lines += ["", f"![The evidence of each recogniser](disagreement_{number}.png)"]
    return "\n".join(lines)


def says(answer: Answer) -> str:
    """A short form of an answer."""
    return f"{answer.name} ({percent(answer.probability)}, {'correct' if answer.correct else 'wrong'})"


def draw(shown: Shown, file: Path) -> None:
    """The evidence maps of all recognisers side by side, each over the recogniser's own crop."""
    count = len(shown.explained)
    figure = Figure(figsize=(3.2 * count, 3.9), layout="constrained")
    axes = figure.subplots(1, count, squeeze=False)[0]
    figure.suptitle(shown.disagreement.person)
    for place, (model, explained) in zip(axes, shown.explained.items(), strict=True):
        place.set_axis_off()
        place.set_title(f"{model}\n{says(shown.disagreement.answers[model])}", fontsize=9)
        if explained is not None:
            resized = cv2.resize(explained.picture, (PICTURE, PICTURE), interpolation=cv2.INTER_AREA)
            place.imshow(cv2.cvtColor(resized, cv2.COLOR_BGR2RGB))
    figure.savefig(file, dpi=DOTS_PER_INCH)
