"""`brain evaluate --explanations`: explain photos, test the explanations, write the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from brain.evaluation.errors import EvaluationError
from brain.evaluation.explanation_evaluator import ExplanationEvaluatorFactory
from brain.evaluation.explanation_metrics import ExplanationMetrics, explanation_metrics
from brain.evaluation.fingerprint import run_fingerprint
from brain.evaluation.journal import Journal, Record
from brain.evaluation.parallel import evaluate_photos
from brain.evaluation.photos import LabelledPhoto
from brain.evaluation.plan import HINT_FOLDER, Plan, photos_of, require_libraries
from brain.evaluation.run import HINT_NOTHING, NOTHING, describe
from brain.recognition.model import LoadedModel, load_model

RANDOMIZED_PHOTOS = 20
JOURNAL = "explanations.jsonl"

Item = TypeVar("Item")


def evaluate_explanations(plan: Plan, limit: int | None) -> str:
    """Explain photos of known people, test the explanations, and write all files of the report.

    Args:
        limit: the maximum number of photos of each set, spread evenly; None for all.

    Returns:
        The report as Markdown.

    Raises:
        EvaluationError: nothing to evaluate, or a library is missing.
        BrainError: codes 2, 4 and 5, when the pipeline cannot work at all.
    """
    return evaluate_sets(plan, limit)[1]


def evaluate_sets(plan: Plan, limit: int | None) -> tuple[dict[str, ExplanationMetrics], str]:
    """See `evaluate_explanations`.

    Returns:
        The metrics by name of the set, and the report as Markdown.
    """
    require_libraries()
    from brain.evaluation.explanation_report import write

    if not plan.sets:
        raise EvaluationError(NOTHING, HINT_NOTHING)
    model = load_model(plan.model_folder)
    sets = {
        spec.name: sample([photo for photo in photos_of(spec, model.names) if photo.label is not None], limit)
        for spec in plan.sets
    }
    if plan.fresh:
        Journal(plan.out / JOURNAL, "").clear()
    records = {name: measure(plan, model, photos) for name, photos in sets.items() if photos}
    for name, own in records.items():
        if all("problem" in record for record in own):
            raise EvaluationError(f"No photo of the set {name} could be explained.", HINT_FOLDER)
    metrics = {name: explanation_metrics(own) for name, own in records.items()}
    return metrics, write(plan.out, describe(plan, model), metrics, records)


def measure(plan: Plan, model: LoadedModel, photos: Sequence[LabelledPhoto]) -> list[Record]:
    """The records of a set's photos. Those of an interrupted run are read from `explanations.jsonl`."""
    randomized = frozenset(photo.key for photo in sample(photos, RANDOMIZED_PHOTOS))
    settings = plan.settings
    fingerprint = run_fingerprint(
        model,
        *(
            settings.detector,
            settings.cascades_dir,
            settings.extra_cascades_dir,
            settings.threshold,
            settings.cam,
        ),
        *sorted(randomized),
    )
    journal = Journal(plan.out / JOURNAL, fingerprint)
    factory = ExplanationEvaluatorFactory(settings, randomized)
    return evaluate_photos(photos, factory, journal, plan.processes, "explanations")


def sample(photos: Sequence[Item], limit: int | None) -> list[Item]:
    """At most `limit` of photos or pairs, spread evenly."""
    if limit is None or limit >= len(photos):
        return list(photos)
    return [photos[index * len(photos) // limit] for index in range(limit)]
