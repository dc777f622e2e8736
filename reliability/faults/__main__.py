"""`python -m reliability.faults`: run the fault campaign and write its tables into docs/reliability.md."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
from pathlib import Path

from reliability.faults.campaign import HARMLESS, conduct
from reliability.faults.findings import Findings
from reliability.faults.tasks import MOST_CAMPAIGNS, PHOTOS_PER_CAMPAIGN, Task, conduct_task, tasks
from reliability.report import counted, table, today, write_section

PHOTOS = 5000
FOLDER = Path("build/faults")


def main() -> int:
    """Run campaigns. Returns 0, or 1 if anything was lost, half-written or given up without a cause."""
    parser = argparse.ArgumentParser(prog="python -m reliability.faults", description=__doc__)
    parser.add_argument("--photos", type=int, default=PHOTOS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--resume", action="store_true", help="keep the campaigns that an earlier run finished"
    )
    parser.add_argument(
        "--campaign", type=int, metavar="SEED", help="run this one campaign and write no report"
    )
    arguments = parser.parse_args()
    if arguments.campaign is not None:
        return _tell(conduct(arguments.photos, arguments.campaign))
    if not 0 < arguments.photos <= PHOTOS_PER_CAMPAIGN * MOST_CAMPAIGNS:
        parser.error(f"--photos must be from 1 to {PHOTOS_PER_CAMPAIGN * MOST_CAMPAIGNS}")
    findings = _conduct_all(
        tasks(arguments.photos, arguments.seed, FOLDER), arguments.processes, arguments.resume
    )
    text = report(findings, arguments.photos, arguments.seed)
    print(text)
    write_section("faults", text)
    return _tell(findings)


def _conduct_all(campaigns: list[Task], processes: int, resume: bool) -> Findings:
    """Conduct campaigns in parallel processes, each with its own emulator and seed."""
    if not resume:
        shutil.rmtree(FOLDER, ignore_errors=True)
    total = Findings()
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=1) as pool:
        for done, found in enumerate(pool.imap_unordered(conduct_task, campaigns), start=1):
            total.add(found)
            print(
                f"{done} of {counted(len(campaigns), 'campaign')}, {counted(len(total.problems), 'problem')}",
                file=sys.stderr,
            )
            print(*found.problems, sep="\n", end="\n" if found.problems else "", file=sys.stderr, flush=True)
    return total


def _tell(findings: Findings) -> int:
    """Print the problems with their histories. Returns the exit status."""
    print(*findings.problems, sep="\n\n", file=sys.stderr)
    return 1 if findings.problems else 0


def report(findings: Findings, photos: int, seed: int) -> str:
    """The section of docs/reliability.md."""
    outcomes = [
        (interference, "" if fate in HARMLESS[:1] else fate, outcome, count)
        for (interference, fate, outcome), count in sorted(findings.photos.items())
    ]
    failed = sum(findings.sites.values())
    return "\n\n".join(
        [
            f"`make faults`, {today()}: {counted(photos, 'photo')}, seed {seed}; "
            f"{counted(findings.calls, 'call')}, of which {failed:,} failed; "
            f"{counted(len(findings.problems), 'problem')}.",
            table(("photo", "and", "ended as", "photos"), outcomes),
            table(("event", "number"), sorted(findings.events.items())),
            table(("failed calls", "number"), sorted(findings.sites.items())),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
