"""The description of the local stack that its processes share, stored as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from infra.local.headers import response_headers
from infra.local.resolver import Stack

MAPPING = "AWS::Lambda::EventSourceMapping"


@dataclass(frozen=True)
class Function:
    """Settings of a Lambda function. `timeout` is in seconds, `memory` in MB."""

    name: str
    timeout: int
    memory: int
    environment: dict[str, str]


@dataclass(frozen=True)
class EventSource:
    """An event source mapping: a queue whose messages a function receives.

    Attributes:
        function: logical id of the function.
        queue_url, queue_arn: identify the queue.
        batch_size: maximum number of messages per invocation.
        partial: whether the function reports failed messages individually.
    """

    function: str
    queue_url: str
    queue_arn: str
    batch_size: int
    partial: bool


@dataclass(frozen=True)
class Description:
    """The resources of the local stack, and the response headers of its page."""

    region: str
    uploads_bucket: str
    results_bucket: str
    functions: dict[str, Function]
    event_source: EventSource
    headers: dict[str, str]

    def write(self, path: Path) -> None:
        """Write as JSON, atomically."""
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.replace(path)

    @classmethod
    def read(cls, path: Path) -> Description:
        """Read the output of `write`."""
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        functions = {name: Function(**entry) for name, entry in data.pop("functions").items()}
        return cls(**{**data, "functions": functions, "event_source": EventSource(**data["event_source"])})


def describe(stack: Stack) -> Description:
    """Describe a resolved template.

    Raises:
        ValueError: the template does not have exactly one event source mapping.
    """
    return Description(
        region=stack.target.region,
        uploads_bucket=stack.resolve({"Ref": "UploadsBucket"}),
        results_bucket=stack.resolve({"Ref": "ResultsBucket"}),
        functions={name: _function(stack, name) for name in stack.of_type("AWS::Lambda::Function")},
        event_source=_event_source(stack),
        headers=response_headers(stack),
    )


def _function(stack: Stack, name: str) -> Function:
    variables = stack.get(name, "Environment", "Variables") or {}
    return Function(
        name=f"{stack.target.stack_name}-{name}",
        timeout=stack.get(name, "Timeout"),
        memory=stack.get(name, "MemorySize"),
        environment={key: str(value) for key, value in variables.items()},
    )


def _event_source(stack: Stack) -> EventSource:
    (mapping,) = stack.of_type(MAPPING)
    arn = stack.get(mapping, "EventSourceArn")
    queues = {stack.resolve({"Fn::GetAtt": [name, "Arn"]}): name for name in stack.of_type("AWS::SQS::Queue")}
    return EventSource(
        function=stack.get(mapping, "FunctionName"),
        queue_url=stack.resolve({"Ref": queues[arn]}),
        queue_arn=arn,
        batch_size=stack.get(mapping, "BatchSize"),
        partial="ReportBatchItemFailures" in (stack.get(mapping, "FunctionResponseTypes") or []),
    )
