"""Process: the explain function, fed from the photo queue."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3

from brain.core.errors import BrainError
from functions.explain import handler
from infra.local import lifeline
from infra.local.description import Description
from infra.local.feed import Context, pump

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def main(description_path: Path, ready: Path) -> int:
    """Load the network, say so by making the file `ready`, then explain photos until the process is ended.

    It may be ended at any moment: what it has not finished would be forgotten with everything else.

    Returns:
        1, with a message, when the network or a cascade cannot be loaded.
    """
    lifeline.hold()
    description = Description.read(description_path)
    function = description.functions[description.feed.function]

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
        pump(sqs, description.feed, handle, description.region)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
