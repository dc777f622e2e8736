"""brain verify RESULT_DIR: whether every number of a result is what the crop and the network say."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from brain.core.errors import BrainError
from brain.core.settings import Settings

DIFFERS = 1


def register(commands: Any) -> None:
    """Add the command to the command line's subparsers."""
    parser = commands.add_parser("verify", help="measure a result again and compare every number")
    parser.add_argument("directory", type=Path, metavar="RESULT_DIR", help="what brain explain wrote")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what differs; 0 when nothing does, 1 when something does, else the code of a pipeline error."""
    from brain.pipeline.verify import NothingToVerify, verify

    try:
        outcome = verify(options.directory, Settings.from_environment())
    except NothingToVerify as error:
        return complain(str(error), error.hint, DIFFERS)
    except BrainError as error:
        return complain(error.message, error.hint, error.code)
    for one in outcome.differences:
        print(f"{one.where}: stored {one.stored}, measured {one.found}")
    if outcome.differences:
        print(f"{len(outcome.differences)} of {outcome.compared} values differ.")
        return DIFFERS
    print(f"All {outcome.compared} values are as stored.")
    return 0


def complain(message: str, hint: str, status: int) -> int:
    """Message and hint on stderr; returns the exit status."""
    print(f"{message}\n  {hint}", file=sys.stderr)
    return status
