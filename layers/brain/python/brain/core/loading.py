"""Loading what stays for as long as the process does.

Modules, models and clients are hundreds of thousands of objects that nothing ever lets go. Python's collector
would walk over them again and again while they come into being, at every full collection later, and once more
when the process ends.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_frozen() -> Iterator[None]:
    """Leave whatever comes into being within to the process's end: the collector never looks at it.

    Other threads' objects are spared as well, so this belongs where a process starts.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
