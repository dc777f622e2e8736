"""`brain evaluate --enrol`: how well people are named who are enrolled from a few photos.

Some photos of each person are enrolled as in `brain people add`, and the others are named. This is repeated
with other photos enrolled. Each photo is also judged with its own person taken out, as a photo of somebody
whom neither gallery knows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
import torch
from torch import Tensor

from brain.core.person_names import display_name
from brain.core.results import Verdict
from brain.core.schema import PeopleSource
from brain.evaluation.accuracy import wilson
from brain.evaluation.crops import EvaluatorFactory
from brain.evaluation.embeddings import decode, embedder
from brain.evaluation.errors import EvaluationError
from brain.evaluation.fingerprint import run_fingerprint
from brain.evaluation.parallel import evaluate_photos
from brain.evaluation.photos import LabelledPhoto, unknown_photos
from brain.evaluation.plan import HINT_FOLDER, Plan, people_in
from brain.evaluation.run import detection, open_journal
from brain.evaluation.tables import percent, table
from brain.recognition.certainty import isolation_of, judge, open_set_log_odds
from brain.recognition.descriptor_network import DescriptorNetwork
from brain.recognition.enrolled import EnrolledPeople, EnrolledPhoto
from brain.recognition.model import LoadedModel, load_model
from brain.recognition.own_people import REPLACED, with_people

ROUNDS = 5
SOURCES: tuple[PeopleSource, ...] = ("both", "own")
Descriptors = Mapping[str, Sequence[np.ndarray]]


@dataclass(frozen=True)
class EnrolmentMetrics:
    """Figures for one source of people, over all rounds.

    Attributes:
        identities: how many people compete.
        photos: how many photos were judged; a photo counts once per round.
        top_1: the share of photos whose first name is correct, with its 95 % confidence interval (Wilson).
        named: the share with the correct name and the verdict strong or weak.
        left_out_nobody: the share with the verdict nobody once the photo's person is taken out.
        unknown_nobody: the share of photos of unknown people with the verdict nobody; None if there are none.
    """

    identities: int
    photos: int
    top_1: float
    interval: tuple[float, float]
    named: float
    left_out_nobody: float | None
    unknown_nobody: float | None


def evaluate_enrolment(plan: Plan, folder: Path, photos: int, unknown: Sequence[Path]) -> str:
    """Enrol, name and report.

    Args:
        plan: the model, and where the report goes.
        folder: one folder of photos per person.
        photos: how many photos of each person are enrolled; people who have no more photos are left out.
        unknown: folders with photos of people who are in neither gallery.

    Returns:
        The report as Markdown.

    Raises:
        EvaluationError: there is nobody to enrol, or the network has no gallery.
        BrainError: codes 2, 4 and 5, when the pipeline cannot work at all.
    """
    model = load_model(plan.model_folder)
    if not isinstance(model.network, DescriptorNetwork):
        raise EvaluationError("This network has no gallery.", "Choose one that has, such as dlib-resnet.")
    labelled = [
        LabelledPhoto(path, display_name(person), None)
        for person, paths in people_in(folder).items()
        for path in paths
    ]
    strangers = [photo for each in unknown for photo in unknown_photos(each, ())]
    journal = open_journal(plan, "embeddings", run_fingerprint(model, *detection(plan), people=False))
    factory = EvaluatorFactory(plan.settings, embedder)
    records = evaluate_photos([*labelled, *strangers], factory, journal, plan.processes, "embeddings")
    rows = [decode(record) for record in records]
    people: dict[str, list[np.ndarray]] = {}
    for photo, row in zip(labelled, rows, strict=False):
        if row is not None:
            people.setdefault(photo.person, []).append(row)
    chosen = {name: found for name, found in people.items() if len(found) > photos}
    if not chosen:
        raise EvaluationError(f"Nobody in {folder} has more than {photos} photos with a face.", HINT_FOLDER)
    others = [row for row in rows[len(labelled) :] if row is not None]
    metrics = {source: measure(model, chosen, others, photos, source) for source in SOURCES}
    return write(plan, photos, len(chosen), metrics)


def measure(
    model: LoadedModel,
    people: Descriptors,
    unknown: Sequence[np.ndarray],
    photos: int,
    source: PeopleSource,
) -> EnrolmentMetrics:
    """The figures for one source of people.

    Args:
        people: descriptors of each person's photos; more than are enrolled.
        unknown: descriptors of photos of people in neither gallery.
        photos: how many of each person are enrolled.
    """
    right: list[bool] = []
    named: list[bool] = []
    left_out: list[bool] = []
    strangers: list[bool] = []
    for number in range(ROUNDS):
        enrolled = {name: chosen(len(rows), photos, number) for name, rows in people.items()}
        extended = with_people(model, enrol(model, people, enrolled), source)
        for name, rows in people.items():
            label = extended.names.index(name, extended.embedded or 0)
            left = np.stack([row for index, row in enumerate(rows) if index not in enrolled[name]])
            labels, nobody = judge_photos(extended, left)
            right += [each == label for each in labels]
            named += [first == label and not unknown for first, unknown in zip(labels, nobody, strict=True)]
            left_out += judge_photos(extended, left, label)[1] if len(extended.names) > 1 else []
        strangers += judge_photos(extended, np.stack(unknown))[1] if unknown else []
    return EnrolmentMetrics(
        identities=len(extended.names),
        photos=len(right),
        top_1=fmean(right),
        interval=wilson(sum(right), len(right)),
        named=fmean(named),
        left_out_nobody=fmean(left_out) if left_out else None,
        unknown_nobody=fmean(strangers) if strangers else None,
    )


def chosen(count: int, photos: int, number: int) -> set[int]:
    """The photos of a person that are enrolled in a round: consecutive ones by file name."""
    return {(number * photos + index) % count for index in range(photos)}


def enrol(model: LoadedModel, people: Descriptors, enrolled: Mapping[str, set[int]]) -> EnrolledPeople:
    """The people who are enrolled in a round, with their descriptors."""
    photos = [
        EnrolledPhoto(name, f"{index:06d}", "", people[name][index])
        for name, indices in enrolled.items()
        for index in indices
    ]
    return EnrolledPeople.of(photos, model.sha256)


def judge_photos(
    model: LoadedModel, rows: np.ndarray, without: int | None = None
) -> tuple[list[int], list[bool]]:
    """The first label of each photo, and whether its verdict is nobody, as in an explanation.

    Args:
        rows: (n, D) descriptors.
        without: a label that is left out.
    """
    network = model.network
    assert isinstance(network, DescriptorNetwork)
    descriptors = torch.from_numpy(rows)
    with torch.no_grad():
        logits: Tensor = network.gallery(descriptors)  # (n, K)
    if without is not None:
        logits[:, without] = REPLACED
    probabilities = torch.softmax(logits.double(), 1).amax(1)
    certain = probabilities
    if network.config.open_set is not None:
        others = None
        if model.strangers is not None:
            weight, bias = model.strangers
            others = descriptors @ weight.T + bias
        isolation = isolation_of(logits.argmax(1), network, model.strangers, without)
        certain = torch.sigmoid(open_set_log_odds(logits, network.config.open_set, others, isolation))
    verdicts = [judge(*pair) for pair in zip(certain.tolist(), probabilities.tolist(), strict=True)]
    return logits.argmax(1).tolist(), [verdict == Verdict.NOBODY for verdict in verdicts]


def write(plan: Plan, photos: int, people: int, metrics: Mapping[PeopleSource, EnrolmentMetrics]) -> str:
    """Write `enrolment.json` and `enrolment.md`, and return the latter's text."""
    plan.out.mkdir(parents=True, exist_ok=True)
    document = {"command": plan.command, "people": people, "enrolled_photos": photos, "rounds": ROUNDS}
    document |= {source: asdict(each) for source, each in metrics.items()}
    (plan.out / "enrolment.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    report = markdown(plan, photos, people, metrics)
    (plan.out / "enrolment.md").write_text(report + "\n", encoding="utf-8")
    return report


def markdown(plan: Plan, photos: int, people: int, metrics: Mapping[PeopleSource, EnrolmentMetrics]) -> str:
    """The figures as a table."""
    columns = metrics.values()
    first = next(iter(columns))
    rows = [
        ["people who compete", *(f"{each.identities:,}" for each in columns)],
        ["top-1", *(interval(each) for each in columns)],
        ["correctly named", *(percent(each.named) for each in columns)],
        ["person left out: called nobody", *(percent(each.left_out_nobody) for each in columns)],
        ["unknown people: called nobody", *(percent(each.unknown_nobody) for each in columns)],
    ]
    lines = [
        f"Measured by `{plan.command}`.",
        f"{photos} photos each of {people:,} people were enrolled, and their other photos named: "
        f"{first.photos:,} judgements in {ROUNDS} rounds, each with other photos enrolled.",
        "",
        table(["", *metrics], rows),
        "",
        '"Correctly named" photos have the correct top-1 name and the verdict strong or weak.',
    ]
    return "\n".join(lines)


def interval(metrics: EnrolmentMetrics) -> str:
    """Top-1 accuracy with its confidence interval."""
    low, high = metrics.interval
    return f"{percent(metrics.top_1)} ({100 * low:.1f} to {100 * high:.1f})"
