"""The report of a run: benchmarks/RESULTS.md, its plot, and the lines in README that repeat some of it.

python -m benchmarks.report     writes them again from benchmarks/results.json
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from benchmarks import cost, maps, photos, processes
from benchmarks.findings import Findings, Goal
from benchmarks.tables import table
from benchmarks.timing import Spread, ratio
from brain.core.settings import REPOSITORY

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE / "RESULTS.md"
PLOT = HERE / "results.svg"
README = REPOSITORY / "README.md"
BLOCK = re.compile(r"(<!-- figures: make bench -->\n).*?(<!-- end of figures -->)", re.DOTALL)
BAR = 40

FAIRNESS = """\
- **Same everything.** One process (or, where a process is what is measured, processes one after the other),
  one torch, one OpenCV, the same weights and the same photo. Every contender runs once a round and the
  order turns from round to round; a ratio is taken within each round, and its median is given with the
  quartiles.
- **Weights are random** (He initialisation) for VGG-16 with 2,622 classes: the time is that of real ones.
  deepface reads the same ones from a `vgg_face_weights.pth` written in its own format.
- **Names in bfloat16** are those of a model as it is used: float32 looks as well where the best two logits
  are nearly tied, and in place of bfloat16 where the network is small. The crop whose maps are timed is seen
  in bfloat16 alone; one that is nearly tied takes the time of float32 on top.
- **Maps.** BRAIN's time begins with the crop and includes resizing, the forward pass, picking the best five
  and all five maps; a peer's begins with the finished input tensor and yields one map. pytorch-grad-cam and
  captum see the same network as plain torch modules, as loaded, hence with gradients asked for every
  weight; the rows "weights frozen before the layer" give them the best configuration that we know. "largest
  difference" below shows that captum computes the very same map.
- **Photo.** deepface does less: it finds the face, aligns it and computes an embedding. It is asked for one
  face only.
- **torchvision**, which pytorch-grad-cam imports for plain Python transforms, is compiled against torch's
  CUDA build on PyPI. Beside the CPU build, its missing operators are declared (not implemented), so that
  the import succeeds; nothing measured uses them (`benchmarks/peers.py`).
- **Memory** is the peak of resident memory (VmHWM) of a fresh process that explains the 12-megapixel photo
  twice. It counts the weights that are mapped from the file, which the system may drop and read again at
  any time.
- **Start** is from starting Python to the end of the process, all files written, and likewise for the API
  function. The plain imports run under Python's garbage collector as ever; BRAIN keeps it from what stays for
  good (`brain.core.gc`), which is how it can take less time than importing its libraries.
- **Handler** talks to a local storage server in Python (moto), which is slower than S3 at computing and
  nearer than S3 over the network.
"""

SIZES = """\
Five maps from one crop. `BRAIN_DTYPE=auto` takes bfloat16 from a million parameters on: the checks repeat the
pass with some hundred variants of a crop, so that a small network gains as much as a large one.
"""


def write(findings: Findings) -> None:
    """Write page, plot and README's figures."""
    PAGE.write_text("\n".join(page(findings)) + "\n", encoding="utf-8")
    plot(findings)
    text = README.read_text(encoding="utf-8")
    block = "\n".join(short(findings))
    README.write_text(BLOCK.sub(lambda found: found[1] + block + "\n" + found[2], text), encoding="utf-8")


def page(findings: Findings) -> Iterator[str]:
    """RESULTS.md, line by line."""
    yield "# Speed, side by side"
    yield "\nWritten by `make bench`; do not edit. Times are wall-clock; quartiles stand in brackets.\n"
    yield from goals(findings.goals)
    yield from not_met(findings)
    yield "\n![Medians and quartiles of every contender](results.svg)\n"
    for section, seconds in findings.times.items():
        if not section.startswith("size: "):
            yield f"\n## Times: {section}\n"
            yield from times(seconds)
    yield from against_the_same(findings)
    yield from sizes(findings)
    yield "\n## One warm explanation, stage by stage\n"
    yield from bars(findings)
    yield "\n## What is compared with what\n"
    yield FAIRNESS
    yield "## Machine and versions\n"
    yield from table(("what", "value"), findings.machine.items())
    differences = {name: value for name, value in findings.facts.items() if name.startswith("largest")}
    yield from (
        f"\n{name[0].upper()}{name[1:]}: {value:.1e} of its maximum." for name, value in differences.items()
    )


def goals(all_goals: Iterable[Goal]) -> Iterator[str]:
    """Each goal as a row, with the measured value and yes or no."""
    rows = [(one.what, limit(one), value(one), verdict(one)) for one in all_goals]
    return table(("what", "goal", "measured", "met"), rows)


def limit(goal: Goal) -> str:
    return f"at {'least' if goal.at_least else 'most'} {goal.bound:g} {goal.unit}"


def value(goal: Goal) -> str:
    """The value with its quartiles and note."""
    if goal.value is None:
        return goal.note
    digits = 3 if goal.unit in ("mean", "of 200 crops") else 2
    spread = "" if goal.low is None else f" ({goal.low:.{digits}f} to {goal.high:.{digits}f})"
    note = f"; {goal.note}" if goal.note else ""
    return f"{goal.value:.{digits}f}{spread}{note}"


def verdict(goal: Goal) -> str:
    return {True: "yes", False: "**no**", None: "not measured"}[goal.met]


def line(goal: Goal) -> str:
    """A goal on the terminal."""
    return f"{verdict(goal).strip('*'):>12}  {goal.what}: {value(goal)} ({limit(goal)})"


