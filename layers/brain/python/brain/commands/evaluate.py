"""brain evaluate: measure a model on labelled photos."""

from __future__ import annotations

import argparse
import shlex
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brain.commands.evaluate_options import FIRST_SET, NamedFolder, add_options, command
from brain.commands.terminal import INTERRUPTED, USAGE_ERROR, complain, complain_about, cores
from brain.core.errors import BrainError
from brain.core.settings import Settings
from brain.evaluation.errors import EvaluationError

if TYPE_CHECKING:
    from brain.evaluation.plan import PairsSpec, Plan, SetSpec


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser(
        "evaluate",
        help="measure a model on labelled photos",
        description="Measure names, certainty and pairs on labelled photos, or explanations.",
    )
    add_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Evaluate and print the report.

    Returns:
        0, the code of a pipeline error, 64 when there is nothing to evaluate, or 130 when interrupted.
    """
    try:
        plan = make_plan(options)
        report = evaluate(plan, options)
        print(report)
        if options.card and not options.models:
            write_card(plan, options, report)
    except BrainError as error:
        return complain_about(error)
    except EvaluationError as error:
        return complain(str(error), error.hint, USAGE_ERROR)
    except KeyboardInterrupt:
        return complain("Interrupted.", "Run the same command again to resume.", INTERRUPTED)
    print(f"Report, metrics, tables and plots: {plan.out}")
    return 0


def evaluate(plan: Plan, options: argparse.Namespace) -> str:
    """Run the evaluation that the options describe, and return the report."""
    if options.models:
        from brain.evaluation.side_by_side import compare_models

        return compare_models(plan, options.models, options.limit)
    if options.enrol:
        from brain.evaluation.enrolment import evaluate_enrolment

        unknown = [folder for _, folder in options.unknown]
        return evaluate_enrolment(plan, options.enrol, options.enrolled_photos, unknown)
    if options.explanations and plan.pairs:
        from brain.evaluation.pair_explanation_run import evaluate_pair_explanations

        return evaluate_pair_explanations(plan, options.limit)
    if options.explanations:
        from brain.evaluation.explanation_run import evaluate_explanations

        return evaluate_explanations(plan, options.limit)
    from brain.evaluation.run import evaluate

    return evaluate(plan)


def write_card(plan: Plan, options: argparse.Namespace, report: str) -> None:
    """Write the figures into the model's card.

    Raises:
        EvaluationError: the card is missing, or has no place for the figures.
    """
    from brain.evaluation.card import update_card

    section = metrics = "pair_explanations" if plan.pairs else "explanations"
    if not options.explanations:
        section, metrics = "figures", "metrics"
    update_card(plan.model_folder, section, report, plan.out / f"{metrics}.json")


def make_plan(options: argparse.Namespace) -> Plan:
    """The plan that the options and the environment describe.

    Raises:
        EvaluationError: two sets have the same name, or unknown people belong to no set.
    """
    from brain.evaluation.plan import Plan

    settings = Settings.from_environment()
    if options.model:
        settings = replace(settings, model=options.model)
    return Plan(
        settings=settings,
        sets=sets_of(options),
        out=options.out or Path("build/evaluation") / "_".join(options.models or [settings.model]),
        pairs=pairs_of(options),
        processes=options.processes or cores(),
        fresh=options.fresh,
        command=shlex.join(command(options, settings.model)),
    )


def sets_of(options: argparse.Namespace) -> tuple[SetSpec, ...]:
    """The named sets, DIR first.

    Raises:
        EvaluationError: two sets have one name.
    """
    from brain.evaluation.plan import SetSpec

    folders: list[NamedFolder] = [*([options.photos] if options.photos else []), *options.sets]
    unknown: dict[str, list[Path]] = defaultdict(list)
    first = folders[0][0] if folders else FIRST_SET
    for name, folder in options.unknown:
        unknown[first if name == FIRST_SET else name].append(folder)
    names = [name for name, _ in folders]
    if len(set(names)) < len(names):
        raise EvaluationError("Two sets have the same name.", "Name each set differently: NAME=DIR.")
    without_folder = [name for name in unknown if name not in names]
    return tuple(
        SetSpec(name, folder, options.held_out and number == 0, tuple(unknown[name]))
        for number, (name, folder) in enumerate([*folders, *((name, None) for name in without_folder)])
    )


def pairs_of(options: argparse.Namespace) -> PairsSpec | None:
    """The pairs and the folder of their photos.

    Raises:
        EvaluationError: there are pairs, but no folder.
    """
    from brain.evaluation.plan import PairsSpec

    if options.pairs is None:
        return None
    folder = options.pairs_photos or (options.photos[1] if options.photos else None)
    if folder is None:
        raise EvaluationError(
            "The pairs have no photos.", "Name the folder of their photos with --pairs-photos."
        )
    return PairsSpec(options.pairs, folder)
