"""Messages, photos and the faults that interrupt their delivery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from tests.unit.cloud.memory import refusal


class Killed(BaseException):
    """The process was killed: nothing handles this."""


@dataclass(eq=False)
class Message:
    key: str
    etag: str
    receives: int = 0
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass
class Photo:
    """What is known about an id: the contents that its result may show, and what was done to its object."""

    key: str
    contents: list[bytes] = field(default_factory=list)
    deleted: bool = False
    removed: bool = False
    replaced: bool = False


@dataclass
class Interruption:
    """Something that happens before or after a call of the outermost action."""

    call: int
    before: bool
    act: Callable[[], object]


def fail() -> None:
    raise refusal("InternalError")


def kill() -> None:
    raise Killed
