"""The use case of enrolment photos: events of `people/<Name>/` in, descriptors in the log and outcomes out.

An outcome is a result like any other. Removing a photo removes its descriptor and its outcome; when a photo
expires, both stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from brain.cloud.enrolment_log import EnrolmentLog, Entry
from brain.cloud.events import PhotoEvent
from brain.cloud.people_keys import asks_to_forget, is_enrolment, person_of
from brain.cloud.photos import PhotoGone
from brain.cloud.service import Service
from brain.cloud.uploads import id_of_object
from brain.core.clock import now
from brain.core.enrolment import EnrolledRecord
from brain.core.errors import BrainError, PhotoUnreadable
from brain.core.results import Enrolment, PhotoRequest, Result, Status

HINT_PERSON = "Drop the photo into a folder that is named after the person: people/<Name>/."


class Embedder(Protocol):
    """Computes and compares descriptors. A protocol, so that this module does not import torch."""

    @property
    def weights_sha256(self) -> str:
        """The SHA-256 of the weights, in hex."""

    def describe(self, photo: bytes) -> str:
        """The descriptor of the most central face, as base64 of float32.

        Raises:
            BrainError: the photo cannot be used.
        """

    def compare(self, photo: str, records: Sequence[EnrolledRecord]) -> tuple[float | None, bool]:
        """The cosine of a photo and the mean of the person's others, and whether it is unlike them.

        Args:
            photo: identifies the photo.
            records: all photos of the person.
        """


class People(Protocol):
    """Where the log is kept; see `brain.cloud.people_bucket.PeopleBucket`."""

    def current(self) -> EnrolmentLog:
        """The log as it is now."""

    def change(self, edit: Callable[[EnrolmentLog], EnrolmentLog]) -> EnrolmentLog:
        """Replace the log, and return the one before."""


@dataclass(frozen=True)
class Enrolled:
    """The outcome of a photo: a result without further files."""

    result: Result
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class EnrolmentTask:
    """Enrols one photo; an explainer for `Service`.

    Attributes:
        event: announces the photo.
        people: where the log is kept.
        embedder: returns the embedder, loading it on the first call.
    """

    event: PhotoEvent
    people: People
    embedder: Callable[[], Embedder]

    def stages(self, photo: bytes, request: PhotoRequest, *, on_pictures: object) -> Iterator[Enrolled]:
        """Enrol the photo; no pictures are drawn.

        Yields:
            The outcome, with status `done`.

        Raises:
            BrainError: the photo shows no usable face, or its key names no person.
            PhotoGone: the photo was removed meanwhile.
        """
        person = person_of(self.event.key)
        if person is None:
            raise PhotoUnreadable("no-person", HINT_PERSON)
        embedder = self.embedder()
        entry = self.entry(self._describe(embedder, photo))
        self.people.change(lambda log: log.for_weights(embedder.weights_sha256).merged(self.event.key, entry))
        yield Enrolled(
            Result(
                id=request.upload_id,
                status=Status.DONE,
                created_at=request.created_at,
                finished_at=now(),
                source=request.source,
                enrolment=self._outcome(embedder, person),
            )
        )

    def _describe(self, embedder: Embedder, photo: bytes) -> str:
        """The photo's descriptor. A photo without a usable face also replaces an earlier one in the log."""
        try:
            return embedder.describe(photo)
        except BrainError as error:
            if error.photo_at_fault:
                self.people.change(lambda log: log.merged(self.event.key, self.entry()))
            raise

    def _outcome(self, embedder: Embedder, person: str) -> Enrolment:
        """How the photo compares with the person's other ones."""
        records = [record for record in self.people.current().records() if record.person == person]
        if self.event.key not in {record.photo for record in records}:
            raise PhotoGone
        similarity, unlike = embedder.compare(self.event.key, records)
        return Enrolment(
            person=person,
            outcome="unlike-others" if unlike else "enrolled",
            similarity=similarity,
            photos=len(records),
        )

    def entry(self, descriptor: str | None = None) -> Entry:
        """The state of the object after the event."""
        event = self.event
        key = event.key if descriptor else None
        return Entry(event.sequencer, event.time, event.etag, key, descriptor)

    def confirm(self) -> bool:
        """After an event whose photo already has an outcome: note that the object still, or again, holds it.

        Returns:
            False if the log does not know this content, although it has an outcome.
        """
        weights = self.embedder().weights_sha256

        def edit(log: EnrolmentLog) -> EnrolmentLog:
            known = log.entry(self.event.key)
            if log.weights_sha256 != weights or known is None or known.etag != self.event.etag:
                return log.for_weights(weights)
            return log.merged(self.event.key, self.entry(known.descriptor))

        known = self.people.change(edit).for_weights(weights).entry(self.event.key)
        return known is not None and (
            known.etag == self.event.etag or known.is_later_than(self.event.sequencer)
        )


@dataclass(frozen=True)
class EnrolmentService:
    """Processes events of enrolment photos, and passes all others on to the service that explains photos.

    Attributes:
        photos: explains photos and stores results.
        people: where the log is kept.
        embedder: returns the embedder, loading it on the first call.
        forget: deletes a result by its id, but not its photo; returns whether it existed.
    """

    photos: Service
    people: People
    embedder: Callable[[], Embedder]
    forget: Callable[[str], bool]

    def process(self, event: PhotoEvent, stalled_after: float) -> Result | None:
        """Process one event; see `Service.process`.

        Raises:
            TooManyWriters: deliver the event again later.
        """
        if not is_enrolment(event.key):
            return self.photos.process(event, stalled_after)
        if event.removed:
            self._forget_earlier_content(event)
            self.people.change(lambda log: log.merged(event.key, Entry(event.sequencer, event.time)))
            return None
        if asks_to_forget(event.key):
            self._forget_person(event)
            return None
        return self._enrol(event, stalled_after)

    def _enrol(self, event: PhotoEvent, stalled_after: float) -> Result | None:
        task = EnrolmentTask(event, self.people, self.embedder)
        self._forget_earlier_content(event)
        service = replace(self.photos, explainer=lambda: task)
        result = service.process(event, stalled_after)
        # This content was removed, and came back before the removal was processed.
        if result is None and not task.confirm() and self.forget(_outcome_of(event, event.etag)):
            result = service.process(event, stalled_after)
        return result

    def _forget_earlier_content(self, event: PhotoEvent) -> None:
        """Forget the object's content before the event, unless it is still the same.

        The outcome goes first, so that an interrupted removal can be repeated.
        """
        known = self.people.current().entry(event.key)
        if known is None or known.is_later_than(event.sequencer) or known.etag == event.etag:
            return
        if known.etag:
            self.forget(_outcome_of(event, known.etag))
        self.people.change(lambda log: log.merged(event.key, Entry(event.sequencer, event.time)))

    def _forget_person(self, event: PhotoEvent) -> None:
        """Forget every photo of a person that was stored before the event."""
        person = person_of(event.key)
        if person is None:
            return
        for entry in self.people.current().of_person(person, event.time):
            self.forget(id_of_object(event.bucket, entry.key or "", entry.etag))
        self.people.change(lambda log: log.forgetting(person, event.time))


def _outcome_of(event: PhotoEvent, etag: str) -> str:
    """Id of the outcome of some content of the event's object."""
    return id_of_object(event.bucket, event.key, etag)