def not_met(findings: Findings) -> Iterator[str]:
    """What a reader must not overlook."""
    missed = [one for one in findings.goals if one.met is False]
    unknown = [one for one in findings.goals if one.met is None]
    yield "\n## Not met, or not measured\n"
    yield from (f"- {one.what}: {value(one)}, wanted {limit(one)}." for one in missed)
    yield from (f"- {one.what}: {one.note}." for one in unknown)
    yield from (f"- Left out: {problem}" for problem in findings.problems)
    if not (missed or unknown or findings.problems):
        yield "Nothing."
    if maps.SECTION in findings.times and any("captum" in one.what for one in missed):
        yield from ("", captum_bound(findings))


def captum_bound(findings: Findings) -> str:
    """Why captum's single map is out of reach by so much, from the numbers themselves."""
    seconds = findings.times[maps.SECTION]
    plain = ratio(seconds, "captum, one map", "forward pass, float32")
    return (
        "captum's LayerGradCam goes back through the three last layers only, so one map costs it "
        f"{plain.median:.2f} bare forward passes of ours: no method that runs the network once can beat it "
        "by more in float32. Its cost grows with every further name, BRAIN's does not; see below."
    )


def times(seconds: Mapping[str, list[float]]) -> Iterator[str]:
    """Medians, quartiles and rounds of one section."""
    spreads = {name: Spread.of([1000 * one for one in many]) for name, many in seconds.items() if many}
    rows = [
        (name, f"{one.median:.1f}", f"{one.low:.1f} to {one.high:.1f}", str(len(seconds[name])))
        for name, one in spreads.items()
    ]
    return table(("contender", "median, ms", "quartiles, ms", "rounds"), rows)


def against_the_same(findings: Findings) -> Iterator[str]:
    """The peers for all five names, which is what BRAIN's time buys."""
    seconds = findings.times.get(maps.SECTION, {})
    rows = [
        (name, dtype, f"{spread.median:.1f}", f"{spread.low:.1f} to {spread.high:.1f}")
        for name in seconds
        if "five maps" in name and not name.startswith("BRAIN")
        for dtype in ("float32", "bfloat16")
        if f"BRAIN, five maps, {dtype}" in seconds
        for spread in [ratio(seconds, name, f"BRAIN, five maps, {dtype}")]
    ]
    if rows:
        yield "\n## Five maps against five maps\n"
        yield from table(("peer", "BRAIN in", "times faster", "quartiles"), rows)


def sizes(findings: Findings) -> Iterator[str]:
    """From which size of network bfloat16 pays."""
    rows = []
    for section, seconds in findings.times.items():
        if section.startswith("size: "):
            name = section.removeprefix("size: ")
            spread = ratio(seconds, "float32", "bfloat16")
            medians = (f"{1000 * findings.median(section, dtype):.1f}" for dtype in ("float32", "bfloat16"))
            parameters = f"{findings.facts[f'parameters: {name}'] / 1e6:.1f}"
            rows.append((name, parameters, *medians, f"{spread.median:.2f}"))
    if rows:
        yield "\n## From which size bfloat16 pays\n"
        yield SIZES
        yield from table(
            ("network", "million parameters", "float32, ms", "bfloat16, ms", "times faster"), rows
        )


def bars(findings: Findings) -> Iterator[str]:
    """Where the time of a warm explanation goes, as bars of text."""
    yield "```text"
    for name, stages in findings.facts.items():
        if name.startswith("stages, "):
            whole = sum(stages.values())
            yield f"{name.removeprefix('stages, ')}: {1000 * whole:.0f} ms"
            for stage, seconds in stages.items():
                yield f"  {stage:<10} {'█' * round(BAR * seconds / whole):<{BAR}} {1000 * seconds:6.1f} ms"
    yield "```"


def short(findings: Findings) -> Iterator[str]:
    """What README repeats."""
    rows = [(one.what, limit(one), value(one).split(";")[0], verdict(one)) for one in findings.goals]
    yield f"Measured on {findings.machine['processor']}, {findings.machine['date'][:10]}:\n"
    yield from table(("what", "goal", "measured", "met"), rows)
    yield "\nWhere the time goes, 12-megapixel photo, everything loaded:\n"
    yield from bars(findings)


def plot(findings: Findings) -> None:
    """Medians with quartiles, one panel a section."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "brain"
    from matplotlib import pyplot

    panels = {
        "Grad-CAM": maps.SECTION,
        "12-megapixel photo": photos.SECTION,
        "Process start": processes.START,
    }
    shown = {title: findings.times[name] for title, name in panels.items() if findings.times.get(name)}
    if not shown:
        return
    heights = [len(seconds) for seconds in shown.values()]
    figure, axes = pyplot.subplots(
        len(shown),
        1,
        squeeze=False,
        figsize=(9, 1.2 + 0.36 * sum(heights)),
        height_ratios=heights,
        layout="constrained",
    )
    for axis, (title, seconds) in zip(axes[:, 0], shown.items(), strict=True):
        names = list(seconds)[::-1]
        spreads = [Spread.of(seconds[name]) for name in names]
        errors = [[s.median - s.low for s in spreads], [s.high - s.median for s in spreads]]
        colours = ["#1f6f8b" if name.startswith(("BRAIN", "brain")) else "#b8c4c9" for name in names]
        axis.barh(names, [s.median for s in spreads], xerr=errors, color=colours, ecolor="#444444")
        axis.set_title(title, loc="left", fontsize=10)
        axis.set_xlabel("seconds (median, quartiles)")
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(PLOT, metadata={"Date": None})


def main() -> None:
    findings = Findings.read(RESULTS)
    write(findings)
    cost.write(findings)


if __name__ == "__main__":
    main()
