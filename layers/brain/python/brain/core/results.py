"""The JSON contract: the content of `result.json` and of the API's responses.

Unknown fields are errors, so that page, repository and pipeline cannot diverge unnoticed. Boxes are in pixels
with the origin at the top left. The face's boxes refer to the upright photo, a feature's box to
`cropped.jpg`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from brain.core.clock import now
from brain.core.comparisons import Comparison, Point
from brain.core.errors import BrainError
from brain.core.explanations import Candidate, Feature, Justification, Named
from brain.core.schema import Box, Contract, Fraction, PeopleSource, ResultId

TransformRow = tuple[float, float, float]

RESULT_FILE = "result.json"


class Status(StrEnum):
    """The state of a photo.

    `named`: name, candidates and activation map are stored, the tested explanation is still to come.
    `done` and `failed` are terminal.
    """

    WAITING = "waiting"
    PROCESSING = "processing"
    NAMED = "named"
    DONE = "done"
    FAILED = "failed"


class Verdict(StrEnum):
    """How certain the network is. `nobody`: no known person, and the name is only the most similar one."""

    STRONG = "strong"
    WEAK = "weak"
    NOBODY = "nobody"


class Source(Contract):
    """The origin of the photo. `width` and `height` are those of the upright photo, in pixels."""

    bucket: str | None = None
    key: str | None = None
    etag: str | None = None
    width: int | None = None
    height: int | None = None


class People(Contract):
    """Whom a photo was compared with: one consistent version of each gallery.

    Attributes:
        source: the embedded gallery, the user's own people, or both.
        embedded: checksum of the embedded gallery; None if it was not used.
        own: checksum of the enrolled people; None if there were none.
    """

    source: PeopleSource
    embedded: str | None = None
    own: str | None = None


class Model(Contract):
    """The network that was used and its number format; `sha256` is the checksum of the weights file.

    `people` is None for a network that has no gallery.
    """

    name: str
    version: str
    identities: int
    sha256: str
    dtype: Literal["float32", "bfloat16"] = "float32"
    people: People | None = None


class OtherFace(Contract):
    """A detected face that was not explained; request it by its `index`."""

    index: int
    box: Box


class Face(Contract):
    """The explained face. Everything but `input` is in pixels of the upright photo.

    Attributes:
        box: the upright rectangle around the face.
        crop: the upright rectangle around what `cropped.jpg` shows.
        landmarks: right eye, left eye, nose tip, right and left mouth corner, each (x, y); right and left are
            the person's own.
        found_by: `yunet`, or the file name of the cascade that proposed the face.
        rotation: by how many degrees the face is turned clockwise in the photo, rounded to a quarter turn.
        transform: two rows (a, b, c). A point (x, y) of the photo lies at x' = a x + b y + c, and likewise
            y', in pixels of `cropped.jpg`. Pixel centres lie at half-integers in both.
        input: the square of `cropped.jpg` that the network sees.
        others: the faces that are not explained.
    """

    index: int = 0
    box: Box
    crop: Box
    landmarks: list[Point] = Field(min_length=5, max_length=5)
    found_by: str
    rotation: Literal[0, 90, 180, 270] = 0
    transform: tuple[TransformRow, TransformRow]
    input: Box
    others: list[OtherFace] = []


class Identity(Named):
    """The top-1 identity.

    Attributes:
        certainty: the probability that the person is one of the identities at all.
        calibrated: False if nothing was fitted that tells known people from others. `certainty` is then the
            probability of the name, and the verdict is never `nobody`.
    """

    certainty: Fraction
    verdict: Verdict
    calibrated: bool = True


class Enrolment(Contract):
    """The outcome of an enrolment photo at the time when it was processed.

    Attributes:
        person: whom the photo is supposed to show.
        outcome: a photo that is `unlike-others` is enrolled too, but hardly counts once there are three
            photos.
        similarity: cosine of its descriptor and the mean of the person's other photos; None if there are
            none.
        photos: how many photos of the person were enrolled at that time.
    """

    person: str
    outcome: Literal["enrolled", "unlike-others"]
    similarity: Annotated[float, Field(ge=-1.0, le=1.0)] | None = None
    photos: int = Field(gt=0)


class Problem(Contract):
    """An error, as stored in a result."""

    code: int = Field(ge=1, le=6)
    message: str
    reason: str
    hint: str

    @classmethod
    def of(cls, error: BrainError) -> Problem:
        """Convert an exception to its stored form."""
        return cls(code=error.code, message=error.message, reason=error.reason, hint=error.hint)


class Result(Contract):
    """The result of one photo, in any state.

    `artifacts` maps a role (cropped, gc_map, heat_map, blended, evidence; of a compared photo also
    other_cropped and comparison) to a file name beside `result.json`; the API replaces the file names with
    short-lived URLs. `timings` is in seconds by stage,
    `passes` counts forward passes by experiment. A result with error code 6 is `done`: name and maps are
    valid, only the reasons are missing. A photo that was enrolled has `enrolment` and nothing else.
    """

    id: ResultId
    status: Status
    created_at: datetime
    finished_at: datetime | None = None
    source: Source = Source()
    model: Model | None = None
    face: Face | None = None
    identity: Identity | None = None
    candidates: list[Candidate] = []
    features: list[Feature] = []
    explanation: Justification | None = None
    comparison: Comparison | None = None
    enrolment: Enrolment | None = None
    artifacts: dict[str, str] = {}
    error: Problem | None = None
    timings: dict[str, float] = {}
    passes: dict[str, float] = {}


@dataclass(frozen=True)
class OtherPhoto:
    """A photo that was explained before, to compare another one with.

    Attributes:
        result: with status `named` or `done`.
        crop: the bytes of its `cropped.jpg`.
    """

    result: Result
    crop: bytes


@dataclass(frozen=True)
class PhotoRequest:
    """What an explainer needs besides the photo's bytes.

    Attributes:
        upload_id: id of the result, 32 lower-case hex characters.
        created_at: when the photo was announced.
        source: where the photo came from.
        face: index of the face to explain; 0 is the largest and most central one.
        compare_with: the photo to compare it with; None for an explanation alone.
    """

    upload_id: str
    created_at: datetime
    source: Source
    face: int = 0
    compare_with: OtherPhoto | None = None


def failed_result(request: PhotoRequest, error: BrainError) -> Result:
    """The result of a photo that could not be explained: status `failed`, finished now."""
    return Result(
        id=request.upload_id,
        status=Status.FAILED,
        created_at=request.created_at,
        finished_at=now(),
        source=request.source,
        error=Problem.of(error),
    )
