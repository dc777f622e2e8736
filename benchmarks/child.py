"""What fresh processes are started with: one explanation, and what it took.

    python -m benchmarks.child PHOTO      seconds of loading and of two explanations, and the peak of memory

The model and all else come from the environment, as everywhere.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise

STARTED = time.perf_counter()


def main(photo: str) -> None:
    """Explain one photo twice and print what it took as JSON."""
    from pathlib import Path

    from brain.core.clock import now
    from brain.core.results import Source
    from brain.core.settings import Settings
    from brain.pipeline.explainer import Explainer

    explainer = Explainer.load(Settings.from_environment())
    data = Path(photo).read_bytes()
    moments = [STARTED, time.perf_counter()]
    for _ in range(2):
        explainer.explain(data, upload_id="0" * 32, created_at=now(), source=Source())
        moments.append(time.perf_counter())
    loading, first, second = (after - before for before, after in pairwise(moments))
    print(json.dumps({"loading": loading, "first": first, "second": second, "peak": peak_bytes()}))


def peak_bytes() -> int:
    """The most physical memory that this process ever held, mapped files included."""
    with open("/proc/self/status", encoding="ascii") as status:  # noqa: PTH123
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main(sys.argv[1])
