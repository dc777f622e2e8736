"""Faults in AWS calls, injected through botocore's events.

Of the calls of a faulty actor, a share fails before the service acts, a share fails after it acted (the
response is lost), and a share is repeated after it acted, as botocore does when the first response is lost.
In between, processes are killed, and calls hang until a process reaches its time limit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from threading import local
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError, ReadTimeoutError

from reliability.faults.actors import Actor
from reliability.faults.journal import Journal

CODES = {
    "s3": (("SlowDown", 503), ("InternalError", 500), ("ServiceUnavailable", 503)),
    "dynamodb": (("ThrottlingException", 400), ("InternalServerError", 500)),
    "sqs": (("RequestThrottled", 403), ("ServiceUnavailable", 503)),
}
ID = re.compile(r"[0-9a-f]{32}")
current_actor: ContextVar[Actor | None] = ContextVar("current_actor", default=None)


@dataclass(frozen=True)
class Rates:
    """Probabilities per call.

    Attributes:
        fails: the call fails, for half of these after it took effect.
        repeated: the call takes effect twice, because its first response is lost.
        killed: the process is killed before or after the call.
        hangs: the call takes longer than the function's time limit, at which the process is killed.
    """

    fails: float = 0.05
    repeated: float = 0.02
    killed: float = 0.004
    hangs: float = 0.001


@dataclass
class Injector:
    """Draws and counts faults.

    Attributes:
        seed: the same seed draws the same faults.
        rates: probabilities.
        advance: advances the virtual clock by seconds.
        counts: number of injected faults by kind.
        sites: number of failed calls by operation.
        calls: number of calls.
        journal: every call and what became of it.
    """

    seed: int
    rates: Rates
    advance: Callable[[float], None]
    counts: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    journal: Journal = field(default_factory=Journal)
    _call: local = field(default_factory=local)

    def attach(self, client: Any, actor: Callable[[], Actor | None] = current_actor.get) -> Any:
        """Inject faults into the calls of a boto3 client.

        Args:
            client: the client.
            actor: returns the actor on whose behalf the client is used; None for calls without faults.
        """
        service = client.meta.service_model.service_name

        def remember(params: dict[str, Any], **_: Any) -> None:
            self._call.params = dict(params)

        def before(model: Any, **_: Any) -> None:
            if (who := actor()) and not getattr(self._call, "repeating", False):
                self._before(who, service, model.name)

        def after(model: Any, parsed: dict[str, Any], **_: Any) -> None:
            if (who := actor()) and not getattr(self._call, "repeating", False):
                self._after(who, client, model.name, parsed)

        client.meta.events.register("provide-client-params", remember)
        client.meta.events.register("before-call", before)
        client.meta.events.register("after-call", after)
        return client

    def draw(self, *about: object) -> float:
        """A number from 0 to 1 that depends on the seed and the arguments only, not on the order of calls."""
        digest = sha256(repr((self.seed, *about)).encode()).digest()
        return int.from_bytes(digest[:6], "big") / (1 << 48)

    def step(self, actor: Actor) -> None:
        """A step without a call, before which the process may be killed."""
        actor.end_turn()
        if actor.doomed:
            raise self.killed(actor, "time limit")
        actor.steps += 1
        if actor.mortal and self.draw("step", actor.name, actor.steps) < self.rates.killed:
            raise self.killed(actor, "killed between stages")

    def killed(self, actor: Actor, kind: str) -> BaseException:
        """Kill an actor's process. Returns the exception to raise."""
        if not actor.killed:
            self.counts[kind] += 1
            self.journal.note(actor.name, kind)
        return actor.kill(kind)

    def _before(self, actor: Actor, service: str, operation: str) -> None:
        actor.end_turn()
        self.calls += 1
        self._call.about = about = self._about(actor, operation)
        self.advance(0.002 + 0.05 * self.draw("latency", *about))
        if actor.doomed or (actor.mortal and self.draw("hangs", *about) < self.rates.hangs):
            raise self.killed(actor, "time limit")
        if not actor.faulty:
            return
        if actor.mortal and self.draw("killed before", *about) < self.rates.killed / 2:
            raise self.killed(actor, "killed at a call")
        if self.draw("fails before", *about) < self.rates.fails / 2:
            raise self._failed(actor, service, operation)

    def _after(self, actor: Actor, client: Any, operation: str, parsed: dict[str, Any]) -> None:
        code = parsed.get("Error", {}).get("Code", "done")
        self.journal.note(actor.name, f"{operation} {self._key()}: {code}")
        if not actor.faulty:
            return
        about = self._call.about
        if actor.mortal and self.draw("killed after", *about) < self.rates.killed / 2:
            raise self.killed(actor, "killed at a call")
        if self.draw("fails after", *about) < self.rates.fails / 2:
            self._count(actor, "response lost", operation)
            raise ReadTimeoutError(endpoint_url=operation)
        if self.draw("repeated", *about) < self.rates.repeated:
            self._repeat(actor, client, operation, parsed)

    def _repeat(self, actor: Actor, client: Any, operation: str, parsed: dict[str, Any]) -> None:
        """Make a call again and return its second response."""
        self.counts["repeated after its response was lost"] += 1
        actor.hits.append("repeated")
        self.journal.note(actor.name, f"{operation} {self._key()}: repeated")
        self._call.repeating = True
        try:
            response = getattr(client, xform_name(operation))(**self._call.params)
        finally:
            self._call.repeating = False
        parsed.clear()
        parsed.update(response)

    def _failed(self, actor: Actor, service: str, operation: str) -> ClientError:
        choices = CODES[service]
        code, status = choices[int(self.draw("code", *self._call.about) * len(choices))]
        self._count(actor, "refused: " + code, operation)
        error = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return ClientError(error, operation)  # type: ignore[arg-type]

    def _count(self, actor: Actor, kind: str, operation: str) -> None:
        actor.hits.append(kind)
        self.counts[kind] += 1
        self.sites[operation] += 1
        self.journal.note(actor.name, f"{operation} {self._key()}: {kind}")

    def _about(self, actor: Actor, operation: str) -> tuple[object, ...]:
        """What a call's faults are drawn by. Random ids are left out, so that a seed repeats its campaign."""
        key = ID.sub("", self._key() or "")
        return actor.name, operation, key, actor.count(operation, key)

    def _key(self) -> str | None:
        """The S3 object that a call is about."""
        key = getattr(self._call, "params", {}).get("Key")
        return key if isinstance(key, str) else None
