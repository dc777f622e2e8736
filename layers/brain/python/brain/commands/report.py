"""brain report DIR: all results in a folder as one HTML page and one CSV file."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path
from typing import Any

from brain.commands.stored_results import StoredResult, first_sentence, stored_results
from brain.commands.terminal import CANNOT_WRITE, USAGE_ERROR, complain

PAGE, TABLE = "report.html", "report.csv"
COLUMNS = ("folder", "photo", "face", "status", "name", "probability", "certainty", "verdict")
MORE_COLUMNS = ("reasons", "first_sentence", "error_code", "error_reason")


def register(commands: Any) -> None:
    """Add the command to the parser's subcommands."""
    parser = commands.add_parser(
        "report",
        help="all results in a folder as one page",
        description="Collect the results in and below a folder into report.html, a page that needs no server "
        "and no other file, and report.csv.",
    )
    parser.add_argument("directory", type=Path, metavar="DIR", help="what brain explain wrote")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the report.

    Returns:
        0, 64 when there are no results, or 73 when the report cannot be written.
    """
    directory: Path = options.directory
    results = list(stored_results(directory))
    if not results:
        return complain(
            f"There are no results in {directory}.", "Name a folder that brain explain wrote.", USAGE_ERROR
        )
    from brain.commands.report_html import heading, write_page

    try:
        write_page(directory, results, directory / PAGE)
        write_table(results, directory / TABLE)
    except OSError as error:
        return complain(f"cannot write: {error}", "Check the folder's permissions.", CANNOT_WRITE)
    print(f"{heading(results)}: {directory / PAGE}, {directory / TABLE}")
    return 0


def write_table(results: list[StoredResult], file: Path) -> None:
    """Write a row per photo."""
    with file.open("w", encoding="utf-8", errors="replace", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow((*COLUMNS, *MORE_COLUMNS))
        writer.writerows(map(spreadsheet_safe, row(stored)) for stored in results)


def row(stored: StoredResult) -> tuple[object, ...]:
    """The row of a photo."""
    result = stored.result
    identity, explanation, error = result.identity, result.explanation, result.error
    named = (
        (identity.name, identity.probability, identity.certainty, identity.verdict) if identity else ("",) * 4
    )
    reasons = ["+".join(reason.features) for reason in explanation.reasons] if explanation else []
    return (
        stored.folder,
        result.source.key or "",
        result.face.index if result.face else "",
        result.status,
        *named,
        "; ".join(reasons),
        first_sentence(result),
        error.code if error else "",
        error.reason if error else "",
    )


def spreadsheet_safe(value: object) -> object:
    """The text, changed if a spreadsheet would take it for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
