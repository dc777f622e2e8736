"""Reads the results that `brain explain` wrote to a folder."""

from __future__ import annotations

import fnmatch
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from brain.commands.jobs import ERRORS_FILE
from brain.core.results import RESULT_FILE, Result, Status
from brain.pipeline.library import FACE_FOLDERS, OVERVIEW_FILE


@dataclass(frozen=True)
class StoredResult:
    """A result of one face.

    Attributes:
        folder: folder relative to the report; empty for a photo that failed.
        overview: path of the picture of all faces of the photo, relative to the report; empty if only this
            face was explained.
    """

    folder: str
    result: Result
    overview: str = ""


def stored_results(directory: Path) -> Iterator[StoredResult]:
    """The results in and below a folder, then those of failed photos. Unreadable ones are skipped."""
    failed = []
    for folder, folders, names in os.walk(directory):
        folders.sort()
        relative = Path(folder).relative_to(directory).as_posix()
        if RESULT_FILE in names:
            overview = overview_of(directory, Path(folder))
            results = parsed(Path(folder, RESULT_FILE))
            yield from (StoredResult(relative, result, overview) for result in results)
        if ERRORS_FILE in names:
            failed += [StoredResult("", result) for result in parsed(Path(folder, ERRORS_FILE))]
    yield from failed


def overview_of(directory: Path, folder: Path) -> str:
    """The overview of a face's photo, relative to the report; empty if there is none."""
    overview = folder.parent / OVERVIEW_FILE
    is_face = folder != directory and fnmatch.fnmatch(folder.name, FACE_FOLDERS)
    return overview.relative_to(directory).as_posix() if is_face and overview.is_file() else ""


def parsed(file: Path) -> Iterator[Result]:
    """The results in a file, which is one document or one per line."""
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
