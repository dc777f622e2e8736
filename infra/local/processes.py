"""Starts, watches and ends the local stack's processes."""

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
    """The user asked the stack to stop."""


class ProcessFailed(Exception):
    """A process exited unexpectedly or was not ready in time."""


class Processes:
    """A context manager that ends its processes on exit.

    Args:
        stopping: set when the user asks the stack to stop, for instance by a signal.
    """

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # In reverse order, so that the storage ends after its clients.
        for process in reversed(self._running.values()):
            _end(process)

    def start(self, name: str, module: str, *arguments: str, environment: Mapping[str, str]) -> None:
        """Start a Python module as a process.

        Its stdin is a pipe that is closed when this process ends. It runs in a session of its own, so that
        Ctrl-C does not reach it.
        """
        self._running[name] = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=dict(environment),
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def finish(self, name: str, seconds: float) -> None:
        """Wait until a process has exited.

        Raises:
            Stopped: the user asked the stack to stop.
            ProcessFailed: the process failed or took too long, or another one exited.
        """
        process = self._running.pop(name)
        try:
            self.wait_until(lambda: process.poll() is not None, f"{name} to finish", seconds)
        finally:
            _end(process)
        if process.returncode:
            raise ProcessFailed(f"{name} failed with exit code {process.returncode}")

    def wait_until(self, done: Callable[[], bool], what: str, seconds: float = float("inf")) -> None:
        """Wait for a condition while all processes are running.

        Args:
            done: the condition.
            what: names the condition in the error message.
            seconds: how long to wait.

        Raises:
            Stopped: the user asked the stack to stop.
            ProcessFailed: a process exited, or the condition did not become true in time.
        """
        deadline = time.monotonic() + seconds
        while not done():
            if self._stopping.wait(POLL_SECONDS):
                raise Stopped
            self._check_alive()
            if time.monotonic() > deadline:
                raise ProcessFailed(f"timed out after {seconds:.0f} seconds waiting for {what}")

    def watch(self) -> None:
        """Wait until `wait_until` raises."""
        self.wait_until(lambda: False, "nothing")

    def _check_alive(self) -> None:
        for name, process in self._running.items():
            if process.poll() is not None:
                raise ProcessFailed(f"{name} exited with code {process.returncode}")


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
