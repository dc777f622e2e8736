"""One fresh process that answers one request to the API function.

python -m benchmarks.api_process EVENT     a file of tests/events, without its ending
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from functions.api.handler import lambda_handler

if TYPE_CHECKING:
    from mangum.types import LambdaContext

EVENTS = Path(__file__).parent.parent / "tests" / "events"


def main(event: str) -> None:
    """Pass an event to the handler, as Lambda does.

    Raises:
        SystemExit: the answer is not 200.
    """
    context = SimpleNamespace(
        function_name="api",
        memory_limit_in_mb=1024,
        invoked_function_arn="arn:aws:lambda:eu-central-1:111122223333:function:api",
        aws_request_id="52fdfc07-2182-454f-963f-5f0f9a621d72",
    )
    request = json.loads((EVENTS / f"{event}.json").read_text(encoding="utf-8"))
    answer = lambda_handler(request, cast("LambdaContext", context))
    if answer["statusCode"] != 200:
        sys.exit(f"{event}: {answer['statusCode']}")


if __name__ == "__main__":
    main(sys.argv[1])
