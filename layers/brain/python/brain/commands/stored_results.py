"""The results that `brain explain` wrote to a folder."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from brain.commands.jobs import ERRORS_FILE, RESULT_FILE
from brain.core.results import Result, Status


@dataclass(frozen=True)
class StoredResult:
    """A result, and its folder relative to the report; empty for a photo that failed."""

    folder: str
    result: Result


def stored_results(directory: Path) -> Iterator[StoredResult]:
    """The results in and below a folder, then those of photos that failed; unreadable ones are skipped."""
    failed = []
    for folder, folders, names in os.walk(directory):
        folders.sort()
        relative = Path(folder).relative_to(directory).as_posix()
        if RESULT_FILE in names:
            yield from (StoredResult(relative, result) for result in parsed(Path(folder, RESULT_FILE)))
        if ERRORS_FILE in names:
            failed += [StoredResult("", result) for result in parsed(Path(folder, ERRORS_FILE))]
    yield from failed


def parsed(file: Path) -> Iterator[Result]:
    """The results in a file: one document, or one per line."""
    try:
        text = file.read_text(encoding="utf-8")
        documents = [text] if file.name == RESULT_FILE else text.splitlines()
        yield from (Result.model_validate(json.loads(document)) for document in documents)
    except (OSError, ValueError):
        return


def first_sentence(result: Result) -> str:
    """The first sentence of the explanation, or the error's hint."""
    if result.status is Status.FAILED and result.error:
        return result.error.hint
    return result.explanation.sentences[0] if result.explanation and result.explanation.sentences else ""
