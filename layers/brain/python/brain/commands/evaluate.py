"""brain evaluate DIR: how often a model is right, how sure it may be, and whom it takes for somebody."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from brain.core.errors import BrainError
from brain.core.settings import Settings
from brain.evaluation.errors import EvaluationError

if TYPE_CHECKING:
    from brain.evaluation.run import Plan

INTERRUPTED = 130
USAGE_ERROR = 64


def register(commands: Any) -> None:
    """Add the command to the command line's subparsers."""
    parser = commands.add_parser(
        "evaluate", help="how often a model is right", description="Name the photos of known people."
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="one folder of photos per person")
    parser.add_argument("--model", help="default: BRAIN_MODEL, or brain-mini")
    parser.add_argument("--held-out", action="store_true", help="only the photos that training keeps apart")
    parser.add_argument("--unknown", type=Path, metavar="DIR", help="photos of more strangers")
    parser.add_argument("--out", type=Path, metavar="DIR", help="default: build/evaluation/<model>")
    parser.add_argument("--processes", type=positive, metavar="N", help="default: one a core")
    parser.add_argument("--fresh", action="store_true", help="start again; do not go on where a run stopped")
    parser.add_argument(
        "--explanations", action="store_true", help="try how well explanations hold, instead of names"
    )
    parser.add_argument("--limit", type=positive, metavar="N", help="explain N photos, spread over all")
    parser.set_defaults(run=run)


def positive(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def run(options: argparse.Namespace) -> int:
    """Evaluate, print the report; 0, the code of a pipeline error, or 64 for a senseless request."""
    try:
        plan = make_plan(options)
        print(measure(plan, options))
    except BrainError as error:
        return complain(error.message, error.hint, error.code)
    except EvaluationError as error:
        return complain(str(error), error.hint, USAGE_ERROR)
    except KeyboardInterrupt:
        return complain("Interrupted.", "The same command goes on from here.", INTERRUPTED)
    print(f"Report, figures, table and plots: {plan.out}")
    return 0


def measure(plan: Plan, options: argparse.Namespace) -> str:
    """Run the evaluation that was asked for and return its report."""
    if options.explanations:
        from brain.evaluation.explanations import evaluate_explanations

        return evaluate_explanations(plan, options.limit)
    from brain.evaluation.run import evaluate

    return evaluate(plan)


def make_plan(options: argparse.Namespace) -> Plan:
    """The plan that the options and the environment describe."""
    from brain.evaluation.loop import cores
    from brain.evaluation.run import Plan

    settings = Settings.from_environment()
    if options.model:
        settings = replace(settings, model=options.model)
    return Plan(
        settings=settings,
        directory=options.directory,
        out=options.out or Path("build/evaluation") / settings.model,
        held_out=options.held_out,
        unknown=options.unknown,
        processes=options.processes or cores(),
        fresh=options.fresh,
        command=shlex.join(words(options, settings.model)),
    )


def words(options: argparse.Namespace, model: str) -> Sequence[str]:
    """The command that measures the same again."""
    held_out = ["--held-out"] if options.held_out else []
    unknown = ["--unknown", str(options.unknown)] if options.unknown else []
    explanations = ["--explanations"] if options.explanations else []
    limit = ["--limit", str(options.limit)] if options.explanations and options.limit else []
    chosen = [*held_out, *unknown, *explanations, *limit]
    return ["brain", "evaluate", "--model", model, *chosen, str(options.directory)]


def complain(message: str, hint: str, status: int) -> int:
    """Message and hint on stderr; returns the exit status."""
    print(f"{message}\n  {hint}", file=sys.stderr)
    return status
