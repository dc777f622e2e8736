"""The log of enrolments in the results bucket: one object per model, which is only replaced conditionally."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from botocore.exceptions import ClientError

from brain.cloud.clients import s3_client
from brain.cloud.enrolment_log import EnrolmentLog
from brain.core.clock import now
from brain.core.settings import Settings

CONDITION_FAILED = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")
NOT_MODIFIED = ("304", "NotModified")
MISSING = ("NoSuchKey", "404")
ATTEMPTS = 20
LONGEST_WAIT = 2.0


class TooManyWriters(Exception):
    """Other workers replaced the log at every attempt; deliver the event again later."""


class PeopleBucket:
    """Reads and changes the log. Thread-safe.

    Args:
        settings: the results bucket and the model's name.
        s3: boto3's S3 client.
        wait: sleeps for some seconds.
    """

    def __init__(self, settings: Settings, s3: Any, wait: Callable[[float], None] = time.sleep) -> None:
        self._bucket = settings.results_bucket
        self._key = people_log_key(settings.model)
        self._s3 = s3
        self._wait = wait
        self._lock = Lock()
        self._read: tuple[str | None, EnrolmentLog] = (None, EnrolmentLog())

    @classmethod
    def connect(cls, settings: Settings, environ: Mapping[str, str] | None = None) -> PeopleBucket:
        """A bucket with its own client, configured by the environment (the process's own by default)."""
        return cls(settings, s3_client(environ))

    def current(self) -> EnrolmentLog:
        """The current log; the same object as last time if it has not changed."""
        with self._lock:
            self._read = self._fetch(*self._read)
            return self._read[1]

    def change(self, edit: Callable[[EnrolmentLog], EnrolmentLog]) -> EnrolmentLog:
        """Replace the log. The edit is repeated if another worker replaced the log meanwhile.

        Args:
            edit: turns the stored log into the one to store.

        Returns:
            The log before the change.

        Raises:
            TooManyWriters: give up, and try again later.
        """
        etag, log = self._fetch(None, EnrolmentLog())
        for attempt in range(ATTEMPTS):
            changed = edit(log)
            if changed == log or self._replace(changed.pruned(now()), etag):
                return log
            self._wait(random.uniform(0, min(LONGEST_WAIT, 0.01 * 2**attempt)))
            etag, log = self._fetch(None, EnrolmentLog())
        raise TooManyWriters

    def _fetch(self, etag: str | None, known: EnrolmentLog) -> tuple[str | None, EnrolmentLog]:
        """The log and its ETag, read again only if the ETag has changed."""
        condition = {"IfNoneMatch": etag} if etag else {}
        try:
            response = self._s3.get_object(Bucket=self._bucket, Key=self._key, **condition)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in NOT_MODIFIED:
                return etag, known
            if code in MISSING:
                return None, EnrolmentLog()
            raise
        return str(response["ETag"]), EnrolmentLog.from_json(response["Body"].read())

    def _replace(self, log: EnrolmentLog, etag: str | None) -> bool:
        """Store the log in place of a known version. Returns False if there is another version."""
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=self._key,
                Body=log.to_json(),
                ContentType="application/json",
                **condition,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in (*CONDITION_FAILED, *MISSING):
                raise
            return False
        return True


def people_log_key(model: str) -> str:
    """Key in the results bucket of a model's log."""
    return f"people/{model}.json"
