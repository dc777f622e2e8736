"""Everything side by side in one run: `make bench`, or `python -m benchmarks [--rounds N]`.

Writes benchmarks/results.json, and from it RESULTS.md beside it, a plot, docs/cost.md and figures in README.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from benchmarks import cost, machine, maps, materials, photos, processes, report
from benchmarks.findings import Findings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure BRAIN and its peers.")
    parser.add_argument("--rounds", type=int, default=15, help="of the quick parts; slow ones take a third")
    parser.add_argument("--only", nargs="*", metavar="PART", help="some parts; nothing is written then")
    options = parser.parse_args()
    many, few = options.rounds, max(3, options.rounds // 3)
    findings = Findings(machine=machine.describe())
    parts: dict[str, Callable[[], None]] = {
        "maps": lambda: maps.measure(findings, many),
        "rounding": lambda: maps.measure_rounding(findings),
        "photo": lambda: photos.measure(findings, few),
        "start": lambda: processes.measure_start(findings, few),
        "memory": lambda: processes.measure_memory(findings),
        "handler": lambda: processes.measure_handler(findings, few),
        "api": lambda: processes.measure_api(findings, few),
        "package": lambda: processes.measure_package(findings),
        "functions": lambda: processes.measure_functions(findings, 2),
        "sizes": lambda: maps.measure_sizes(findings, few),
    }
    materials.prepare()
    for name, measure in parts.items():
        if options.only and name not in options.only:
            continue
        start = time.perf_counter()
        print(f"{name} ...", flush=True)
        with findings.excusing(name):
            measure()
        print(f"  {time.perf_counter() - start:.0f} s", flush=True)
    for goal in findings.goals:
        print(report.line(goal))
    if not options.only:
        findings.write(report.RESULTS)
        report.write(findings)
        cost.write(findings)


if __name__ == "__main__":
    main()
