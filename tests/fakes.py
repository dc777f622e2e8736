"""Fakes of the parts that need AWS or a network, passed in through the composition roots."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import timedelta

from brain.cloud.announcement import Upload
from brain.cloud.photos import PhotoDeclaration, StoredPhoto
from brain.cloud.status_rows import Claim, Outcome, StatusRow
from brain.core.clock import now
from brain.core.enrolment import EnrolledRecord
from brain.core.errors import FaceNotFound
from brain.core.results import (
    OtherPhoto,
    PhotoRequest,
    Result,
    Source,
)
from tests.results import done_result, named_result

PHOTO = b"the bytes of a photo"
FACELESS = b"no face"
PAGE_ID = "0123456789abcdef0123456789abcdef"


def claim_of(created: bool = False, stalled: bool = False) -> Claim:
    """A claim on a photo that was announced ten seconds ago."""
    moment = now()
    return Claim(PAGE_ID, moment - timedelta(seconds=10), moment, 1, created, stalled)


@dataclass(frozen=True)
class FakeExplained:
    """The return value of an explainer."""

    result: Result
    files: Mapping[str, bytes]


@dataclass
class FakeExplainer:
    """Returns the same explanation for every photo, or raises. `during` is called while explaining."""

    error: Exception | None = None
    during: Callable[[], object] = lambda: None
    faces: list[int] = field(default_factory=list)
    others: list[OtherPhoto | None] = field(default_factory=list)

    def stages(
        self, photo: bytes, request: PhotoRequest, *, on_pictures: Callable[[Mapping[str, bytes]], None]
    ) -> Iterator[FakeExplained]:
        self.faces.append(request.face)
        self.others.append(request.compare_with)
        self.during()
        if self.error is not None:
            raise self.error
        result = done_result(request.upload_id, request.created_at, request.source)
        yield FakeExplained(result, {"cropped.jpg": b"crop of " + photo, "gc_map_12.png": b"map"})


@dataclass
class FakeStagedExplainer:
    """Yields a name and then the complete explanation.

    `drawn` is called once the pictures of the name were handed on, `between` after the name; both may raise.
    """

    between: Callable[[], object] = lambda: None
    drawn: Callable[[], object] = lambda: None
    completed: int = 0

    def stages(
        self, photo: bytes, request: PhotoRequest, *, on_pictures: Callable[[Mapping[str, bytes]], None]
    ) -> Iterator[FakeExplained]:
        done = done_result(request.upload_id, request.created_at, request.source)
        pictures = {"cropped.jpg": b"crop of " + photo, "gc_map_12.png": b"map"}
        on_pictures(pictures)
        self.drawn()
        yield FakeExplained(named_result(done), pictures)
        self.between()
        artifacts = {**done.artifacts, "evidence": "evidence_12.png"}
        self.completed += 1
        yield FakeExplained(
            done.model_copy(update={"artifacts": artifacts}), {"evidence_12.png": b"evidence"}
        )


def stored_picture(error: Exception | None = None) -> Future[str]:
    """The future of a picture that was stored, or could not be."""
    future: Future[str] = Future()
    if error is None:
        future.set_result("etag")
    else:
        future.set_exception(error)
    return future


@dataclass
class FakeRepository:
    """A repository for `Service` that returns preset values and records calls.

    `claimed` is the return value of `claim`, `photo` that of `read_photo`, `other` that of `read_other`;
    exceptions are raised. `storing` is the future of every picture.
    """

    claimed: Claim | Exception | None = field(default_factory=claim_of)
    photo: StoredPhoto | Exception = field(default_factory=lambda: StoredPhoto(PHOTO))
    other: OtherPhoto | Exception | None = None
    deleted_meanwhile: bool = False
    storing: Future[str] = field(default_factory=stored_picture)
    pictures: dict[str, bytes] = field(default_factory=dict)
    claims: list[tuple[str, Source]] = field(default_factory=list)
    named: list[tuple[Result, Mapping[str, bytes]]] = field(default_factory=list)
    finished: list[Outcome] = field(default_factory=list)
    released: list[Claim] = field(default_factory=list)
    discarded: list[Claim] = field(default_factory=list)

    def claim(self, upload_id: str, source: Source, stalled_after: float, message: str = "") -> Claim | None:
        self.claims.append((upload_id, source))
        if isinstance(self.claimed, Exception):
            raise self.claimed
        return self.claimed

    def release(self, claim: Claim) -> None:
        self.released.append(claim)

    def read_photo(self, source: Source) -> StoredPhoto:
        if isinstance(self.photo, Exception):
            raise self.photo
        return self.photo

    def read_other(self, claim: Claim) -> OtherPhoto | None:
        if isinstance(self.other, Exception):
            raise self.other
        return self.other

    def begin_pictures(self, claim: Claim, files: Mapping[str, bytes]) -> Mapping[str, Future[str]]:
        self.pictures.update(files)
        return dict.fromkeys(files, self.storing)

    def store_named(self, claim: Claim, result: Result, files: Mapping[str, bytes]) -> Claim | None:
        self.named.append((result, files))
        return None if self.deleted_meanwhile else replace(claim, named=True)

    def finish(self, claim: Claim, outcome: Outcome) -> bool:
        self.finished.append(outcome)
        return not self.deleted_meanwhile

    def discard(self, claim: Claim) -> None:
        self.discarded.append(claim)


@dataclass
class FakeApiRepository:
    """A repository for the API: results by id, and the requested uploads."""

    results: dict[str, Result] = field(default_factory=dict)
    uploads: list[PhotoDeclaration] = field(default_factory=list)
    reads: int = 0
    broken: bool = False

    def create_upload(self, photo: PhotoDeclaration) -> Upload:
        self.uploads.append(photo)
        fields = {"key": f"uploads/{PAGE_ID}", "Content-Type": photo.content_type}
        return Upload(PAGE_ID, "https://bucket.example/", fields, now() + timedelta(seconds=600))

    def row(self, upload_id: str) -> StatusRow | None:
        if self.broken:
            raise RuntimeError("secret detail of the database")
        result = self.results.get(upload_id)
        if result is None:
            return None
        changed = result.finished_at or result.created_at
        return StatusRow(upload_id, result.status, result.created_at, changed, 1, result.source)

    def result_of(self, row: StatusRow) -> Result | None:
        self.reads += 1
        return self.results.get(row.id)

    def link(self, result: Result) -> Result:
        urls = {role: f"https://signed.example/{name}" for role, name in result.artifacts.items()}
        return result.model_copy(update={"artifacts": urls})

    def delete(self, upload_id: str) -> bool:
        return self.results.pop(upload_id, None) is not None


@dataclass
class FakeEmbedder:
    """A photo's descriptor is its content. Contents with the same beginning show one person."""

    weights_sha256: str = "ab" * 32

    def describe(self, photo: bytes) -> str:
        if photo == FACELESS:
            raise FaceNotFound("no-face", "Choose another photo.")
        return base64.b64encode(photo).decode()

    def compare(self, photo: str, records: Sequence[EnrolledRecord]) -> tuple[float | None, bool]:
        if len(records) == 1:
            return None, False
        unlike = len({record.descriptor[:2] for record in records}) > 1
        return (0.5, True) if unlike else (0.97, False)
