"""The composition: choose the photos, ask, sum up, write."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from brain.core.settings import Settings
from brain.evaluation import report
from brain.evaluation.answers import Answer, fingerprint, open_examiner
from brain.evaluation.errors import EvaluationError
from brain.evaluation.figures import Figures, figures
from brain.evaluation.groups import read_groups
from brain.evaluation.journal import Journal
from brain.evaluation.loop import ask_all
from brain.evaluation.markdown import Subject, markdown
from brain.evaluation.photos import Question, count_photos, list_people, questions, strangers_in
from brain.evaluation.scores import built_in_groups
from brain.pipeline.explainer import describe_model
from brain.recognition.model import LoadedModel, load_model

HINT_EXTRA = "Install what evaluation needs: pip install 'brain-faces[explain,evaluate]'"
HINT_FOLDER = (
    "Give a folder that holds one folder of photos per person, named as in names.txt (Ada_Lovelace)."
)


@dataclass(frozen=True)
class Plan:
    """What is to be evaluated.

    Attributes:
        settings: whose `model` of `models_dir` is evaluated.
        directory: a folder per person.
        held_out: only the photos that training keeps apart.
        unknown: a folder of more strangers, in folders or not.
        out: where everything is written.
        processes: how many run at once.
        fresh: forget what an earlier run answered.
        command: how the report says it was made.
    """

    settings: Settings
    directory: Path
    out: Path
    held_out: bool = False
    unknown: Path | None = None
    processes: int = 1
    fresh: bool = False
    command: str = "brain evaluate"


def evaluate(plan: Plan) -> str:
    """Ask every photo, write all files of the report and return it as Markdown.

    Raises:
        EvaluationError: nothing to evaluate, or a library is missing.
        BrainError: codes 2, 4 and 5, when the pipeline cannot work at all.
    """
    require_libraries()
    folder = plan.settings.models_dir / plan.settings.model
    model = load_model(folder)
    people = people_in(plan.directory)
    groups = built_in_groups(count_photos(people, model.names), len(model.names))
    groups += read_groups(folder / "groups.json", model.names)
    asked = choose(plan, people, model.names)
    answers = ask(plan, model, asked)
    sums = figures(answers, model.names, groups)
    known = sum(answer.known for answer in answers)
    subject = describe(plan, model, known, len(answers) - known)
    report.write(plan.out, subject, sums)
    draw(sums, answers, plan.out)
    return markdown(subject, sums)


def require_libraries() -> None:
    """Complain before the work, not after it.

    Raises:
        EvaluationError: tqdm or matplotlib is not installed.
    """
    missing = [name for name in ("tqdm", "matplotlib") if importlib.util.find_spec(name) is None]
    if missing:
        raise EvaluationError(f"{' and '.join(missing)} cannot be imported.", HINT_EXTRA)


def people_in(directory: Path) -> dict[str, list[Path]]:
    """Photos by folder name.

    Raises:
        EvaluationError: it is no folder.
    """
    if not directory.is_dir():
        raise EvaluationError(f"There is no folder at {directory}.", HINT_FOLDER)
    return list_people(directory)


def choose(plan: Plan, people: dict[str, list[Path]], names: Sequence[str]) -> tuple[Question, ...]:
    """Whom to ask for: the folder's people, and the strangers from elsewhere.

    Raises:
        EvaluationError: no photo of an identity, or no folder of strangers where one was named.
    """
    chosen = questions(people, names, plan.held_out)
    if all(question.label is None for question in chosen):
        raise EvaluationError(
            f"No photo in {plan.directory} is of somebody whom the model knows.", HINT_FOLDER
        )
    if plan.unknown is None:
        return chosen
    if not plan.unknown.is_dir():
        raise EvaluationError(
            f"There is no folder at {plan.unknown}.", "Give a folder of photos of strangers."
        )
    return chosen + strangers_in(plan.unknown)


def ask(plan: Plan, model: LoadedModel, asked: Sequence[Question]) -> list[Answer]:
    """Each photo's answer; those that an interrupted run left in `answers.jsonl` are taken from there."""
    cascades = plan.settings.cascades_dir
    journal = Journal(plan.out / "answers.jsonl", fingerprint(model, cascades))
    if plan.fresh:
        journal.forget()
    folder = plan.settings.models_dir / plan.settings.model
    opener = partial(open_examiner, folder, cascades)
    return [Answer.of(record) for record in ask_all(asked, opener, journal, plan.processes, "naming")]


def describe(plan: Plan, model: LoadedModel, known_photos: int, stranger_photos: int = 0) -> Subject:
    """What the figures are of."""
    return Subject(
        model=describe_model(model),
        command=plan.command,
        held_out=plan.held_out,
        known_photos=known_photos,
        stranger_photos=stranger_photos,
    )


def draw(sums: Figures, answers: Sequence[Answer], out: Path) -> None:
    """Write the plots of what was measured, and leave none of an earlier run."""
    from brain.evaluation.plots import plot_calibration, plot_known

    for name in ("calibration.png", "known.png"):
        (out / name).unlink(missing_ok=True)
    if sums.calibration:
        plot_calibration(sums.calibration, out / "calibration.png")
    if sums.known:
        plot_known(sums.known, answers, out / "known.png")
