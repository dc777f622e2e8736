"""What the handler adds to the pipeline: the real one on local S3 and DynamoDB, minus `explain` itself.

python -m benchmarks.handler FILE ROUNDS     writes two lists of seconds, `whole` and `pipeline`, as JSON
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
from typing import Any

from benchmarks import materials
from infra.local import environment, ports
from infra.local.children import Children


class Stopwatch:
    """An explainer that keeps how long each explanation took."""

    def __init__(self, explainer: Any) -> None:
        self._explainer = explainer
        self.seconds: list[float] = []

    def explain(self, photo: bytes, **options: Any) -> Any:
        """As the explainer behind it does."""
        start = time.perf_counter()
        explained = self._explainer.explain(photo, **options)
        self.seconds.append(time.perf_counter() - start)
        return explained


def main(out: Path, rounds: int) -> None:
    """Serve storage from a process of its own, then handle one event per round."""
    port = free_port()
    endpoint = f"http://{environment.HOST}:{port}"
    os.environ.update(environment.base(os.environ, endpoint))
    with Children(Event()) as children:
        children.start("storage", "infra.local.storage", str(port), environment=os.environ)
        children.wait_until(lambda: ports.answers(port, "/moto-api/"), "the storage server", 60)
        out.write_text(json.dumps(measure(rounds)), encoding="utf-8")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((environment.HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def measure(rounds: int) -> dict[str, list[float]]:
    """Seconds of whole invocations and of the explanations within."""
    import boto3

    from brain.core.settings import Settings
    from functions.explain.handler import bootstrap, handle

    settings, service = Settings.from_environment(), bootstrap()
    explainer = Stopwatch(service.explainer())
    service = replace(service, explainer=lambda: explainer)
    s3 = boto3.client("s3")
    for bucket in (settings.uploads_bucket, settings.results_bucket):
        s3.create_bucket(Bucket=bucket)
    boto3.client("dynamodb").create_table(
        TableName=settings.table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000, memory_limit_in_mb=3008)
    photo, whole = materials.PHOTO.read_bytes(), []
    for number in range(rounds + 1):
        key = f"photo-{number}.jpg"
        etag = s3.put_object(Bucket=settings.uploads_bucket, Key=key, Body=photo)["ETag"]
        event = queued(settings.uploads_bucket, key, etag.strip('"'))
        start = time.perf_counter()
        answer = handle(event, context, service)
        whole.append(time.perf_counter() - start)
        assert answer == {"batchItemFailures": []}
    return {"whole": whole[1:], "pipeline": explainer.seconds[1:]}


def queued(bucket: str, key: str, etag: str) -> dict[str, Any]:
    """What Lambda hands over for one dropped photo: S3's notification in a message of the queue."""
    place = {"bucket": {"name": bucket}, "object": {"key": key, "eTag": etag}}
    body = {"Records": [{"eventName": "ObjectCreated:Put", "s3": place}]}
    message = {
        "messageId": key,
        "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1"},
        "body": json.dumps(body),
    }
    return {"Records": [message]}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
