"""`brain evaluate --explanations`: the composition."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import torch

from brain.evaluation import explaining, sanity
from brain.evaluation.errors import EvaluationError
from brain.evaluation.explaining import EvaluatorFactory
from brain.evaluation.holding import holding
from brain.evaluation.journal import Journal, fingerprint_of
from brain.evaluation.loop import ask_all
from brain.evaluation.photos import Question, questions
from brain.evaluation.run import HINT_FOLDER, Plan, describe, people_in, require_libraries
from brain.explanation import (
    activation_maps,
    checks,
    controls,
    effects,
    evidence,
    experiments,
    feature_scores,
    fidelity,
    findings,
    masks,
    naming,
    perturbation,
    view,
)
from brain.face import alignment, crop, detector, features, photo
from brain.pipeline import explainer, face_location
from brain.recognition import loading, preprocessing, resnet, vgg
from brain.recognition import model as models
from brain.recognition.model import LoadedModel, load_model

SANITY_PHOTOS = 20
PIPELINE = (
    alignment,
    checks,
    controls,
    evidence,
    explainer,
    explaining,
    crop,
    detector,
    feature_scores,
    features,
    fidelity,
    findings,
    activation_maps,
    effects,
    experiments,
    masks,
    naming,
    perturbation,
    view,
    face_location,
    models,
    loading,
    preprocessing,
    resnet,
    vgg,
    photo,
    sanity,
)


def evaluate_explanations(plan: Plan, limit: int | None = None) -> str:
    """Explain every photo of somebody whom the model knows, try the explanations, and report.

    Args:
        limit: how many photos at most, spread evenly over all.

    Returns:
        The report as Markdown; it and its figures lie in the plan's folder too.

    Raises:
        EvaluationError: nothing to evaluate, or a library is missing.
        BrainError: codes 2, 4 and 5, when the pipeline cannot work at all.
    """
    require_libraries()
    from brain.evaluation.holding_report import write

    folder = plan.settings.models_dir / plan.settings.model
    model = load_model(folder)
    known = [
        question
        for question in questions(people_in(plan.directory), model.names, plan.held_out)
        if question.label is not None
    ]
    asked = sample(known, limit)
    opener = EvaluatorFactory(
        folder,
        plan.settings.cascades_dir,
        plan.settings.extra_cascades_dir,
        plan.settings.threshold,
        frozenset(question.key for question in sample(asked, SANITY_PHOTOS)),
    )
    journal = Journal(plan.out / "explanations.jsonl", fingerprint(model, opener))
    if plan.fresh:
        journal.forget()
    records = ask_all(asked, opener, journal, plan.processes, "explaining")
    if all("problem" in record for record in records):
        raise EvaluationError(f"No photo in {plan.directory} could be explained.", HINT_FOLDER)
    return write(plan.out, describe(plan, model, len(asked)), holding(records), records)


def sample(asked: Sequence[Question], limit: int | None) -> list[Question]:
    """At most `limit` of the questions, spread evenly."""
    if limit is None or limit >= len(asked):
        return list(asked)
    return [asked[index * len(asked) // limit] for index in range(limit)]


def fingerprint(model: LoadedModel, opener: EvaluatorFactory) -> str:
    """Of everything but the photo that decides a record."""
    libraries = (cv2.__version__, torch.__version__)
    settings = (model.sha256, *libraries, str(opener.cascades), str(opener.extra), str(opener.threshold))
    files = [*(str(module.__file__) for module in PIPELINE), str(alignment.WEIGHTS)]
    return fingerprint_of((*settings, *sorted(opener.sanity)), files)
