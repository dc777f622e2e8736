"""`make bench`, or `python -m benchmarks`: measure BRAIN beside its peers and write the reports.

Writes benchmarks/results.json, and from it RESULTS.md, a plot, docs/cost.md and the figures in README.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from benchmarks import (
    api,
    bfloat16,
    cost_page,
    goals,
    inputs,
    machine,
    maps,
    pipeline,
    plot,
    processes,
    readme,
    report,
)
from benchmarks.measurements import RESULTS, Measurements


def main() -> None:
    """Measure, print the goals, and write the reports."""
    options = parse_arguments()
    if options.report:
        write_reports(Measurements.read(RESULTS))
        return
    measurements = Measurements(machine=machine.describe())
    inputs.prepare()
    for name, measure in sections(measurements, options.rounds).items():
        if not options.only or name in options.only:
            start = time.perf_counter()
            print(f"{name} ...", flush=True)
            with measurements.recording_failures(name):
                measure()
            print(f"  {time.perf_counter() - start:.0f} s", flush=True)
    for goal in measurements.goals:
        print(goals.terminal_line(goal))
    if not options.only:
        measurements.write(RESULTS)
        write_reports(measurements)


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure BRAIN and its peers.")
    parser.add_argument(
        "--rounds", type=int, default=15, help="rounds of fast sections; slow ones take a third"
    )
    parser.add_argument(
        "--only", nargs="*", metavar="SECTION", help="measure some sections and write nothing"
    )
    parser.add_argument("--report", action="store_true", help="write the reports again from results.json")
    return parser.parse_args()


def sections(measurements: Measurements, rounds: int) -> dict[str, Callable[[], None]]:
    """What to measure, by the name of the section."""
    few = max(3, rounds // 3)
    return {
        "maps": lambda: maps.measure(measurements, rounds),
        "agreement": lambda: bfloat16.measure_agreement(measurements),
        "photo": lambda: pipeline.measure(measurements, few),
        "start": lambda: processes.measure_start(measurements, few),
        "memory": lambda: processes.measure_memory(measurements),
        "handler": lambda: processes.measure_handler(measurements, few),
        "api": lambda: api.measure_start(measurements, few),
        "package": lambda: api.measure_package(measurements),
        "functions": lambda: processes.measure_functions(measurements, 2),
        "sizes": lambda: bfloat16.measure_sizes(measurements, few),
    }


def write_reports(measurements: Measurements) -> None:
    """Write every page and the plot."""
    report.write(measurements)
    plot.write(measurements)
    readme.write(measurements)
    cost_page.write(measurements)


if __name__ == "__main__":
    main()
