"""Starts, watches and ends the local stack's processes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from types import TracebackType

POLL_SECONDS = 0.05
GRACE_SECONDS = 5.0
# A process that exits so soon so often in a row would never stop exiting.
QUICK_EXIT_SECONDS = 10.0
MAX_QUICK_EXITS = 3


class Stopped(Exception):
    """The user asked the stack to stop."""


class ProcessFailed(Exception):
    """A process exited unexpectedly or was not ready in time."""


@dataclass
class _Child:
    """A started process, and how to start it again."""

    command: list[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes]
    started: float
    restarts: bool = False
    quick_exits: int = 0


class Processes:
    """A context manager that ends its processes on exit.

    Args:
        stopping: set when the user asks the stack to stop, for instance by a signal.
    """

    def __init__(self, stopping: Event) -> None:
        self._stopping = stopping
        self._running: dict[str, _Child] = {}

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # In reverse order, so that the storage ends after its clients.
        for child in reversed(self._running.values()):
            _end(child.process)

    def start(self, name: str, module: str, *arguments: str, environment: Mapping[str, str]) -> None:
        """Start a Python module as a process.

        Its stdin is a pipe that is closed when this process ends. It runs in a session of its own, so that
        Ctrl-C does not reach it.
        """
        command = [sys.executable, "-m", module, *arguments]
        process = _start(command, environment)
        self._running[name] = _Child(command, environment, process, time.monotonic())

    def restart_on_exit(self, name: str) -> None:
        """From now on, start a process again when it exits, unless it keeps exiting soon after its start."""
        self._running[name].restarts = True

    def finish(self, name: str, seconds: float) -> None:
        """Wait until a process has exited.

        Raises:
            Stopped: the user asked the stack to stop.
            ProcessFailed: the process failed or took too long, or another one exited.
        """
        process = self._running.pop(name).process
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
            self._check_running()
            if time.monotonic() > deadline:
                raise ProcessFailed(f"timed out after {seconds:.0f} seconds waiting for {what}")

    def watch(self) -> None:
        """Wait for a reason to stop, which `wait_until` raises."""
        self.wait_until(lambda: False, "nothing")

    def _check_running(self) -> None:
        for name, child in self._running.items():
            if child.process.poll() is not None:
                self._replace_exited(name, child)

    def _replace_exited(self, name: str, child: _Child) -> None:
        code = child.process.returncode
        is_quick = time.monotonic() - child.started < QUICK_EXIT_SECONDS
        child.quick_exits = child.quick_exits + 1 if is_quick else 0
        if not child.restarts or child.quick_exits >= MAX_QUICK_EXITS:
            raise ProcessFailed(f"{name} exited with code {code}")
        print(f"{name} exited with code {code} and is started again.", file=sys.stderr, flush=True)
        _end(child.process)
        child.process, child.started = _start(child.command, child.environment), time.monotonic()


def _start(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, env=dict(environment), stdin=subprocess.PIPE, start_new_session=True)


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
