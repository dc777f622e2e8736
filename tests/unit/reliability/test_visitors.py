from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from reliability.load.http_client import Connection, Response
from reliability.load.visitors import Timings


class Answers(Connection):
    """A connection that answers always alike."""

    def __init__(self, answer: Response | OSError) -> None:
        super().__init__("brain.test", 80)
        self._answer = answer

    async def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Response:
        if isinstance(self._answer, OSError):
            raise self._answer
        return self._answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response(500, {}, b'{"title":\n "broken"}' + b"." * 1000), '500 {"title": "broken"}'),
        (ConnectionResetError("closed"), "ConnectionResetError('closed')"),
    ],
)
def test_failed_requests_are_counted_with_their_answers(answer: Response | OSError, said: str) -> None:
    timings = Timings()
    for _ in range(2):
        assert asyncio.run(timings.timed("poll", Answers(answer), "GET", "/")) is None
    ((failed, count),) = timings.failures.items()
    assert failed[0] == "poll"
    assert failed[1].startswith(said)
    assert len(failed[1]) < 300
    assert (count, timings.errors("poll"), timings.errors("look")) == (2, 2, 0)


def test_other_requests_are_only_timed() -> None:
    timings = Timings()
    asyncio.run(timings.timed("poll", Answers(Response(304, {}, b"")), "GET", "/"))
    assert not timings.failures
    assert len(timings.seconds["poll"]) == 1
