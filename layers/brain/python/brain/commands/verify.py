"""brain verify RESULT_DIR: recompute a stored result and compare every number."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from brain.commands.terminal import complain, complain_about
from brain.core.errors import BrainError
from brain.core.settings import Settings

DIFFERS = 1


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser("verify", help="recompute a stored result and compare every number")
    parser.add_argument("directory", type=Path, metavar="RESULT_DIR", help="what brain explain wrote")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the differences.

    Returns:
        0 without differences, 1 with differences, or the code of the pipeline's error.
    """
    from brain.pipeline.verify import NothingToVerify, verify

    try:
        outcome = verify(options.directory, Settings.from_environment())
    except NothingToVerify as error:
        return complain(str(error), error.hint, DIFFERS)
    except BrainError as error:
        return complain_about(error)
    for difference in outcome.differences:
        print(f"{difference.where}: stored {difference.stored}, recomputed {difference.found}")
    if outcome.differences:
        print(f"{len(outcome.differences)} of {outcome.compared} values differ.")
        return DIFFERS
    print(f"All {outcome.compared} values match.")
    return 0
