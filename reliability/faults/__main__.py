"""`python -m reliability.faults`: run the fault campaign and write its tables into docs/reliability.md."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys

from reliability.faults.campaign import HARMLESS, Findings, conduct_task
from reliability.report import table, today, write_section

PHOTOS = 5000
PHOTOS_PER_CAMPAIGN = 250
SHOWN_PROBLEMS = 20


def main() -> int:
    """Run the campaign. Returns 0, or 1 if anything was lost, half-written or given up without a cause."""
    parser = argparse.ArgumentParser(prog="python -m reliability.faults", description=__doc__)
    parser.add_argument("--photos", type=int, default=PHOTOS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    findings = _conduct_all(arguments.photos, arguments.seed, arguments.processes)
    text = report(findings, arguments.photos, arguments.seed)
    print(text)
    write_section("faults", text)
    print(*findings.problems[:SHOWN_PROBLEMS], sep="\n", file=sys.stderr)
    return 1 if findings.problems else 0


def _conduct_all(photos: int, seed: int, processes: int) -> Findings:
    """Several campaigns in parallel processes, each with its own emulator and seed."""
    sizes = [min(PHOTOS_PER_CAMPAIGN, photos - start) for start in range(0, photos, PHOTOS_PER_CAMPAIGN)]
    tasks = [(size, seed * 1000 + number) for number, size in enumerate(sizes)]
    total = Findings()
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=1) as pool:
        for done, found in enumerate(pool.imap_unordered(conduct_task, tasks), start=1):
            total.add(found)
            print(f"{done} of {len(tasks)} campaigns, {len(total.problems)} problems", file=sys.stderr)
    return total


def report(findings: Findings, photos: int, seed: int) -> str:
    """The section of docs/reliability.md."""
    outcomes = [
        (interference, "" if fate in HARMLESS[:1] else fate, outcome, count)
        for (interference, fate, outcome), count in sorted(findings.photos.items())
    ]
    failed = sum(findings.sites.values())
    return "\n\n".join(
        [
            f"`make faults`, {today()}: {photos:,} photos, seed {seed}; {findings.calls:,} calls, of which "
            f"{failed:,} failed; {len(findings.problems)} problems.",
            table(("photo", "and", "ended as", "photos"), outcomes),
            table(("event", "number"), sorted(findings.events.items())),
            table(("failed calls", "number"), sorted(findings.sites.items())),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
