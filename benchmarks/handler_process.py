"""One fresh process that handles photo events against local S3 and DynamoDB.

    python -m benchmarks.handler_process FILE ROUNDS

Writes two lists of seconds as JSON: `whole`, the invocations of the handler, and `pipeline`, the explanations
within them. The difference is what the handler adds: S3, the table and encoding.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from benchmarks import inputs
from infra.local import environment, ports
from infra.local.processes import Processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_lambda_powertools.utilities.typing import LambdaContext

    from brain.cloud.service import Explained, Explainer
    from brain.core.results import PhotoRequest

START_SECONDS = 60.0


class TimedExplainer:
    """An explainer that records how long each explanation took."""

    def __init__(self, explainer: Explainer) -> None:
        self._explainer = explainer
        self.seconds: list[float] = []

    def stages(self, photo: bytes, request: PhotoRequest) -> Iterator[Explained]:
        """Pass on the stages of the wrapped explainer and record the time that it takes in total."""
        seconds, start = 0.0, time.perf_counter()
        for explained in self._explainer.stages(photo, request):
            seconds += time.perf_counter() - start
            yield explained
            start = time.perf_counter()
        self.seconds.append(seconds + time.perf_counter() - start)


def main(out: Path, rounds: int) -> None:
    """Start the storage server in a process of its own, then handle one event per round."""
    port = free_port()
    os.environ.update(environment.base(os.environ, f"http://{environment.HOST}:{port}"))
    with Processes(Event()) as processes:
        processes.start("storage", "infra.local.storage", str(port), environment=os.environ)
        processes.wait_until(lambda: ports.answers(port, "/moto-api/"), "the storage server", START_SECONDS)
        out.write_text(json.dumps(measure(rounds)), encoding="utf-8")


def free_port() -> int:
    """A TCP port that is not in use."""
    with socket.socket() as probe:
        probe.bind((environment.HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def measure(rounds: int) -> dict[str, list[float]]:
    """Seconds of whole invocations and of the explanations within them, without the first, which warms up."""
    import boto3

    from brain.core.settings import Settings
    from functions.explain.handler import bootstrap, handle

    settings, service = Settings.from_environment(), bootstrap()
    explainer = TimedExplainer(service.explainer())
    service = replace(service, explainer=lambda: explainer)
    create_resources(settings.uploads_bucket, settings.results_bucket, settings.table)
    s3 = boto3.client("s3")
    context = cast(
        "LambdaContext",
        SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000, memory_limit_in_mb=3008),
    )
    photo, whole = inputs.PHOTO.read_bytes(), []
    for number in range(rounds + 1):
        key = f"photo-{number}.jpg"
        etag = s3.put_object(Bucket=settings.uploads_bucket, Key=key, Body=photo)["ETag"]
        event = queue_event(settings.uploads_bucket, key, etag.strip('"'))
        start = time.perf_counter()
        answer = handle(event, context, service)
        whole.append(time.perf_counter() - start)
        assert answer == {"batchItemFailures": []}
    return {"whole": whole[1:], "pipeline": explainer.seconds[1:]}


def create_resources(uploads: str, results: str, table: str) -> None:
    """Create the two buckets and the table."""
    import boto3

    s3 = boto3.client("s3")
    for bucket in (uploads, results):
        s3.create_bucket(Bucket=bucket)
    boto3.client("dynamodb").create_table(
        TableName=table,
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


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
