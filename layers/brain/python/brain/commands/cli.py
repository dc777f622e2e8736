"""The `brain` command line.

brain explain PHOTO ...    name the face in each photo and explain why
brain compare PHOTO OTHER  tell whether two photos show the same person, and why
brain drop PHOTO ...       upload photos to a stack's bucket
brain results DIR          wait for the results of dropped photos and collect them
brain dlq list|redrive     list or redrive the photos that a stack gave up on
brain report DIR           collect results into one HTML page and a CSV file
brain id s3://BUCKET/KEY   print the result id of an object in the uploads bucket
brain cascades install     install the optional mouth and nose cascades
brain verify RESULT_DIR    recompute a stored result and compare every number
brain evaluate DIR         measure a model on labelled photos
brain model ...            install, list, check and calibrate models
brain people ...           enrol people of your own; build and edit the model's gallery

Exit status: 0 on success, the error code (1 to 5) on a `BrainError`, 64 on a usage error, 65 when people's
photos were left out, 69 when AWS cannot be used, 73 when files cannot be written, 75 when results are not
there yet, 130 when interrupted, 141 when the reader of a pipe has gone.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from brain import __version__
from brain.commands import (
    cascades,
    compare,
    dlq,
    drop,
    evaluate,
    explain,
    identify,
    model,
    people,
    report,
    results,
    verify,
)
from brain.commands.terminal import (
    BROKEN_PIPE,
    CANNOT_WRITE,
    INTERRUPTED,
    USAGE_ERROR,
    Ticker,
    complain,
)
from brain.core.settings import SettingsError

HINT_FILES = "Check the path, its permissions and the free space."
HINT_SETTINGS = "Set the variable to an allowed value, or unset it for its default."
COMMANDS = (explain, compare, drop, results, dlq, report, verify, identify, evaluate, model, people, cascades)


class Parser(argparse.ArgumentParser):
    """Exits with 64 on a usage error; argparse's own 2 is the code for missing cascades."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message to stderr, then exit."""
        self.print_usage(sys.stderr)
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: without the program's name; None means `sys.argv[1:]`.

    Returns:
        The exit status.
    """
    accept_any_character()
    options = build_parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        print(end="", flush=True)
    except SettingsError as error:
        return complain(f"{error}.", HINT_SETTINGS, USAGE_ERROR)
    except KeyboardInterrupt:
        Ticker().clear()
        return complain("Interrupted.", "Run the same command again.", INTERRUPTED)
    except BrokenPipeError:
        discard_output()
        return BROKEN_PIPE
    except OSError as error:
        discard_output()
        Ticker().clear()
        return complain(str(error), HINT_FILES, CANNOT_WRITE)
    return status


def build_parser() -> Parser:
    """The parser with all commands registered."""
    parser = Parser(prog="brain", description="Explains face recognition.")
    parser.add_argument("--version", action="version", version=f"brain {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.register(commands)
    return parser


def accept_any_character() -> None:
    """Replace characters that stdout's encoding lacks, such as block elements in cp1252, by `?`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def discard_output() -> None:
    """Discard what stdout does not accept: at exit, Python would try to write it again."""
    try:
        print(end="", flush=True)
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
