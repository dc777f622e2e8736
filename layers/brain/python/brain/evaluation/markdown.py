"""The figures as Markdown, ready for a model card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from brain.core.results import Model
from brain.evaluation.calibration import Calibration
from brain.evaluation.figures import Figures, Person, Score, VerdictCount
from brain.evaluation.strangers import Known

HARDEST = 10

TEMPLATE = """\
### Figures

Measured by `{command}`: {photos}. {which}
Model: {model.name} {model.version}, {model.identities} identities, weights sha256 `{model.sha256}`.
Every photo went through the whole pipeline, detector and crop included, in float32 on a CPU; a photo in which
no face is found counts as wrong.

#### Names

{scores}

In brackets the 95 % confidence interval. "Answers among" is how many names the model chooses from.

#### Certainty

{calibration}

{known}

{verdicts}

"Right" is the share of these photos that are named rightly.

#### Detection and time

{detected} {problems}
Time per photo on one thread: {seconds.median:.3f} s (median); one in twenty takes longer than
{seconds.slowest_twentieth:.3f} s.

#### The hardest people

{people}
"""


@dataclass(frozen=True)
class Subject:
    """What was measured: the model, the command as it was given, and which photos."""

    model: Model
    command: str
    held_out: bool
    known_photos: int
    stranger_photos: int


def markdown(subject: Subject, figures: Figures) -> str:
    """The whole report."""
    photos = f"{subject.known_photos:,} photos of {len(figures.people):,} identities"
    if subject.stranger_photos:
        photos += f", {subject.stranger_photos:,} photos of people who are none"
    return TEMPLATE.format(
        command=subject.command,
        model=subject.model,
        photos=photos,
        which=HELD_OUT if subject.held_out else EVERY_PHOTO,
        scores=score_table(figures.scores),
        calibration=calibration_line(figures.calibration),
        known=known_line(figures.known),
        verdicts=verdict_table(figures.verdicts),
        detected=detection_line(figures.detected),
        problems=problem_line(figures.problems),
        seconds=figures.seconds,
        people=people_table(figures.people),
    )


HELD_OUT = (
    "Of each identity these are the last fifth of the photos by file name, of the others every tenth person; "
    "training sees none of them."
)
EVERY_PHOTO = (
    "These are all photos of the folder; where the model was trained on some of them, the figures flatter it."
)


def score_table(scores: Iterable[Score]) -> str:
    """Accuracy by group."""
    rows = [
        (
            one.title,
            f"{one.identities:,}",
            f"{one.among:,}",
            f"{one.photos:,}",
            f"{percent(one.top_1)} ({100 * one.interval[0]:.1f} to {100 * one.interval[1]:.1f})",
            percent(one.top_5),
            percent(one.top_1_by_person),
        )
        for one in scores
    ]
    heads = ("people", "identities", "answers among", "photos", "top-1", "top-5", "top-1, mean over people")
    return table(heads, rows)


def calibration_line(calibration: Calibration | None) -> str:
    """The calibration error in a sentence."""
    if calibration is None:
        return "No face was found, so the calibration was not measured."
    photos = sum(one.photos for one in calibration.bins)
    error = percent(calibration.error)
    return (
        f"Expected calibration error of the first probability: {error} "
        f"(ten bins, {photos:,} photos with a face)."
    )


def known_line(known: Known | None) -> str:
    """How well strangers are told apart, in a sentence."""
    if known is None:
        return "There were no photos of strangers, so whether the model tells them apart was not measured."
    return (
        f"Known or nobody it knows, by the reported certainty: AUROC {known.auroc:.3f} "
        f"({known.known:,} photos of identities against {known.strangers:,} of strangers, each with a face). "
        f"Where 95 % of the known pass, {percent(known.fpr_at_95_tpr)} of the strangers do."
    )


def verdict_table(verdicts: Mapping[str, Mapping[str, VerdictCount]]) -> str:
    """Shares of the verdicts for each side."""
    rows = []
    for side, counts in verdicts.items():
        for verdict, count in counts.items():
            right = "" if count.right is None else percent(count.right)
            rows.append((side, verdict, f"{count.photos:,}", percent(count.share), right))
    return table(("people", "verdict", "photos", "share", "right"), rows)


def detection_line(detected: Mapping[str, float]) -> str:
    """In how many photos a face was found."""
    shares = ", ".join(f"{percent(share)} ({side})" for side, share in detected.items())
    return f"A face was found in {shares} of the photos."


def problem_line(problems: Mapping[str, int]) -> str:
    """Why there was no answer."""
    if not problems:
        return ""
    return (
        "Without an answer: " + ", ".join(f"{count:,} {reason}" for reason, count in problems.items()) + "."
    )


def people_table(people: Sequence[Person]) -> str:
    """Those with the most wrong photos."""
    hardest = sorted(people, key=lambda one: (one.top_1 - one.photos, one.name))[:HARDEST]
    rows = [
        (one.name, f"{one.top_1} of {one.photos}", f"{one.top_5} of {one.photos}", one.mistaken_for)
        for one in hardest
        if one.top_1 < one.photos
    ]
    clean = sum(one.top_1 == one.photos for one in people)
    line = f"Of {len(people):,} identities {clean:,} are named rightly in every photo."
    if not rows:
        return line
    return f"{line} The most mistakes were made with:\n\n" + table(
        ("identity", "top-1", "top-5", "taken for"), rows
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows))


def percent(share: float) -> str:
    """A share with one decimal."""
    return f"{100 * share:.1f} %"
