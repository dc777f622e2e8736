"""The table of goals, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from benchmarks.markdown import table
from benchmarks.measurements import Goal


def goal_table(goals: Iterable[Goal]) -> Iterator[str]:
    """A Markdown table with one row per goal."""
    rows = [(goal.what, bound(goal), value(goal), verdict(goal)) for goal in goals]
    return table(("what", "goal", "measured", "met"), rows)


def bound(goal: Goal) -> str:
    """The bound with its unit: "at most 1.1 times"."""
    return f"at {'least' if goal.at_least else 'most'} {goal.bound:g} {goal.unit}"


def value(goal: Goal) -> str:
    """The value with its quartiles and note; the note alone if there is no value."""
    if goal.value is None:
        return goal.note
    digits = 2 if goal.unit in ("times", "GB", "MB") else 3
    spread = "" if goal.low is None else f" ({goal.low:.{digits}f} to {goal.high:.{digits}f})"
    note = f"; {goal.note}" if goal.note else ""
    return f"{goal.value:.{digits}f}{spread}{note}"


def verdict(goal: Goal) -> str:
    """Whether the goal is met: "yes", "**no**" or "not measured"."""
    return {True: "yes", False: "**no**", None: "not measured"}[goal.met]


def terminal_line(goal: Goal) -> str:
    """A goal as a line of text."""
    return f"{verdict(goal).strip('*'):>12}  {goal.what}: {value(goal)} ({bound(goal)})"
