"""Keeps the garbage collector away from objects that live as long as the process.

Modules, models and clients are hundreds of thousands of objects that are never freed. Without this, the
collector traverses them repeatedly while they are created, at every later full collection, and at exit.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_frozen() -> Iterator[None]:
    """Exclude everything allocated inside the block from garbage collection.

    Objects that other threads allocate meanwhile are excluded as well, so use this at process start only.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
