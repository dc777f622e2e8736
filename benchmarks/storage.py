"""Photo events against local S3 and DynamoDB: seconds until a name, and until everything, is stored."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from benchmarks import inputs
from benchmarks.child import call
from benchmarks.conditions import Condition
from benchmarks.measurements import Section
from infra.local import environment, ports
from infra.local.processes import Processes

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from brain.cloud.service import Explainer
    from brain.core.settings import Settings

GROUP = str(Condition())
NAMED = "BRAIN: name, candidates and activation map stored"
DONE = "BRAIN: everything stored"
PIPELINE = "BRAIN: everything, without storage"
PLAIN = "plain pipeline: name stored, no explanation"
START_SECONDS = 60.0


def measure(section: Section, rounds: int) -> None:
    """Time the explain function's handler beside a plain pipeline, one thread, idle."""
    condition = Condition(variables={"BRAIN_CHECK": "full"})
    section.times[GROUP] = call(time_events, condition.environment, rounds=rounds)


def time_events(rounds: int) -> dict[str, list[float]]:
    """Start the storage server in a process of its own, then time one event per contender and round."""
    with local_storage():
        return time_contenders(rounds)


@contextmanager
def local_storage() -> Iterator[None]:
    """Serve S3 and DynamoDB for the duration of the block, and point this process to them."""
    (port,) = ports.free(1)
    os.environ["BRAIN_PEOPLE_SOURCE"] = "embedded"
    os.environ.update(environment.base(os.environ, f"http://{environment.HOST}:{port}"))
    with Processes(Event()) as processes:
        processes.start("storage", "infra.local.storage", str(port), environment=os.environ)
        processes.wait_until(lambda: ports.answers(port, "/moto-api/"), "the storage server", START_SECONDS)
        yield


class TimedExplainer:
    """An explainer that records when each stage was stored.

    The service stores a stage before it asks for the next one.
    """

    def __init__(self, explainer: Any) -> None:
        self._explainer = explainer
        self.stored_at: list[float] = []
        self.seconds = 0.0

    def stages(self, *arguments: Any, **options: Any) -> Iterator[Any]:
        """Pass on every stage, and record the time at which the caller wants the next one."""
        stages = self._explainer.stages(*arguments, **options)
        self.stored_at, self.seconds = [], 0.0
        while True:
            start = time.perf_counter()
            stage = next(stages, None)
            self.seconds += time.perf_counter() - start
            if stage is None:
                return
            yield stage
            self.stored_at.append(time.perf_counter())


def time_contenders(rounds: int) -> dict[str, list[float]]:
    """Seconds of each contender, by round; the first round warms up and is left out."""
    from brain.core.settings import Settings

    settings = Settings.from_environment()
    create_resources(settings)
    handle_event, plain_event = brain_contender(settings), plain_contender(settings)
    seconds: dict[str, list[float]] = {NAMED: [], DONE: [], PIPELINE: [], PLAIN: []}
    for _ in range(rounds + 1):
        for name, value in (handle_event() | plain_event()).items():
            seconds[name].append(value)
    return {name: values[1:] for name, values in seconds.items()}


def brain_contender(settings: Settings) -> Callable[[], dict[str, float]]:
    """A function that uploads a photo and handles its event."""
    import boto3

    from brain.cloud.repository import AwsResultRepository
    from brain.cloud.service import Service
    from functions.explain.handler import bootstrap, handle

    explainer = TimedExplainer(bootstrap().explainer())
    repository = AwsResultRepository.connect(settings)
    service = Service(repository, lambda: cast("Explainer", explainer), settings.max_receives)
    remaining = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000, memory_limit_in_mb=3008)
    context = cast("LambdaContext", remaining)
    s3, photo, numbers = boto3.client("s3"), inputs.PHOTO.read_bytes(), count()

    def handle_event() -> dict[str, float]:
        key = f"photo-{next(numbers)}.jpg"
        etag = s3.put_object(Bucket=settings.uploads_bucket, Key=key, Body=photo)["ETag"]
        event = queue_event(settings.uploads_bucket, key, etag.strip('"'))
        start = time.perf_counter()
        answer = handle(event, context, service)
        done = time.perf_counter() - start
        assert answer == {"batchItemFailures": []}
        return {NAMED: explainer.stored_at[0] - start, DONE: done, PIPELINE: explainer.seconds}

    return handle_event


def plain_contender(settings: Settings) -> Callable[[], dict[str, float]]:
    """A function that reads a photo, names it with the plain pipeline and stores the result."""
    import boto3

    from benchmarks import plain

    s3, name = boto3.client("s3"), plain.load(settings)
    s3.put_object(Bucket=settings.uploads_bucket, Key="plain.jpg", Body=inputs.PHOTO.read_bytes())

    def plain_event() -> dict[str, float]:
        start = time.perf_counter()
        photo = s3.get_object(Bucket=settings.uploads_bucket, Key="plain.jpg")["Body"].read()
        jpeg, result = name(photo)
        s3.put_object(Bucket=settings.results_bucket, Key="plain/cropped.jpg", Body=jpeg)
        s3.put_object(Bucket=settings.results_bucket, Key="plain/result.json", Body=result)
        return {PLAIN: time.perf_counter() - start}

    return plain_event


def create_resources(settings: Settings) -> None:
    """Create the two buckets and the table."""
    import boto3

    s3 = boto3.client("s3")
    for bucket in (settings.uploads_bucket, settings.results_bucket):
        s3.create_bucket(Bucket=bucket)
    boto3.client("dynamodb").create_table(
        TableName=settings.table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def queue_event(bucket: str, key: str, etag: str) -> dict[str, Any]:
    """The event that Lambda receives from the queue when one photo was dropped into the bucket."""
    body = {
        "Records": [
            {
                "eventName": "ObjectCreated:Put",
                "s3": {"bucket": {"name": bucket}, "object": {"key": key, "eTag": etag}},
            }
        ]
    }
    message = {
        "messageId": key,
        "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1"},
        "body": json.dumps(body),
    }
    return {"Records": [message]}
