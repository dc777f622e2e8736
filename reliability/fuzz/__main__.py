"""`python -m reliability.fuzz`: decode hostile photos and write the outcome into docs/reliability.md."""

from __future__ import annotations

import argparse
import sys

import cv2

from brain.face.detector import FaceDetector
from reliability.fuzz.campaign import MEMORY_MARGIN, Tally, fuzz, with_bounded_memory
from reliability.report import table, today, write_section

INPUTS = 20_000
MIB = 1 << 20


def main() -> int:
    """Run the campaign; a file that escapes ends it with its traceback."""
    parser = argparse.ArgumentParser(prog="python -m reliability.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    detector = FaceDetector()
    tally = with_bounded_memory(lambda: fuzz(arguments.inputs, arguments.seed, detector))
    text = report(tally, arguments.seed)
    print(text)
    write_section("fuzz", text)
    return 0


def report(tally: Tally, seed: int) -> str:
    """The section of docs/reliability.md."""
    introduction = (
        f"`make fuzz`, {today()}: {sum(tally.outcomes.values()):,} files, seed {seed}, within "
        f"{MEMORY_MARGIN // MIB:,} MiB beyond the idle process; no other exception; the slowest took "
        f"{tally.slowest:.2f} s of the processor. Faces were looked for in {tally.detected:,} pictures."
    )
    outcomes = tally.outcomes.most_common()
    return f"{introduction}\n\n{table(('outcome', 'files'), outcomes)}"


if __name__ == "__main__":
    sys.exit(main())
