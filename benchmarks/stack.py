"""Measures how many photos per minute the local stack explains when a folder is dropped into the bucket."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import boto3

from benchmarks import inputs
from benchmarks.child import bare_environment
from benchmarks.conditions import Condition, neighbour
from benchmarks.measurements import Section
from brain.cloud.uploads import id_of_object
from brain.core.settings import Settings
from infra.local import environment, ports

RATE = "photos per minute: {}"  # "idle" or "busy neighbour"
PHOTOS = 24
VARIABLES = Condition(threads=None, variables={"BRAIN_CHECK": "full"}).environment
READY = "is ready"
STOP_SECONDS = 30
LIMIT_SECONDS = 180.0
POLL_SECONDS = 0.05


class Stack:
    """A running stack; `page` is the address of the page.

    Args:
        page: TCP port of page and API.
        storage: TCP port of S3.
    """

    def __init__(self, page: int, storage: int) -> None:
        self.page = f"http://{environment.HOST}:{page}"
        self._bucket = Settings().uploads_bucket
        self._s3 = boto3.client(
            "s3",
            endpoint_url=f"http://{environment.HOST}:{storage}",
            region_name=environment.REGION,
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )

    def drop(self, key: str, photo: bytes) -> str:
        """Put a photo into the uploads bucket, and return its id."""
        etag = self._s3.put_object(Bucket=self._bucket, Key=key, Body=photo)["ETag"].strip('"')
        return id_of_object(self._bucket, key, etag)

    def status(self, upload_id: str) -> str:
        """The status of a photo; "waiting" while the API does not know it."""
        with (
            suppress(OSError),
            urllib.request.urlopen(f"{self.page}/api/results/{upload_id}", timeout=10) as answer,
        ):
            return str(json.load(answer)["status"])
        return "waiting"


def measure(section: Section, photos: int = PHOTOS) -> None:
    """Measure the stack idle and beside a busy neighbour."""
    with running_stack(VARIABLES) as stack:
        drop_folder(stack, inputs.photos(2), "warm-up")
        for busy, title in ((False, "idle"), (True, "busy neighbour")):
            with section.recording_failures(title), neighbour(busy):
                seconds = drop_folder(stack, inputs.photos(photos), title)
                section.values[RATE.format(title)] = photos / seconds * 60


@contextmanager
def running_stack(variables: Mapping[str, str]) -> Iterator[Stack]:
    """Run `make start`'s stack for the duration of the block.

    Raises:
        TimeoutError: the stack was not ready in time.
        RuntimeError: the stack ended.
    """
    page, storage = ports.free(2)
    variables = bare_environment() | dict(variables) | {"PORT": str(page), "S3_PORT": str(storage)}
    log = inputs.FOLDER / "stack.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local"], env=variables, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: process.poll() is not None or READY in log.read_text(encoding="utf-8"))
        if process.poll() is not None:
            raise RuntimeError(f"the local stack ended with exit code {process.returncode}; see {log}")
        yield Stack(page, storage)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def drop_folder(stack: Stack, photos: list[bytes], folder: str) -> float:
    """Drop photos into the bucket and wait until all are done; seconds from the first to the last."""
    start = time.perf_counter()
    ids = [stack.drop(f"{folder}/{number}.jpg", photo) for number, photo in enumerate(photos)]
    wait_until(lambda: all(stack.status(upload_id) == "done" for upload_id in reversed(ids)))
    return time.perf_counter() - start


def wait_until(condition: Callable[[], bool]) -> None:
    """Poll a condition.

    Raises:
        TimeoutError: the condition did not become true in time.
    """
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing after {LIMIT_SECONDS:.0f} seconds")
        time.sleep(POLL_SECONDS)
