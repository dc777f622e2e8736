"""One request to the API function, in a process of its own: `python -m benchmarks.first_answer EVENT`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from functions.api.handler import lambda_handler

EVENTS = Path(__file__).parent.parent / "tests" / "events"


def main(event: str) -> None:
    """Answer a raw event as Lambda would have it answered.

    Raises:
        SystemExit: the answer is no success.
    """
    context: Any = SimpleNamespace(
        function_name="api",
        memory_limit_in_mb=1024,
        invoked_function_arn="arn:aws:lambda:eu-central-1:111122223333:function:api",
        aws_request_id="52fdfc07-2182-454f-963f-5f0f9a621d72",
    )
    answer = lambda_handler(json.loads((EVENTS / f"{event}.json").read_text(encoding="utf-8")), context)
    if answer["statusCode"] != 200:
        sys.exit(f"{event}: {answer['statusCode']}")


if __name__ == "__main__":
    main(sys.argv[1])
