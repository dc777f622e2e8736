"""The outcome of enrolling a photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brain.core.errors import BrainError, RefusedError
from brain.core.person_names import display_name, is_name
from brain.recognition.enrolled import UNLIKE, EnrolledPhoto

UNLIKE_OTHERS = "unlike-others"
HINT_UNLIKE = "Its face is unlike the person's other photos; --anyway enrols it all the same."
HINT_NAME = "A name has a visible character, and no slash."


@dataclass(frozen=True)
class PhotoOutcome:
    """What happened to a photo.

    Attributes:
        photo: its path, or `photo 2` for the second one without a path.
        person: whom it is supposed to show.
        problem: why it was left out, such as `no-face`, `too-small` or `unlike-others`; None if it was
            enrolled.
        hint: what to do about the problem.
        similarity: cosine of its descriptor and the mean of the person's other photos; None if there are
            none.
    """

    photo: str
    person: str
    problem: str | None = None
    hint: str = ""
    similarity: float | None = None


@dataclass(frozen=True)
class DescribedPhoto:
    """A photo, and either its descriptor or the error that it caused."""

    label: str
    photo: EnrolledPhoto | None = None
    error: BrainError | None = None


def outcome_of(
    person: str, described: DescribedPhoto, similarities: Mapping[str, float | None], strict: bool
) -> PhotoOutcome:
    """The outcome of a photo, given the similarities of the person's photos.

    Args:
        similarities: by photo, its similarity to the mean of the person's others.
        strict: whether to leave out a photo that is unlike the others.
    """
    if described.photo is None:
        assert described.error is not None
        return PhotoOutcome(described.label, person, described.error.reason, described.error.hint)
    similarity = similarities[described.photo.photo]
    if strict and similarity is not None and similarity < UNLIKE:
        return PhotoOutcome(described.label, person, UNLIKE_OTHERS, HINT_UNLIKE, similarity)
    return PhotoOutcome(described.label, person, similarity=similarity)


def checked_name(name: str) -> str:
    """A person's name as it is stored.

    Raises:
        RefusedError: it is empty, or has a slash or a line break.
    """
    person = display_name(name).strip()
    if not is_name(person):
        raise RefusedError(f"{name!r} is not a name", HINT_NAME)
    return person
