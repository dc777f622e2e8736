"""Actors: threads that take turns, so that every interleaving of their AWS calls follows from a seed.

Only a single actor runs at any time, from one AWS call to the next. Whose turn is next is drawn at random.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from threading import Semaphore, Thread, current_thread, main_thread

POOL_THREADS = "ThreadPoolExecutor"  # the threads in which pictures are stored side by side


class Killed(BaseException):
    """The actor's process was killed. Not an `Exception`, because a killed process handles nothing."""


@dataclass
class Actor:
    """Something that makes AWS calls, such as one invocation of a function.

    Attributes:
        name: identifies the actor in faults that are drawn for it.
        deadline: virtual time at which its process is killed, in seconds since 1970.
        mortal: whether its process may be killed.
        faulty: whether its calls may fail.
        steps: number of its steps without a call.
        hits: kinds of faults that hit it.
        killed: whether its process was killed.
        doomed: whether its process was killed, or its time was over, when its turn began. Parallel calls
            within a turn do not see each other's fate, so that a campaign can be repeated.
    """

    name: str
    deadline: float = float("inf")
    mortal: bool = False
    faulty: bool = True
    steps: int = 0
    hits: list[str] = field(default_factory=list)
    killed: bool = False
    doomed: bool = False
    finished: bool = False
    error: BaseException | None = None
    _calls: Counter[object] = field(default_factory=Counter)
    _turn: Semaphore = field(default_factory=lambda: Semaphore(0))
    _ended: Semaphore = field(default_factory=lambda: Semaphore(0))

    def start(self, work: Callable[[], object]) -> None:
        """Prepare the actor's thread, which waits for its first turn."""
        Thread(target=self._run, args=(work,), name=self.name, daemon=True).start()

    def take_turn(self) -> None:
        """Run until the next AWS call."""
        self._turn.release()
        self._ended.acquire()

    def end_turn(self) -> None:
        """Let others run. Calls of a pool's threads, made side by side, belong to a single turn."""
        if current_thread() is main_thread() or current_thread().name.startswith(POOL_THREADS):
            return
        self._ended.release()
        self._turn.acquire()
        self.doomed = self.killed or time.time() > self.deadline

    def count(self, *call: object) -> int:
        """The number of calls like this one so far, including it."""
        self._calls[call] += 1
        return self._calls[call]

    def kill(self, kind: str) -> Killed:
        """Mark the actor's process as killed. Returns the exception to raise."""
        if not self.killed:
            self.hits.append(kind)
        self.killed = True
        return Killed(kind)

    def _run(self, work: Callable[[], object]) -> None:
        self._turn.acquire()
        try:
            work()
        except Killed:
            pass
        except BaseException as error:
            self.error = error
        self.finished = True
        self._ended.release()


class Stage:
    """The actors that are active at a time."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._active: list[Actor] = []

    def __len__(self) -> int:
        return len(self._active)

    def add(self, actor: Actor, work: Callable[[], object]) -> None:
        """Start an actor."""
        actor.start(work)
        self._active.append(actor)

    def step(self) -> Actor | None:
        """Give a random actor its turn. Returns the actor if that was its last one.

        Raises:
            BaseException: whatever ended the actor, other than being killed.
        """
        actor = self._random.choice(self._active)
        actor.take_turn()
        if not actor.finished:
            return None
        self._active.remove(actor)
        if actor.error:
            raise actor.error
        return actor
