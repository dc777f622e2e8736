"""Ends a child process when its parent process ends."""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread


def end_with_parent() -> None:
    """Terminate this process when its parent ends, for whatever reason: the pipe at stdin is then closed."""
    Thread(target=_wait_for_eof, daemon=True).start()


def _wait_for_eof() -> None:
    # os.read, because a thread blocked in Python's buffered stdin would hold its lock at interpreter
    # shutdown.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
