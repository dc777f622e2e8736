"""The peak memory of this process, and what becomes of freed memory."""

from __future__ import annotations

import ctypes
import resource
import sys
from pathlib import Path

# Parameters of glibc's mallopt, in bytes. The first is the largest value that every version takes.
M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -3, -1
LARGEST_KEPT, MOST_KEPT = 1 << 25, 1 << 28


def peak_bytes() -> int:
    """The peak resident memory of this process so far, in bytes."""
    try:
        # Linux's getrusage also counts what the parent held when it started this process.
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    except (OSError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def keep_freed_memory() -> None:
    """Let the C library keep what is freed for the next tensor, where it is glibc.

    By default it returns large blocks to the system at once, which then clears every page of the next tensor.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)
        mallopt(M_TRIM_THRESHOLD, MOST_KEPT)
