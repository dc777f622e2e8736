"""What the commands share: a line that says what is being waited for, and consent to a licence."""

from __future__ import annotations

import sys


class Ticker:
    """One line on the terminal's stderr that says what is being waited for; silent elsewhere."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()

    def show(self, text: str) -> None:
        if self._on:
            print(f"\r\x1b[K{text} ...", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._on:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def accepted(licence: str, given: str | None) -> bool:
    """Whether a licence was accepted, by option or, at a terminal, by typing yes."""
    if given is not None:
        return given.casefold() == licence.casefold()
    return sys.stdin.isatty() and input("Do you accept this licence? [yes/no] ").strip().lower() == "yes"
