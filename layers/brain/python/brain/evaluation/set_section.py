"""The section of a report on one set of photos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from brain.evaluation.accuracy import Accuracy
from brain.evaluation.calibration import Calibration
from brain.evaluation.metrics import Latency, PersonMetrics, SetMetrics, VerdictCount
from brain.evaluation.open_set import OpenSetRoc
from brain.evaluation.tables import percent, table

HARDEST = 10
SECTION = """\
#### {name}: names

{photos}. {which}

{accuracies}

In brackets the 95 % confidence interval. "Among" is the number of identities that compete.

#### {name}: certainty

{calibration}

{open_set}

{verdicts}

"Correct" is the share of these photos whose top-1 name is correct.

#### {name}: detection and time

{found}
{latency}

#### {name}: the hardest people

{people}"""
HELD_OUT = (
    "These are the last fifth of each identity's photos by file name (at least one, but never the only one), "
    "and every tenth of the other people; "
    "training and gallery use none of them."
)
ALL_PHOTOS = (
    "These are all photos of the folder; if the model was made from some of them, the figures flatter it."
)


def section(metrics: SetMetrics, held_out: bool) -> str:
    """The section of a set."""
    photos = f"{metrics.known_photos:,} photos of {len(metrics.people):,} identities"
    if metrics.unknown_photos:
        photos += f", {metrics.unknown_photos:,} photos of unknown people"
    return SECTION.format(
        name=metrics.name,
        photos=photos,
        which=HELD_OUT if held_out else ALL_PHOTOS,
        accuracies=accuracy_table(metrics.accuracies),
        calibration=calibration_line(metrics.calibration),
        open_set=open_set_lines(metrics.open_set, metrics.left_out),
        verdicts=verdict_table(metrics.verdicts),
        found=detection_line(metrics.found, metrics.problems),
        latency=latency_line(metrics.latency),
        people=people_table(metrics.people),
    )


def accuracy_table(accuracies: Iterable[Accuracy]) -> str:
    """Accuracy by group."""
    rows = [
        (
            group.title,
            f"{group.identities:,}",
            f"{group.among:,}",
            f"{group.photos:,}",
            f"{percent(group.top_1)} ({100 * group.interval[0]:.1f} to {100 * group.interval[1]:.1f})",
            percent(group.top_5),
            percent(group.top_1_by_person),
        )
        for group in accuracies
    ]
    return table(
        ("people", "identities", "among", "photos", "top-1", "top-5", "top-1, mean over people"), rows
    )


def calibration_line(calibration: Calibration | None) -> str:
    """The calibration error in a sentence."""
    if calibration is None:
        return "No face of a known person was found, so the calibration was not measured."
    return (
        f"Expected calibration error of the top-1 probability: {percent(calibration.error)} "
        f"(ten bins, {calibration.photos:,} photos with a face)."
    )


def open_set_lines(open_set: OpenSetRoc | None, left_out: OpenSetRoc | None) -> str:
    """Lines on how well known people are told from unknown ones."""
    lines = []
    if open_set is None:
        lines.append("There were no photos of unknown people, so known against unknown was not measured.")
    else:
        lines.append(f"Known against unknown people, by certainty: {roc_line(open_set, 'unknown')}")
    if left_out is not None:
        lines.append(f"Known people against the same people left out: {roc_line(left_out, 'left-out')}")
    return "\n".join(lines)


def roc_line(measured: OpenSetRoc, negatives: str) -> str:
    """The area under a curve, and one point of it."""
    return (
        f"AUROC {measured.auroc:.3f} ({measured.known:,} against {measured.unknown:,} photos with a face). "
        f"Where 95 % of the known are accepted, {percent(measured.fpr_at_95_tpr)} of the {negatives} are."
    )


def verdict_table(verdicts: Mapping[str, Mapping[str, VerdictCount]]) -> str:
    """The shares of the verdicts for known, unknown and left-out people."""
    rows = [
        (side, verdict, f"{count.photos:,}", percent(count.share), percent(count.accuracy))
        for side, counts in verdicts.items()
        for verdict, count in counts.items()
    ]
    return table(("people", "verdict", "photos", "share", "correct"), rows)


def detection_line(found: Mapping[str, float], problems: Mapping[str, int]) -> str:
    """How many photos have a detected face, and why there was no prediction for others."""
    shares = ", ".join(f"{percent(share)} ({side})" for side, share in found.items())
    return f"A face was found in {shares} of the photos. {problem_line(problems)}".strip()


def problem_line(problems: Mapping[str, int]) -> str:
    """A sentence on why there was no prediction."""
    if not problems:
        return ""
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in problems.items())
    return f"Without a prediction: {reasons}."


def latency_line(latency: Latency | None) -> str:
    """The time per photo."""
    if latency is None:
        return "The time per photo was not measured."
    return (
        f"Time per photo on one thread: {latency.median:.3f} s (median), "
        f"{latency.percentile_95:.3f} s (95th percentile)."
    )


def people_table(people: Sequence[PersonMetrics]) -> str:
    """The identities with the most wrong photos."""
    perfect = sum(person.top_1 == person.photos for person in people)
    line = f"Of {len(people):,} identities, {perfect:,} have the correct top-1 name in every photo."
    hardest = sorted(people, key=lambda person: (person.top_1 - person.photos, person.name))[:HARDEST]
    rows = [
        (
            person.name,
            f"{person.top_1} of {person.photos}",
            f"{person.top_5} of {person.photos}",
            person.mistaken_for,
        )
        for person in hardest
        if person.top_1 < person.photos
    ]
    if not rows:
        return line
    return f"{line} The most errors:\n\n{table(('identity', 'top-1', 'top-5', 'mistaken for'), rows)}"
