"""The six error codes, their exact messages, and whether the photo is at fault."""

from __future__ import annotations

import pytest

from brain.core.errors import (
    BrainError,
    CascadesMissing,
    FaceNotFound,
    ForwardPassFailed,
    NamesMissing,
    NoSignificantFeatures,
    PhotoUnreadable,
)

TABLE = [
    (PhotoUnreadable, 1, "ERROR: cannot load input image ... ", True),
    (CascadesMissing, 2, "ERROR: cannot load cascades from: ... ", False),
    (FaceNotFound, 3, "ERROR: sorry, frontal face wasn't detected", True),
    (ForwardPassFailed, 4, "Error in forward pass / GRAD-CAM, check torch file", False),
    (NamesMissing, 5, "ERROR: could not load names.txt file", False),
    (NoSignificantFeatures, 6, "ERROR: No significant features found", True),
]


@pytest.mark.parametrize(("kind", "code", "message", "photo_at_fault"), TABLE)
def test_table(kind: type[BrainError], code: int, message: str, photo_at_fault: bool) -> None:
    error = kind("a-reason", "A hint.")

    assert (error.code, error.message, error.photo_at_fault) == (code, message, photo_at_fault)
    assert (error.reason, error.hint) == ("a-reason", "A hint.")
    assert str(error) == message


def test_a_detail_follows_the_message() -> None:
    assert PhotoUnreadable("r", "h", "no.jpg").message == "ERROR: cannot load input image ... no.jpg"
