"""The six error codes of the design, each an exception that carries what a person needs.

`code` and `message` are the design's to the letter; `reason` is a stable slug for programs and
`hint` says what to do next. `photo_at_fault` tells the handler whether a retry could ever help:
a photo without a face stays without one, a model that failed to load may load after a fix.
"""

from __future__ import annotations

from typing import ClassVar


class BrainError(Exception):
    """Base of every error that a person may see.

    Args:
        reason: stable lower-case slug, such as ``not-an-image``.
        hint: one sentence that says what to try.
        detail: text appended to the message, such as the path that could not be read.
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
        """Lets the error pass between processes, which an exception of several arguments cannot by itself."""
        return type(self), (self.reason, self.hint, self.detail)

    @property
    def message(self) -> str:
        """The design's message; only codes 1 and 2 are open-ended and take a detail."""
        return self.text + self.detail


class PhotoUnreadable(BrainError):
    """Code 1: the input is not a photo that can be decoded within the limits."""

    code = 1
    text = "ERROR: cannot load input image ... "
    photo_at_fault = True


class CascadesMissing(BrainError):
    """Code 2: OpenCV's data directory lacks a cascade, or a file there is not one."""

    code = 2
    text = "ERROR: cannot load cascades from: ... "


class FaceNotFound(BrainError):
    """Code 3: no cascade found a face."""

    code = 3
    text = "ERROR: sorry, frontal face wasn't detected"
    photo_at_fault = True


class ForwardPassFailed(BrainError):
    """Code 4: the network could not be loaded or run."""

    code = 4
    text = "Error in forward pass / GRAD-CAM, check torch file"


class NamesMissing(BrainError):
    """Code 5: names.txt is absent, or does not hold one name per identity."""

    code = 5
    text = "ERROR: could not load names.txt file"


class NoSignificantFeatures(BrainError):
    """Code 6: no feature passed the threshold. The name and the maps stand all the same."""

    code = 6
    text = "ERROR: No significant features found"
    photo_at_fault = True


class RefusedError(Exception):
    """A file was not installed; `hint` says what to do. Nothing was changed on disk for that file."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
