"""`brain evaluate`: predict every photo, compute the metrics, write the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from brain.evaluation import report
from brain.evaluation.accuracy import built_in_groups
from brain.evaluation.crops import EvaluatorFactory
from brain.evaluation.embeddings import embedder, similarity
from brain.evaluation.errors import EvaluationError
from brain.evaluation.fingerprint import run_fingerprint
from brain.evaluation.groups import read_groups
from brain.evaluation.journal import Journal
from brain.evaluation.markdown import Report, Subject, markdown
from brain.evaluation.metrics import SetMetrics, set_metrics
from brain.evaluation.pair_calibration import calibrate_pairs
from brain.evaluation.pairs import Pair, photos_in, read_pairs
from brain.evaluation.parallel import evaluate_photos
from brain.evaluation.photos import LabelledPhoto, count_photos
from brain.evaluation.plan import Plan, SetSpec, people_in, photos_of, require_libraries
from brain.evaluation.predictions import Prediction, predictor
from brain.evaluation.verification import verify_pairs
from brain.pipeline.explained_photo import describe_model
from brain.recognition.model import LoadedModel, load_model

NOTHING = "There is nothing to evaluate."
HINT_NOTHING = "Give a folder of photos, a --set, --unknown photos or --pairs."

Predictions = list[list[Prediction]]
PairOutcomes = tuple[list[float | None], list[bool], list[int]]


def evaluate(plan: Plan) -> str:
    """Evaluate names and pairs, and write all files of the report.

    Returns:
        The report as Markdown.

    Raises:
        EvaluationError: nothing to evaluate, or a library is missing.
        BrainError: codes 2, 4 and 5, when the pipeline cannot work at all.
    """
    return markdown(evaluate_names(plan)[0])


def evaluate_names(plan: Plan) -> tuple[Report, Predictions, tuple[str, ...]]:
    """See `evaluate`.

    Returns:
        The metrics, the predictions for each set, and the names of the model's identities.
    """
    require_libraries()
    if not plan.sets and plan.pairs is None:
        raise EvaluationError(NOTHING, HINT_NOTHING)
    model = load_model(plan.model_folder)
    # All files are listed before anything is computed, so that a wrong path fails at once.
    photos = [photos_of(spec, model.names) for spec in plan.sets]
    pairs = read_pairs(plan.pairs.file, plan.pairs.folder) if plan.pairs else ()
    predictions = predict_sets(plan, model, photos)
    measured = Report(
        subject=describe(plan, model),
        sets=[measure_set(plan, *each, model) for each in zip(plan.sets, predictions, strict=True)],
    )
    if plan.pairs and pairs:
        outcomes = pair_outcomes(plan, model, pairs)
        calibration = calibrate_pairs(*outcomes, source=f"{plan.pairs.file.name}, {len(pairs):,} pairs")
        measured = replace(measured, verification=verify_pairs(*outcomes), pair_calibration=calibration)
    report.write(plan.out, measured)
    draw(plan, measured, predictions)
    return measured, predictions, model.names


def describe(plan: Plan, model: LoadedModel) -> Subject:
    """Describe what was measured."""
    held_out = frozenset(spec.name for spec in plan.sets if spec.held_out)
    return Subject(describe_model(model), plan.command, held_out)


def predict_sets(plan: Plan, model: LoadedModel, photos: Sequence[Sequence[LabelledPhoto]]) -> Predictions:
    """The predictions for each set. A photo in several sets is predicted only once."""
    everything = [photo for own in photos for photo in own]
    if not everything:
        return []
    journal = open_journal(plan, "predictions", run_fingerprint(model, *detection(plan)))
    factory = EvaluatorFactory(plan.settings, predictor)
    records = iter(evaluate_photos(everything, factory, journal, plan.processes, "predictions"))
    return [[Prediction.from_record(photo, next(records)) for photo in own] for own in photos]


def detection(plan: Plan) -> tuple[object, ...]:
    """The settings that affect which face is found."""
    return plan.settings.detector, plan.settings.cascades_dir


def open_journal(plan: Plan, name: str, fingerprint: str) -> Journal:
    """The journal of a run, emptied if the run starts over."""
    journal = Journal(plan.out / f"{name}.jsonl", fingerprint)
    if plan.fresh:
        journal.clear()
    return journal


def measure_set(
    plan: Plan, spec: SetSpec, predictions: Sequence[Prediction], model: LoadedModel
) -> SetMetrics:
    """The metrics of one set, including those of the model's own groups that have photos in it."""
    groups = built_in_groups(count_photos(people_in(spec.folder), model.names), len(model.names))
    groups += read_groups(plan.model_folder / "groups.json", model.names)
    return set_metrics(spec.name, predictions, model.names, groups)


def pair_outcomes(plan: Plan, model: LoadedModel, pairs: Sequence[Pair]) -> PairOutcomes:
    """Each pair's similarity (None if a photo shows no face), whether it shows one person, and its fold."""
    photos = photos_in(pairs)
    fingerprint = run_fingerprint(model, *detection(plan), people=False)
    journal = open_journal(plan, "embeddings", fingerprint)
    factory = EvaluatorFactory(plan.settings, embedder)
    records = evaluate_photos(photos, factory, journal, plan.processes, "embeddings")
    by_path = {photo.path: record for photo, record in zip(photos, records, strict=True)}
    return (
        [similarity(by_path[pair.first], by_path[pair.second]) for pair in pairs],
        [pair.same for pair in pairs],
        [pair.fold for pair in pairs],
    )


def draw(plan: Plan, measured: Report, predictions: Predictions) -> None:
    """Draw the plots, and remove those of an earlier run."""
    from brain.evaluation.plots import plot_calibration, plot_open_set, plot_verification

    for pattern in ("calibration_*.png", "open_set_*.png", "verification.png"):
        for path in plan.out.glob(pattern):
            path.unlink()
    for metrics, own in zip(measured.sets, predictions, strict=True):
        if metrics.calibration:
            plot_calibration(metrics.calibration, plan.out / f"calibration_{metrics.name}.png")
        if metrics.open_set or metrics.left_out:
            plot_open_set(metrics, own, plan.out / f"open_set_{metrics.name}.png")
    if measured.verification:
        plot_verification(measured.verification, plan.out / "verification.png")
