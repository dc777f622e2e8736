"""`brain evaluate --pairs --explanations`: explain pairs, test their maps, write the report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from brain.evaluation.errors import EvaluationError
from brain.evaluation.explanation_run import sample
from brain.evaluation.fingerprint import run_fingerprint
from brain.evaluation.journal import Journal
from brain.evaluation.markdown import Subject
from brain.evaluation.pair_explanation_evaluator import ExplainedPair, PairExplanationFactory
from brain.evaluation.pair_explanation_metrics import (
    MAPS,
    PairExplanationMetrics,
    pair_explanation_metrics,
)
from brain.evaluation.pairs import HINT_PHOTOS, Pair, read_pairs
from brain.evaluation.parallel import evaluate_photos
from brain.evaluation.plan import Plan, require_libraries
from brain.evaluation.run import HINT_NOTHING, NOTHING, describe
from brain.evaluation.tables import percent, table
from brain.recognition.model import load_model

PAIRS_OF_A_KIND = 300
NAME = "pair_explanations"
TOGETHER = "Explanations of photos and of pairs are measured separately."
HINT_TOGETHER = "Run the command twice: with --pairs and --pairs-photos alone, and without."
TITLES = {
    "map": "evidence, against",
    "corrrise": "CorrRISE",
    "centre": "dot in the centre",
    "random": "random",
    "inverted": "evidence, against, inverted",
}
KINDS = {"same": "one person", "different": "two people", "all": "all pairs"}
REPORT = """\
### Explanations of pairs

Measured by `{command}`.
Model: {model.name} {model.version}, weights sha256 `{model.sha256}`.

#### Pairs: deletion and insertion

{metrics.same:,} pairs of one person and {metrics.different:,} of two{without_face}.

{areas}

Area under the similarity (cosine) of the two photos while pixels of one of them are blurred out in the order
of a map (deletion), or come back to the blurred photo in that order (insertion); mean over both photos, seven
steps. For one person the map of what makes the photos alike is measured: a low deletion and a high insertion
are good. For two people it is the map of what speaks against one person: the other way round; in the columns
of all pairs, the area is that under 1 - similarity for two people. CorrRISE (Lu,
Xu, Ebrahimi, WACV 2024) takes {metrics.corrrise_passes} forward passes for a photo, both maps together
{metrics.passes:.1f}, with the descriptor and the gradients.

By how much the map is better than each other one:

{gains}

Mean over the pairs of the difference in the same pair, below zero where the map is worse; in brackets the
standard error. A difference of less than two standard errors is a tie.

#### Pairs: planted patch

{planted}"""
PLANTED = (
    "In {metrics.planted:,} pairs of one person, a square of somebody else's face was put into one photo, at "
    "the same place of the face. The map of what speaks against one person has its maximum in the square in "
    "{found} (± {error}) of them. The square covers {share} of the area."
)


def evaluate_pair_explanations(plan: Plan, limit: int | None) -> str:
    """Explain pairs of one and of two people, test the maps, and write the report.

    Args:
        limit: the maximum number of pairs of each kind, spread evenly; None for `PAIRS_OF_A_KIND`.

    Returns:
        The report as Markdown.

    Raises:
        EvaluationError: there is nothing to evaluate, there are also sets, or a library is missing.
        BrainError: codes 1 (the model cannot compare), 2, 4 and 5.
    """
    require_libraries()
    if plan.pairs is None:
        raise EvaluationError(NOTHING, HINT_NOTHING)
    if plan.sets:
        raise EvaluationError(TOGETHER, HINT_TOGETHER)
    model = load_model(plan.model_folder)
    pairs = chosen(read_pairs(plan.pairs.file, plan.pairs.folder), limit or PAIRS_OF_A_KIND)
    settings = plan.settings
    fingerprint = run_fingerprint(model, settings.detector, settings.cascades_dir, people=False)
    journal = Journal(plan.out / f"{NAME}.jsonl", fingerprint)
    if plan.fresh:
        journal.clear()
    records = evaluate_photos(pairs, PairExplanationFactory(settings), journal, plan.processes, "pairs")
    if all("problem" in record for record in records):
        raise EvaluationError("No pair could be explained.", HINT_PHOTOS)
    return write(plan, describe(plan, model), pair_explanation_metrics(records))


def chosen(pairs: Sequence[Pair], limit: int) -> list[ExplainedPair]:
    """Up to `limit` pairs of one person, each with a photo of somebody else, and as many of two people."""
    same, different = (sample([pair for pair in pairs if pair.same is kind], limit) for kind in (True, False))
    return [
        *(
            ExplainedPair(pair.first, pair.second, True, donor_for(pair, different[index % len(different)]))
            for index, pair in enumerate(same)
        ),
        *(ExplainedPair(pair.first, pair.second, False) for pair in different),
    ]


def donor_for(pair: Pair, strangers: Pair) -> Path:
    """A photo from a pair of two people that does not show the person of the given pair."""
    own = pair.first.parent.name
    return strangers.first if strangers.first.parent.name != own else strangers.second


def write(plan: Plan, subject: Subject, metrics: PairExplanationMetrics) -> str:
    """Write `pair_explanations.md` and `pair_explanations.json`, and return the Markdown."""
    text = markdown(subject, metrics)
    plan.out.mkdir(parents=True, exist_ok=True)
    (plan.out / f"{NAME}.md").write_text(text + "\n", encoding="utf-8")
    document = {"command": subject.command, "model": subject.model.model_dump(), **asdict(metrics)}
    (plan.out / f"{NAME}.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return text


def markdown(subject: Subject, metrics: PairExplanationMetrics) -> str:
    """The report."""
    missing = metrics.without_face
    return REPORT.format(
        command=subject.command,
        model=subject.model,
        metrics=metrics,
        without_face=f" (in {missing:,} more no face was found)" if missing else "",
        areas=area_table(metrics),
        gains=gain_table(metrics),
        planted=planted(metrics),
    )


def planted(metrics: PairExplanationMetrics) -> str:
    """How often the patch was found."""
    if metrics.found is None:
        return "Not measured."
    error = f"{100 * (metrics.found * (1 - metrics.found) / metrics.planted) ** 0.5:.1f}"
    found, share = percent(metrics.found), percent(metrics.patch_share)
    return PLANTED.format(metrics=metrics, found=found, error=error, share=share)


def area_table(metrics: PairExplanationMetrics) -> str:
    """Deletion and insertion of each map, by the kind of pair."""
    rows = [
        [TITLES[name], *(f"{area:.4f}" for own in metrics.areas.values() for area in own[name])]
        for name in MAPS
    ]
    return table(heads("map", metrics.areas), rows)


def gain_table(metrics: PairExplanationMetrics) -> str:
    """How much better the map is than each other one, by the kind of pair."""
    rows = [
        [
            TITLES[name],
            *(
                f"{gain.mean:+.4f} (± {gain.standard_error:.4f})"
                for own in metrics.gains.values()
                for gain in own[name]
            ),
        ]
        for name in MAPS[1:]
    ]
    return table(heads("better than", metrics.gains), rows)


def heads(first: str, kinds: Iterable[str]) -> list[str]:
    """The columns: deletion and insertion for each kind of pair."""
    return [first, *(f"{KINDS[kind]}: {what}" for kind in kinds for what in ("deletion", "insertion"))]
