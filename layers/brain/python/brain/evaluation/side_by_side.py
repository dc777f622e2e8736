"""`brain evaluate --models A,B`: recognisers on the same photos, and where they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from brain.evaluation.disagreements import (
    Disagreement,
    Explained,
    Recogniser,
    answers_of,
    find_disagreements,
)
from brain.evaluation.errors import EvaluationError
from brain.evaluation.explanation_run import evaluate_sets
from brain.evaluation.footprint import measure_footprint
from brain.evaluation.plan import Plan, require_libraries
from brain.evaluation.recognisers import Measured, Shown
from brain.evaluation.run import evaluate_names

SHOWN = 6
EXPLAINED = 20
HINT_MODELS = "Name at least two, with commas between them: --models dlib-resnet,arcface-r50."


def compare_models(plan: Plan, models: Sequence[str], limit: int | None) -> str:
    """Measure recognisers on the same photos, one after the other, and write all files of the report.

    The files of each recogniser's own report are written to a folder of its name.

    Args:
        plan: the photos; the plan's own model is ignored.
        models: names of folders in `models_dir`.
        limit: how many photos of each set are explained, spread evenly; None means `EXPLAINED`.

    Returns:
        The report as Markdown.

    Raises:
        EvaluationError: fewer than two models, nothing to evaluate, or a library is missing.
        BrainError: codes 2, 4 and 5, when a pipeline cannot work at all.
    """
    require_libraries()
    if len(set(models)) < 2 or len(set(models)) < len(models):
        raise EvaluationError("There are not two different recognisers to compare.", HINT_MODELS)
    from brain.evaluation.side_by_side_report import write

    measured, answers = [], {}
    for model in models:
        own = plan_for(plan, model)
        footprint = measure_footprint(own.model_folder)
        report, predictions, names = evaluate_names(own)
        explanations = evaluate_sets(own, limit or EXPLAINED)[0] if plan.sets else {}
        measured.append(Measured(model, report, explanations, footprint))
        answers[model] = answers_of([each for own_set in predictions for each in own_set], names)
    found = find_disagreements(answers)
    common = len(set.intersection(*(set(each) for each in answers.values())))
    return write(plan, measured, found, common, explain(plan, models, found[:SHOWN]))


def plan_for(plan: Plan, model: str) -> Plan:
    """The plan for one of the models."""
    return replace(plan, settings=replace(plan.settings, model=model), out=plan.out / model)


def explain(plan: Plan, models: Sequence[str], found: Sequence[Disagreement]) -> list[Shown]:
    """Explain some disagreements. Only one model is in memory at a time."""
    explained: list[dict[str, Explained | None]] = [{} for _ in found]
    for model in models if found else ():
        recogniser = Recogniser(plan_for(plan, model).settings)
        for each, own in zip(found, explained, strict=True):
            own[model] = recogniser.explain(each.path, each.answers[model])
    return [Shown(each, own) for each, own in zip(found, explained, strict=True)]
