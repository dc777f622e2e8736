"""What the local stack's processes need to know of it, passed between them as JSON."""

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
    """A function's settings. `timeout` is in seconds, `memory` in MB."""

    name: str
    timeout: int
    memory: int
    environment: dict[str, str]


@dataclass(frozen=True)
class Feed:
    """Which queue feeds which function, and how.

    Attributes:
        partial: whether the function reports the messages that failed, instead of all or none.
    """

    function: str
    queue_url: str
    queue_arn: str
    batch_size: int
    partial: bool


@dataclass(frozen=True)
class Description:
    """The stack as it stands; `buckets` are the names of the uploads and the results bucket."""

    region: str
    uploads_bucket: str
    results_bucket: str
    functions: dict[str, Function]
    feed: Feed
    headers: dict[str, str]

    def write(self, path: Path) -> None:
        """Store as JSON; complete or not at all."""
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(self)), encoding="utf-8")
        draft.replace(path)

    @classmethod
    def read(cls, path: Path) -> Description:
        """What `write` stored."""
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        functions = {name: Function(**entry) for name, entry in data.pop("functions").items()}
        return cls(**{**data, "functions": functions, "feed": Feed(**data["feed"])})


def describe(stack: Stack) -> Description:
    """Read the description off a resolved template.

    Raises:
        ValueError: the template has not exactly one event source mapping.
    """
    return Description(
        region=stack.place.region,
        uploads_bucket=stack.resolve({"Ref": "UploadsBucket"}),
        results_bucket=stack.resolve({"Ref": "ResultsBucket"}),
        functions={name: _function(stack, name) for name in stack.of_type("AWS::Lambda::Function")},
        feed=_feed(stack),
        headers=response_headers(stack),
    )


def _function(stack: Stack, name: str) -> Function:
    variables = stack.get(name, "Environment", "Variables") or {}
    return Function(
        name=f"{stack.place.stack_name}-{name}",
        timeout=stack.get(name, "Timeout"),
        memory=stack.get(name, "MemorySize"),
        environment={key: str(value) for key, value in variables.items()},
    )


def _feed(stack: Stack) -> Feed:
    (mapping,) = stack.of_type(MAPPING)
    arn = stack.get(mapping, "EventSourceArn")
    queues = {stack.resolve({"Fn::GetAtt": [name, "Arn"]}): name for name in stack.of_type("AWS::SQS::Queue")}
    return Feed(
        function=stack.get(mapping, "FunctionName"),
        queue_url=stack.resolve({"Ref": queues[arn]}),
        queue_arn=arn,
        batch_size=stack.get(mapping, "BatchSize"),
        partial="ReportBatchItemFailures" in (stack.get(mapping, "FunctionResponseTypes") or []),
    )
