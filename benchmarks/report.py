"""benchmarks/RESULTS.md: everything that was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from benchmarks import bfloat16, explainers, latency, maps, processes
from benchmarks.goals import Goal, goal_table, headline_goals, total_passes, vgg_goals
from benchmarks.markdown import table
from benchmarks.measurements import Measurements
from benchmarks.method import METHOD
from benchmarks.timing import Spread

PAGE = Path(__file__).parent / "RESULTS.md"
BAR = 40


def write(measurements: Measurements) -> None:
    """Write the page."""
    PAGE.write_text("\n".join(page(measurements)) + "\n", encoding="utf-8")


def page(measurements: Measurements) -> Iterator[str]:
    """The lines of the page."""
    headline, vgg = headline_goals(measurements), vgg_goals(measurements)
    yield "# Benchmark results"
    yield "\nWritten by `make bench`; do not edit. Times are wall-clock: medians, with quartiles in brackets."
    yield f"\n## {processes.DEFAULT}, plain AVX2\n"
    yield "One thread, idle machine, 12-megapixel photo, everything loaded, unless a row says otherwise.\n"
    yield from goal_table(headline)
    yield "\n## The same under other conditions\n"
    yield from condition_table(measurements)
    yield "\n## VGG-Face with random weights, all threads\n"
    yield "float32 rows are measured with AVX2, bfloat16 rows with all instruction sets of the processor.\n"
    yield from goal_table(vgg)
    yield from unmet_goals(measurements, [*headline, *vgg])
    yield "\n![Medians and quartiles of every contender](results.svg)\n"
    yield "## One explanation, step by step\n"
    yield from step_bars(measurements)
    yield from quality_table(measurements)
    yield from time_tables(measurements)
    yield from size_table(measurements)
    yield "\n## How it is measured\n"
    yield METHOD
    yield from machine_tables(measurements)


def condition_table(measurements: Measurements) -> Iterator[str]:
    """Seconds to the name and to everything, by condition."""
    times = measurements.sections["latency"].times if "latency" in measurements.sections else {}
    rows = [
        (condition, *(milliseconds(Spread.of(seconds[what])) for what in (latency.NAMED, latency.DONE)))
        for condition, seconds in times.items()
    ]
    return table(("condition", f"{latency.NAMED}, ms", f"{latency.DONE}, ms"), rows)


def unmet_goals(measurements: Measurements, goals: Sequence[Goal]) -> Iterator[str]:
    """The goals that are not met or not measured, and what failed."""
    unmet = [goal for goal in goals if goal.met is False]
    unknown = [goal for goal in goals if goal.met is None]
    problems = [problem for section in measurements.sections.values() for problem in section.problems]
    yield "\n## Not met, or not measured\n"
    yield from (f"- {goal.what}: {goal.found}; the goal is {goal.wanted}." for goal in unmet)
    yield from (f"- {goal.what}: {goal.found}." for goal in unknown)
    yield from (f"- Skipped: {problem}" for problem in problems)
    if not (unmet or unknown or problems):
        yield "None."
    spread = measurements.ratio("maps", str(maps.AVX2), maps.CAPTUM, maps.FORWARD.format("float32"))
    if spread and any("captum, one map" in goal.what or "captum (one map)" in goal.what for goal in unmet):
        yield (
            "\ncaptum's LayerGradCam runs backward through the last three layers only: one map takes it "
            f"{spread.median:.2f} of our bare forward passes. captum's time grows with every label, BRAIN's "
            "does not."
        )


def step_bars(measurements: Measurements) -> Iterator[str]:
    """The time of each step of a warm explanation, as bars of text, and its forward passes."""
    yield "```text"
    for title, section in ((processes.DEFAULT, "latency"), ("vgg-face, float32", "vgg")):
        steps = measurements.value(section, "timings")
        passes = measurements.value(section, "passes")
        if steps:
            total = sum(steps.values())
            yield f"{title}: {1000 * total:.0f} ms, {total_passes(passes) or 0:.0f} forward passes"
            for step, seconds in steps.items():
                bar = "█" * round(BAR * seconds / total)
                yield f"  {step:<10} {bar:<{BAR}} {1000 * seconds:6.1f} ms"
    yield "```"


def quality_table(measurements: Measurements) -> Iterator[str]:
    """Time and quality of every map."""
    quality = measurements.value("explainers", explainers.QUALITY)
    if quality:
        rows = [
            (
                name,
                milliseconds(Spread.of(measurements.times("explainers", explainers.GROUP)[name])),
                f"{fmean(areas['deletion']):.3f}",
                f"{fmean(areas['insertion']):.3f}",
            )
            for name, areas in quality.items()
        ]
        photos = measurements.value("explainers", "photos")
        yield f"\n## Maps by perturbation\n\nMeans over {photos}. Low deletion and high insertion are good.\n"
        yield from table(("explainer", "time, ms", "deletion", "insertion"), rows)


def time_tables(measurements: Measurements) -> Iterator[str]:
    """The times of all contenders, section by section."""
    for name, section in measurements.sections.items():
        for group, seconds in section.times.items():
            if name not in ("latency", "explainers") and not group.startswith("size: "):
                yield f"\n## Times: {name} ({group})\n"
                yield from time_table(seconds)


def time_table(seconds: Mapping[str, list[float]]) -> Iterator[str]:
    """Medians, quartiles and number of rounds."""
    rows = [
        (name, milliseconds(Spread.of(values)), str(len(values)))
        for name, values in seconds.items()
        if values
    ]
    return table(("contender", "time, ms", "rounds"), rows)


def size_table(measurements: Measurements) -> Iterator[str]:
    """At which network size bfloat16 saves time."""
    rows = []
    section = measurements.sections.get("bfloat16")
    for group in section.times if section else ():
        name = group.removeprefix("size: ")
        medians = [measurements.median("bfloat16", group, dtype) for dtype in bfloat16.DTYPES]
        spread = measurements.ratio("bfloat16", group, *bfloat16.DTYPES)
        parameters = measurements.value("bfloat16", bfloat16.PARAMETERS.format(name))
        times = (f"{1000 * median.median:.1f}" for median in medians if median)
        rows.append((name, f"{parameters / 1e6:.1f}", *times, f"{spread.median:.2f}" if spread else ""))
    if rows:
        yield "\n## bfloat16 by network size\n\nFive Grad-CAM maps from one crop, all instruction sets.\n"
        header = ("network", "million parameters", "float32, ms", "bfloat16, ms", "times faster")
        yield from table(header, rows)


def machine_tables(measurements: Measurements) -> Iterator[str]:
    """The machine of every section, and all versions."""
    sections = measurements.sections
    if sections:
        yield "## Machine\n"
        keys = list(next(iter(sections.values())).machine)
        yield from table(
            ("section", *keys),
            ((name, *(section.machine.get(key, "") for key in keys)) for name, section in sections.items()),
        )
    yield "\n## Versions\n"
    yield from table(("package", "version"), measurements.versions.items())
    difference = measurements.value("maps", maps.CAPTUM_DIFFERENCE)
    if difference is not None:
        yield f"\n{maps.CAPTUM_DIFFERENCE.capitalize()}: {difference:.1e}."


def milliseconds(spread: Spread) -> str:
    """A spread in milliseconds: "12.3 (12.0 to 12.9)"."""
    low, median, high = (1000 * seconds for seconds in (spread.low, spread.median, spread.high))
    return f"{median:.1f} ({low:.1f} to {high:.1f})"
