"""The six error codes, one exception class each.

`code` and `message` are specified exactly. `reason` is a stable slug for programs, and `hint` tells a person
what to do. `photo_at_fault` decides whether retrying can help: a photo without a face never gains one, but a
model that failed to load may load after a fix.
"""

from __future__ import annotations

from typing import ClassVar


class BrainError(Exception):
    """Base class of all errors that are shown to people.

    Args:
        reason: stable lower-case slug, such as ``not-an-image``.
        hint: what to try next, in one sentence.
        detail: text to append to the message, such as the path that could not be read.
    """

    code: ClassVar[int]
    text: ClassVar[str]
    photo_at_fault: ClassVar[bool] = False

    def __init__(self, reason: str, hint: str, detail: str = "") -> None:
        self.reason = reason
        self.hint = hint
        self.detail = detail
        super().__init__(self.message)

    def __reduce__(self) -> tuple[type[BrainError], tuple[str, str, str]]:
        """Make the error picklable in spite of its custom constructor."""
        return type(self), (self.reason, self.hint, self.detail)

    @property
    def message(self) -> str:
        """The specified message, with the detail appended for codes 1 and 2."""
        return self.text + self.detail


class PhotoUnreadable(BrainError):
    """Code 1: the input cannot be decoded as a photo within the limits."""

    code = 1
    text = "ERROR: cannot load input image ... "
    photo_at_fault = True


class CascadesMissing(BrainError):
    """Code 2: a cascade file is missing or invalid."""

    code = 2
    text = "ERROR: cannot load cascades from: ... "


class FaceNotFound(BrainError):
    """Code 3: no face was found."""

    code = 3
    text = "ERROR: sorry, frontal face wasn't detected"
    photo_at_fault = True


class ForwardPassFailed(BrainError):
    """Code 4: the network could not be loaded or run."""

    code = 4
    text = "Error in forward pass / GRAD-CAM, check torch file"


class NamesMissing(BrainError):
    """Code 5: names.txt is missing or does not contain one name per identity."""

    code = 5
    text = "ERROR: could not load names.txt file"


class NoSignificantFeatures(BrainError):
    """Code 6: no feature exceeded the threshold. Name and maps are still valid."""

    code = 6
    text = "ERROR: No significant features found"
    photo_at_fault = True


class HintedError(Exception):
    """Base class of errors without a code; `hint` says what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class RefusedError(HintedError):
    """A file was rejected and not installed."""
