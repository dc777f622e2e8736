"""What the API does with enrolled people: reads their names, announces photos, asks to forget somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brain.cloud.announcement import Announcement, Upload
from brain.cloud.clients import dynamodb_client, s3_client
from brain.cloud.listing import delete_all, pages_of_keys
from brain.cloud.people_bucket import PeopleBucket
from brain.cloud.people_keys import FORGET, announced_key, person_key
from brain.cloud.photos import PhotoDeclaration, UploadsBucket
from brain.cloud.status_table import StatusTable
from brain.cloud.uploads import new_id
from brain.core.settings import Settings


class PeopleDirectory:
    """Reads the log of enrolments, which only the explain function writes. Thread-safe."""

    def __init__(self, settings: Settings, s3: Any, dynamodb: Any) -> None:
        self._settings = settings
        self._s3 = s3
        self._people = PeopleBucket(settings, s3)
        table = StatusTable(dynamodb, settings.table, settings.result_days)
        self._announcement = Announcement(settings, UploadsBucket(settings, s3), table)

    @classmethod
    def connect(cls, settings: Settings, environ: Mapping[str, str] | None = None) -> PeopleDirectory:
        """A directory with its own clients, configured by the environment (the process's own by default)."""
        return cls(settings, s3_client(environ), dynamodb_client())

    def names(self) -> tuple[str, ...]:
        """Everybody who is enrolled, sorted, as the explain function labels them."""
        return tuple(sorted({record.person for record in self._people.current().records()}))

    def announce(self, person: str, photo: PhotoDeclaration) -> Upload:
        """Create a `waiting` row and a presigned POST for one photo of a person."""
        upload_id = new_id()
        return self._announcement.create(upload_id, announced_key(person, upload_id), photo)

    def forget(self, person: str) -> bool:
        """Delete a person's photos, and ask the explain function to forget the descriptors.

        Returns:
            False if nothing is known about the person.
        """
        bucket, folder = self._settings.uploads_bucket, person_key(person, "")
        if person not in self.names() and not any(pages_of_keys(self._s3, bucket, folder)):
            return False
        delete_all(self._s3, bucket, folder)
        self._s3.put_object(Bucket=bucket, Key=person_key(person, FORGET), Body=b"")
        return True
