"""The local stack's processes: started together, ended together."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from threading import Event
from types import TracebackType

POLL_SECONDS = 0.05
GRACE_SECONDS = 5.0


class Stopped(Exception):
    """The user asked for the end."""


class ChildFailed(Exception):
    """A process ended by itself, or was not ready in time."""


class Children:
    """Processes that live no longer than the `with` block that holds them.

    Args:
        stopping: set when the user asks for the end, by a signal for instance.
    """

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # In reverse: whoever uses the storage ends before the storage does.
        for process in reversed(self._running.values()):
            _end(process)

    def start(self, name: str, module: str, *arguments: str, environment: Mapping[str, str]) -> None:
        """Start a Python module as a process.

        Its stdin is a pipe that closes when this process ends. In a session of its own, Ctrl-C does
        not reach it: stopping is up to us.
        """
        self._running[name] = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=dict(environment),
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def finish(self, name: str, seconds: float) -> None:
        """Wait until a process has done its work.

        Raises:
            Stopped, ChildFailed: as `wait_until` does, or it ended with an error.
        """
        process = self._running.pop(name)
        try:
            self.wait_until(lambda: process.poll() is not None, f"{name} to finish", seconds)
        finally:
            _end(process)
        if process.returncode:
            raise ChildFailed(f"{name} failed with exit code {process.returncode}")

    def wait_until(self, done: Callable[[], bool], what: str, seconds: float = float("inf")) -> None:
        """Wait while all processes run.

        Raises:
            Stopped: the user asked for the end.
            ChildFailed: a process ended, or `what` did not come true in time.
        """
        deadline = time.monotonic() + seconds
        while not done():
            if self._stopping.wait(POLL_SECONDS):
                raise Stopped
            self._check_alive()
            if time.monotonic() > deadline:
                raise ChildFailed(f"waited {seconds:.0f} seconds in vain for {what}")

    def watch(self) -> None:
        """Wait for ever, that is, for one of `wait_until`'s exceptions."""
        self.wait_until(lambda: False, "nothing")

    def _check_alive(self) -> None:
        for name, process in self._running.items():
            if process.poll() is not None:
                raise ChildFailed(f"{name} ended by itself with exit code {process.returncode}")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdin:
        process.stdin.close()
