"""benchmarks/RESULTS.md: everything that one run measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import bfloat16, maps
from benchmarks.goals import bound, goal_table, value
from benchmarks.markdown import table
from benchmarks.measurements import Measurements
from benchmarks.timing import Spread, ratio

PAGE = Path(__file__).parent / "RESULTS.md"
BAR = 40

METHOD = """\
- **Same conditions.** All contenders run in one process (or, if processes are measured, in processes one
  after the other) with the same torch, the same OpenCV, the same weights and the same photo. Every contender
  runs once per round, in rotating order. Ratios are taken within each round; the table gives their median and
  quartiles.
- **Weights** of VGG-16 with 2,622 classes are random (He initialisation) and take as much time as trained
  ones. deepface reads the same ones from a `vgg_face_weights.pth` in its own format.
- **Names in bfloat16** are those of a model as it is used: it repeats the pass in float32 if the two largest
  logits are nearly equal, and always if the network is small. The crop whose maps are timed needs no such
  pass.
- **Maps.** BRAIN's time starts from the crop and includes resizing, the forward pass, selecting the top five
  and all five maps. A peer's time starts from the preprocessed tensor and yields one map. pytorch-grad-cam
  and captum run the same network written as plain torch modules, with gradients required for all weights, as
  after loading. The rows "weights frozen before the layer" are the fastest configuration that we know for
  them. The largest difference below shows that captum computes the same map.
- **Photo.** deepface does less: it detects, aligns and embeds one face.
- **torchvision**, which pytorch-grad-cam imports for image transforms, is compiled against torch's CUDA build
  on PyPI. With the CPU build its missing operators are declared so that the import succeeds; no measurement
  uses them (`benchmarks/peers.py`).
- **Memory** is the peak of resident memory (VmHWM) of a fresh process that explains the 12-megapixel photo
  twice. It includes the memory-mapped weights, which the system can drop and read again at any time.
- **Start** is from starting Python to the end of the process with all files written; likewise for the API
  function. BRAIN switches Python's garbage collector off while it imports (`brain.core.gc`), the plain
  imports do not. Therefore BRAIN can take less time than importing its libraries.
- **Handler** uses a local storage server written in Python (moto). It takes more time to compute than S3 and
  less time on the network.
"""

SIZES = """\
Five maps from one crop. `BRAIN_DTYPE=auto` computes in bfloat16 from a million parameters on: the checks
repeat the forward pass with many variants of a crop, so that small networks save as much as large ones.
"""


def write(measurements: Measurements) -> None:
    """Write the page."""
    PAGE.write_text("\n".join(page(measurements)) + "\n", encoding="utf-8")


def page(measurements: Measurements) -> Iterator[str]:
    """The lines of the page."""
    yield "# Benchmark results"
    yield "\nWritten by `make bench`; do not edit. Times are wall-clock, with quartiles in brackets.\n"
    yield from goal_table(measurements.goals)
    yield from unmet_goals(measurements)
    yield "\n![Medians and quartiles of every contender](results.svg)\n"
    for section, seconds in measurements.times.items():
        if not section.startswith("size: "):
            yield f"\n## Times: {section}\n"
            yield from time_table(seconds)
    yield from five_maps_table(measurements)
    yield from size_table(measurements)
    yield "\n## One warm explanation, stage by stage\n"
    yield from stage_bars(measurements)
    yield "\n## How it is measured\n"
    yield METHOD
    yield "## Machine and versions\n"
    yield from table(("what", "value"), measurements.machine.items())
    for name, number in measurements.facts.items():
        if name.startswith("largest difference"):
            yield f"\n{name[0].upper()}{name[1:]}: {number:.1e} of its maximum."


def unmet_goals(measurements: Measurements) -> Iterator[str]:
    """The goals that are not met or not measured, and what failed."""
    unmet = [goal for goal in measurements.goals if goal.met is False]
    unknown = [goal for goal in measurements.goals if goal.met is None]
    yield "\n## Not met, or not measured\n"
    yield from (f"- {goal.what}: {value(goal)}; the goal is {bound(goal)}." for goal in unmet)
    yield from (f"- {goal.what}: {goal.note}." for goal in unknown)
    yield from (f"- Skipped: {problem}" for problem in measurements.problems)
    if not (unmet or unknown or measurements.problems):
        yield "None."
    if maps.SECTION in measurements.times and any("captum" in goal.what for goal in unmet):
        yield from ("", captum_bound(measurements))


def captum_bound(measurements: Measurements) -> str:
    """Why no method can be much faster than one map of captum."""
    spread = ratio(measurements.times[maps.SECTION], "captum, one map", maps.FORWARD.format("float32"))
    return (
        "captum's LayerGradCam runs backward through the last three layers only: one map takes it "
        f"{spread.median:.2f} of our bare forward passes. A method that needs one forward pass cannot be "
        "faster than that in float32. captum's time grows with every label, BRAIN's does not; see below."
    )


def time_table(seconds: Mapping[str, list[float]]) -> Iterator[str]:
    """Medians, quartiles and number of rounds of one section."""
    spreads = {
        name: Spread.of([1000 * value for value in values]) for name, values in seconds.items() if values
    }
    rows = [
        (name, f"{spread.median:.1f}", f"{spread.low:.1f} to {spread.high:.1f}", str(len(seconds[name])))
        for name, spread in spreads.items()
    ]
    return table(("contender", "median, ms", "quartiles, ms", "rounds"), rows)


def five_maps_table(measurements: Measurements) -> Iterator[str]:
    """The peers' time for five maps, relative to BRAIN's."""
    seconds = measurements.times.get(maps.SECTION, {})
    rows = [
        (name, dtype, f"{spread.median:.1f}", f"{spread.low:.1f} to {spread.high:.1f}")
        for name in seconds
        if "five maps" in name and not name.startswith("BRAIN")
        for dtype in maps.DTYPES
        if maps.BRAIN_FIVE.format(dtype) in seconds
        for spread in [ratio(seconds, name, maps.BRAIN_FIVE.format(dtype))]
    ]
    if rows:
        yield "\n## Five maps against five maps\n"
        yield from table(("peer", "BRAIN in", "times faster", "quartiles"), rows)


def size_table(measurements: Measurements) -> Iterator[str]:
    """At which network size bfloat16 saves time."""
    rows = []
    for section, seconds in measurements.times.items():
        if section.startswith("size: "):
            name = section.removeprefix("size: ")
            medians = (f"{1000 * measurements.median(section, dtype):.1f}" for dtype in maps.DTYPES)
            parameters = f"{measurements.facts[bfloat16.PARAMETERS.format(name)] / 1e6:.1f}"
            rows.append((name, parameters, *medians, f"{ratio(seconds, *maps.DTYPES).median:.2f}"))
    if rows:
        yield "\n## bfloat16 by network size\n"
        yield SIZES
        header = ("network", "million parameters", "float32, ms", "bfloat16, ms", "times faster")
        yield from table(header, rows)


def stage_bars(measurements: Measurements) -> Iterator[str]:
    """The time of each stage of a warm explanation, as bars of text."""
    yield "```text"
    for name, stages in measurements.facts.items():
        if name.startswith("stages, "):
            total = sum(stages.values())
            yield f"{name.removeprefix('stages, ')}: {1000 * total:.0f} ms"
            for stage, seconds in stages.items():
                yield f"  {stage:<10} {'█' * round(BAR * seconds / total):<{BAR}} {1000 * seconds:6.1f} ms"
    yield "```"
