"""A process that runs the explain function on messages from the photo queue."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3

from brain.core.errors import BrainError
from functions.explain import handler
from infra.local.description import Description
from infra.local.event_source import Context, poll
from infra.local.parent_process import end_with_parent

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def main(description_path: Path, ready: Path, processor: int | None = None) -> int:
    """Load the network, create the file `ready`, and explain photos until the process is terminated.

    Args:
        description_path: description of the local stack.
        ready: created once the network is loaded.
        processor: bind the process to this processor.

    Returns:
        The exit code 1, after printing why the network or a cascade cannot be loaded.
    """
    end_with_parent()
    if processor is not None:
        os.sched_setaffinity(0, [processor])
    description = Description.read(description_path)
    function = description.functions[description.event_source.function]

    def handle(event: dict[str, Any]) -> Any:
        return handler.lambda_handler(event, cast("LambdaContext", Context(function)))

    try:
        handler.bootstrap().explainer()
    except BrainError as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)
        return 1
    ready.touch()
    sqs = boto3.client("sqs")
    while True:
        poll(sqs, description.event_source, handle, description.region)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])))
