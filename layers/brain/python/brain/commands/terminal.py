"""Shared by the commands: exit statuses, error messages, a status line and consent to a licence."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace

from brain.core.errors import BrainError
from brain.core.settings import Settings

USAGE_ERROR = 64
UNAVAILABLE = 69
DATA_ERROR = 65
CANNOT_WRITE = 73
UNFINISHED = 75
INTERRUPTED = 130
BROKEN_PIPE = 141


class Ticker:
    """A line on stderr that shows the current step. Prints nothing if stderr is not a terminal."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Replace the line."""
        if self._on:
            print(f"\r\x1b[K{text} ...", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Erase the line."""
        if self._on:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def complain(message: str, hint: str, status: int) -> int:
    """Print a message and a hint to stderr.

    Returns:
        `status`, so that a command can end with `return complain(...)`.
    """
    print(f"{message}\n  {hint}", file=sys.stderr)
    return status


def complain_about(error: BrainError, subject: object = None) -> int:
    """Print an error's message and hint to stderr.

    Args:
        subject: what the error is about, such as a path; shown in brackets.

    Returns:
        The error's code.
    """
    where = "" if subject is None else f" [{subject}]"
    return complain(f"{error.message}{where}", error.hint, error.code)


def accepted(licence: str, given: str | None) -> bool:
    """Whether the user accepts a licence, by option or by typing "yes" at a terminal."""
    if given is not None:
        return given.casefold() == licence.casefold()
    return sys.stdin.isatty() and input("Do you accept this licence? [yes/no] ").strip().lower() == "yes"


def counted(number: int, one: str, several: str) -> str:
    """A number with its noun, such as `1 photo` or `2,000 photos`."""
    return f"{number:,} {one if number == 1 else several}"


def positive(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def chosen_settings(options: argparse.Namespace) -> Settings:
    """The environment's settings, with the given model."""
    settings = Settings.from_environment()
    return replace(settings, model=options.model) if options.model else settings
