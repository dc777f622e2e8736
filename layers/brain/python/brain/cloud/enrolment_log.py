"""What is known about enrolment photos: the latest state of each object, in whatever order events arrive.

S3 delivers events at least once and in any order. Of two events of an object, the one with the greater
sequencer is the later one, so only the entry with the greatest sequencer is kept for each object. Removing a
photo leaves an entry without name and descriptor, so that a late event cannot bring the photo back. The entry
is dropped once no event can be that old. Merging entries is commutative, associative and idempotent: every
order of delivery, with repetitions, leads to the same log. Imports no AWS library.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from brain.cloud.people_keys import digest, file_of, person_of
from brain.core.enrolment import EnrolledRecord

# An event waits for at most 14 days in the queue, and for at most 14 more in the dead-letter queue.
REMEMBERED = timedelta(days=30)
SEQUENCER_DIGITS = 64


@dataclass(frozen=True)
class Entry:
    """The latest known state of an object.

    Attributes:
        sequencer: sequencer of the event that led to this state.
        time: time of that event, ISO 8601 in UTC.
        etag: ETag of the content; empty if the object was removed, or the person forgotten.
        key: the object's key; None unless a face in it is enrolled.
        descriptor: base64 of float32; None unless a face in it is enrolled.
    """

    sequencer: str
    time: str
    etag: str = ""
    key: str | None = None
    descriptor: str | None = None

    @property
    def rank(self) -> tuple[str, str, str]:
        """The greater entry counts; of two about one event, the one that says more about the content."""
        return padded(self.sequencer), self.descriptor or "", self.etag

    def is_later_than(self, sequencer: str) -> bool:
        """Whether the entry follows from a later event of the object."""
        return padded(self.sequencer) > padded(sequencer)

    def forgotten(self) -> Entry:
        """The entry without the person, as if the object had been removed."""
        return replace(self, etag="", key=None, descriptor=None)


@dataclass(frozen=True)
class EnrolmentLog:
    """The latest entry of each object, by the digest of its key.

    Attributes:
        weights_sha256: SHA-256 of the weights that computed the descriptors.
        entries: the entries, by the digest of the object's key.
        forgotten: when somebody asked to forget a person, by the digest of the name.
    """

    weights_sha256: str = ""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    forgotten: Mapping[str, str] = field(default_factory=dict)

    def entry(self, key: str) -> Entry | None:
        """The latest entry of an object."""
        return self.entries.get(digest(key))

    def merged(self, key: str, entry: Entry) -> EnrolmentLog:
        """The log with an entry added; one that is older than the object's latest entry changes nothing."""
        known = self.entry(key)
        if known is not None and entry.rank <= known.rank:
            return self
        return replace(self, entries={**self.entries, digest(key): self._still_known(entry)})

    def forgetting(self, person: str, time: str) -> EnrolmentLog:
        """The log without the photos of a person that were stored up to a moment.

        Args:
            time: ISO 8601 in UTC.
        """
        name = digest(person)
        latest = max(time, self.forgotten.get(name, ""))
        log = replace(self, forgotten={**self.forgotten, name: latest})
        return replace(log, entries={key: log._still_known(entry) for key, entry in self.entries.items()})

    def for_weights(self, sha256: str) -> EnrolmentLog:
        """The log for a network's descriptors; those of another network are forgotten."""
        if self.weights_sha256 == sha256:
            return self
        entries = {key: entry.forgotten() for key, entry in self.entries.items()}
        return replace(self, weights_sha256=sha256, entries=entries)

    def of_person(self, person: str, time: str) -> list[Entry]:
        """The enrolled photos of a person that were stored up to a moment."""
        return [
            entry
            for entry in self.entries.values()
            if entry.key is not None and person_of(entry.key) == person and entry.time <= time
        ]

    def pruned(self, moment: datetime) -> EnrolmentLog:
        """The log without entries that were removed so long ago that no event can be that old."""
        oldest = (moment - REMEMBERED).isoformat()
        entries = {key: each for key, each in self.entries.items() if each.descriptor or each.time > oldest}
        forgotten = {name: time for name, time in self.forgotten.items() if time > oldest}
        return replace(self, entries=entries, forgotten=forgotten)

    def records(self) -> Iterator[EnrolledRecord]:
        """The enrolled photos."""
        for entry in self.entries.values():
            if entry.key is not None and entry.descriptor is not None:
                person = person_of(entry.key) or ""
                yield EnrolledRecord(person, entry.key, file_of(entry.key), entry.descriptor)

    def _still_known(self, entry: Entry) -> Entry:
        """The entry, without the person if somebody later asked to forget them."""
        person = person_of(entry.key) if entry.key else None
        if person is not None and entry.time <= self.forgotten.get(digest(person), ""):
            return entry.forgotten()
        return entry

    def to_json(self) -> bytes:
        """The log as it is stored: equal logs give equal bytes."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, data: bytes) -> EnrolmentLog:
        """Read what `to_json` wrote."""
        stored: dict[str, Any] = json.loads(data)
        entries = {key: Entry(**entry) for key, entry in stored["entries"].items()}
        return cls(stored["weights_sha256"], entries, stored["forgotten"])


def padded(sequencer: str) -> str:
    """A sequencer in a form that compares as S3 defines: hex digits, padded on the right."""
    return sequencer.upper().ljust(SEQUENCER_DIGITS, "0")
