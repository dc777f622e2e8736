"""`make bench`, or `python -m benchmarks`: measure BRAIN beside its peers and write the reports.

Every section is stored in benchmarks/results.json as soon as it is measured. RESULTS.md, a plot, docs/cost.md
and the figures in README and on the page are written from that file.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from benchmarks import cost_page, goals, inputs, machine, page_figures, plot, readme, report
from benchmarks.measurements import RESULTS, Measurements, Section
from benchmarks.sections import SECTIONS, Options


def main() -> int:
    """Measure the sections, print the goals, and write the reports."""
    arguments = parse_arguments()
    measurements = Measurements.read(RESULTS) if RESULTS.exists() else Measurements()
    chosen = arguments.sections or list(SECTIONS)
    if arguments.missing:
        chosen = [name for name in chosen if name not in measurements.sections]
    if arguments.report:
        chosen = []
    elif not (arguments.sections or arguments.missing):
        measurements = Measurements()
    if chosen:
        inputs.prepare()
        measurements.versions = machine.versions()
    for name in chosen:
        measurements.sections[name] = measure(name, Options(arguments.rounds, arguments.photos))
        measurements.write(RESULTS)
    for goal in (*goals.headline_goals(measurements), *goals.vgg_goals(measurements)):
        print(goal)
    write_reports(measurements)
    return 0


def parse_arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure BRAIN and its peers. Without options, everything is measured again.",
    )
    parser.add_argument(
        "sections",
        nargs="*",
        metavar="SECTION",
        help=f"measure these sections only: {', '.join(SECTIONS)}",
    )
    parser.add_argument("--missing", action="store_true", help="continue a run that was interrupted")
    parser.add_argument("--report", action="store_true", help="measure nothing, write the reports again")
    parser.add_argument(
        "--rounds", type=int, default=15, help="rounds of fast sections; slow ones take a third"
    )
    parser.add_argument("--photos", type=Path, help="a folder of photos per person, to compare maps on")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.sections if name not in SECTIONS]
    if unknown:
        parser.error(f"there is no section {unknown[0]}; choose from {', '.join(SECTIONS)}")
    return arguments


def measure(name: str, options: Options) -> Section:
    """Measure one section."""
    section = Section(machine=machine.describe())
    print(f"{name} ...", flush=True)
    start = time.perf_counter()
    with section.recording_failures(name):
        SECTIONS[name](section, options)
    print(f"  {time.perf_counter() - start:.0f} s", flush=True)
    return section


def write_reports(measurements: Measurements) -> None:
    """Write every page and the plot."""
    report.write(measurements)
    plot.write(measurements)
    readme.write(measurements)
    page_figures.write(measurements)
    cost_page.write(measurements)


if __name__ == "__main__":
    sys.exit(main())
