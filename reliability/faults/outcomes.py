"""The outcomes of photos, and whether they are correct."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from brain.core.results import Status
from reliability.faults.photos import DONE_PICTURES, NAMED_PICTURES, Fate, pictures
from reliability.faults.stack import Emulator
from reliability.faults.visitors import Case, Interference, Route, stored_result

Wrong = tuple[Case | None, str]  # the photo, if it concerns one, and what is wrong
NOTHING = "nothing"
DONE = "done"


@dataclass(frozen=True)
class Stored:
    """Everything that is stored about an id.

    Attributes:
        row: the row in DynamoDB's format; None if there is none.
        files: the files of the result by name.
        result: the content of `result.json`; None if there is none.
    """

    row: dict[str, Any] | None
    files: dict[str, bytes]
    result: dict[str, Any] | None

    @property
    def outcome(self) -> str:
        """`nothing`, a status, or the reason of a failure."""
        if self.row is None:
            return NOTHING
        status = str(self.row["status"]["S"])
        return str(self.row["error"]["M"]["reason"]["S"]) if status == Status.FAILED else status


def stored(emulator: Emulator, upload_id: str) -> Stored:
    """Read everything that is stored about an id."""
    files = emulator.files(upload_id)
    return Stored(emulator.row(upload_id), files, stored_result(files))


def allowed(case: Case) -> set[str]:
    """The correct outcomes of a photo once all causes of failures are fixed."""
    if case.deleted:
        return {NOTHING}
    regular = {"no-face" if case.fate is Fate.FACELESS else DONE}
    match case.interference:
        case Interference.REMOVED if case.route is Route.DROP:
            return regular | {"photo-gone", NOTHING}
        case Interference.REMOVED:
            return regular | {"photo-gone"}
        case Interference.REPLACED if case.route is Route.DROP:
            return regular | {"photo-replaced", NOTHING}
        case Interference.REPLACED:
            return regular | {DONE}
    return regular


def problems(emulator: Emulator, cases: Sequence[Case]) -> Iterator[Wrong]:
    """What is wrong with the stored results of photos."""
    for case in cases:
        yield from ((case, text) for text in _problems_of(emulator, case))


def _problems_of(emulator: Emulator, case: Case) -> Iterator[str]:
    found = stored(emulator, case.upload_id)
    if found.outcome not in allowed(case):
        yield f"ended as {found.outcome}"
    yield from _inconsistencies(found, case.contents)
    if case.deleted and case.route is Route.PAGE and emulator.photo(case.key):
        yield "was deleted, but its photo is still there"
    if case.successor:
        successor = stored(emulator, case.successor)
        if successor.outcome != DONE:
            yield f"its successor ended as {successor.outcome}"
        yield from _inconsistencies(successor, case.contents)


def _inconsistencies(found: Stored, contents: Sequence[bytes]) -> Iterator[str]:
    """What is half-written or mixed up."""
    if found.row is None:
        if found.files:
            yield f"has no row, but {sorted(found.files)}"
        return
    if "claimed_at" in found.row:
        yield "is still claimed"
    if found.result is None or found.result["status"] != found.row["status"]["S"]:
        yield "row and result.json differ"
    elif found.result["status"] == Status.DONE and not any(_is_of(found, data) for data in contents):
        yield "files are missing or of another photo"


def _is_of(found: Stored, data: bytes) -> bool:
    """Whether a complete result is entirely that of a photo."""
    assert found.result
    files = {name: content for name, content in found.files.items() if name != "result.json"}
    is_named_after = bool(found.result["identity"]["name"] == sha256(data).hexdigest())
    return is_named_after and files == pictures(data, (*NAMED_PICTURES, *DONE_PICTURES))
