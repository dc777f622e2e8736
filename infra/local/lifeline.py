"""Ties a child process to the one that started it."""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread


def hold() -> None:
    """End this process when its starter is gone, however that ended: their pipe then closes."""
    Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    # Below Python's buffered stdin, whose lock a thread that still reads would hold at exit.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
