"""One fresh process that explains a photo twice and prints what it took.

    python -m benchmarks.explain_process PHOTO

Prints a JSON object: seconds to load, seconds of the first and the second explanation, and the peak of
resident memory in bytes. Settings come from the environment.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise
from pathlib import Path

START = time.perf_counter()  # before torch and OpenCV are imported


def main(photo: str) -> None:
    """Explain one photo twice and print the measurements."""
    from brain.core.clock import now
    from brain.core.results import PhotoRequest, Source
    from brain.core.settings import Settings
    from brain.pipeline.explainer import Explainer

    explainer = Explainer.load(Settings.from_environment())
    data = Path(photo).read_bytes()
    moments = [START, time.perf_counter()]
    for _ in range(2):
        explainer.explain(data, PhotoRequest("0" * 32, now(), Source()))
        moments.append(time.perf_counter())
    loading, first, second = (after - before for before, after in pairwise(moments))
    print(json.dumps({"loading": loading, "first": first, "second": second, "peak": peak_memory()}))


def peak_memory() -> int:
    """The peak of this process's resident memory in bytes, mapped files included."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    peak = next(line for line in lines if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024


if __name__ == "__main__":
    main(sys.argv[1])
