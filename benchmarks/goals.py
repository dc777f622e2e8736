"""The table of goals: what is measured, the wanted value, and the measured value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product, starmap

import numpy as np

from benchmarks import api, bfloat16, deepface, explainers, latency, maps, page, processes, stack, storage
from benchmarks.bfloat16 import Agreement
from benchmarks.markdown import table
from benchmarks.measurements import Measurements
from benchmarks.timing import Spread

AT_MOST, AT_LEAST = "at most", "at least"
OURS = (("Everything", explainers.EVERYTHING), ("Evidence map alone", explainers.EVIDENCE))


@dataclass(frozen=True)
class Goal:
    """A row of the table.

    Attributes:
        what: what is measured.
        relation: `AT_MOST` or `AT_LEAST`.
        bound: the value that is wanted.
        unit: unit of `bound` and `value`.
        value: what was measured; None if it was not.
        note: a remark on the value.
    """

    what: str
    relation: str
    bound: float
    unit: str
    value: Spread | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the value is as wanted; None if it was not measured."""
        if self.value is None:
            return None
        median = self.value.median
        return median >= self.bound if self.relation == AT_LEAST else median <= self.bound

    @property
    def wanted(self) -> str:
        """The bound in words: "at most 0.2 s"."""
        return f"{self.relation} {self.bound:g} {self.unit}"

    @property
    def found(self) -> str:
        """The value with its quartiles and the note."""
        if self.value is None:
            return self.note or "not measured"
        digits = 3 if self.unit in ("s", "of the crops", "mean") else 2
        value = self.value
        quartiles = "" if value.low == value.high else f" ({value.low:.{digits}f} to {value.high:.{digits}f})"
        note = f"; {self.note}" if self.note else ""
        return f"{value.median:.{digits}f}{quartiles}{note}"

    @property
    def verdict(self) -> str:
        """Whether the goal is met, in words."""
        return {True: "yes", False: "**no**", None: "not measured"}[self.met]

    def __str__(self) -> str:
        return f"{self.verdict.strip('*'):>12}  {self.what}: {self.found} ({self.wanted})"


def goal_table(goals: Iterable[Goal]) -> Iterator[str]:
    """A Markdown table with one row per goal."""
    rows = [(goal.what, goal.wanted, goal.found, goal.verdict) for goal in goals]
    return table(("what", "goal", "measured", "met"), rows)


def headline_goals(measurements: Measurements) -> list[Goal]:
    """The default model on plain AVX2, one thread, a 12-megapixel photo, everything loaded."""
    return [
        *latency_goals(measurements),
        *explainer_goals(measurements),
        *stack_goals(measurements),
        *process_goals(measurements),
    ]


def latency_goals(measurements: Measurements) -> Iterator[Goal]:
    """From decoding to the last PUT, and the arithmetic that it takes."""
    group = storage.GROUP
    named = measurements.median("storage", group, storage.NAMED)
    yield Goal("Name, candidates and activation map stored", AT_MOST, 0.2, "s", named)
    against = measurements.ratio("storage", group, storage.NAMED, storage.PLAIN)
    what = "The same, against a plain pipeline of the same steps without explanation"
    yield Goal(what, AT_MOST, 1.3, "times", against)
    done = measurements.median("storage", group, storage.DONE)
    yield Goal("Everything stored, full checks", AT_MOST, 0.8, "s", done)
    passes = total_passes(measurements.value("latency", "passes"))
    yield Goal("Arithmetic of everything", AT_MOST, 80, "forward passes", single(passes))
    vgg = measurements.median("vgg", str(latency.VGG_CONDITION), latency.DONE)
    yield Goal("vgg-face (random weights), everything, full checks, float32", AT_MOST, 3, "s", vgg)


def explainer_goals(measurements: Measurements) -> Iterator[Goal]:
    """BRAIN's evidence map, alone and with everything around it, against maps of the peers."""
    quality = measurements.value("explainers", explainers.QUALITY) or {}
    means = {name: {key: float(np.mean(v)) for key, v in areas.items()} for name, areas in quality.items()}
    peer, note = equal_quality(means)
    for what, ours in OURS:
        faster = measurements.ratio("explainers", explainers.GROUP, peer, ours)
        against = f"{what}, against captum's Occlusion at the same map quality"
        yield Goal(against, AT_LEAST, 10, "times faster", faster, note)
    places = (explainers.LAST_LAYER, explainers.BRAINS_LAYER)
    for peer in starmap(explainers.CAM.format, product(explainers.CAMS, places)):
        for what, ours in OURS:
            faster = measurements.ratio("explainers", explainers.GROUP, peer, ours)
            yield Goal(f"{what}, against {peer}", AT_LEAST, 10, "times faster", faster)
        for key, relation in (("deletion", AT_MOST), ("insertion", AT_LEAST)):
            what = f"{key.capitalize()} of the evidence map, relative to that of {peer}"
            yield Goal(what, relation, 1, "times theirs", *quality_ratio(means, peer, key))


def equal_quality(means: dict[str, dict[str, float]]) -> tuple[str, str]:
    """The cheapest configuration of Occlusion that is as good as BRAIN, and a note on it.

    If none is, the most expensive one: all that take less time are worse, so its ratio is a lower bound.
    """
    ours = means.get(explainers.EVERYTHING)
    names = [name for name in means if name.startswith("captum")]  # from cheap to expensive
    if ours is None or not names:
        return "", "did not run"
    for name in names:
        theirs = means[name]
        if theirs["deletion"] <= ours["deletion"] and theirs["insertion"] >= ours["insertion"]:
            return name, f"with {name.removeprefix('captum Occlusion, ')}"
    most_expensive = names[-1].removeprefix("captum Occlusion, ")
    return names[-1], f"or more: no configuration is as good, up to this one, {most_expensive}"


def quality_ratio(means: dict[str, dict[str, float]], peer: str, key: str) -> tuple[Spread | None, str]:
    """The ratio of mean areas, and both of them."""
    if peer not in means or explainers.EVERYTHING not in means:
        return None, "did not run"
    ours, theirs = means[explainers.EVERYTHING][key], means[peer][key]
    return single(ours / theirs), f"{ours:.3f} and {theirs:.3f}"


def stack_goals(measurements: Measurements) -> Iterator[Goal]:
    """The local stack with as many workers as there are processors."""
    idle, busy = (
        measurements.value("stack", stack.RATE.format(title)) for title in ("idle", "busy neighbour")
    )
    yield Goal(
        "Folder dropped into the bucket, local stack", AT_LEAST, 120, "photos per minute", single(idle)
    )
    slowdown = single(idle / busy) if idle and busy else None
    note = f"{busy:.0f} photos per minute" if busy else ""
    yield Goal("The same beside a busy neighbour process", AT_MOST, 1.5, "times as long", slowdown, note)
    for contender, bound in ((page.NAMED, 0.6), (page.DONE, 1.5)):
        waited = measurements.median("page", page.GROUP, contender)
        yield Goal(f"Page: {contender}, local stack", AT_MOST, bound, "s", waited)


def process_goals(measurements: Measurements) -> Iterator[Goal]:
    """Goals for fresh processes."""
    group = str(processes.START_CONDITION)
    cold = measurements.ratio("start", group, processes.NAME, processes.IMPORTS)
    yield Goal(f"Process start to the first name, against `{processes.IMPORTS}`", AT_MOST, 1.3, "times", cold)
    peak = measurements.value("memory", processes.PEAK.format(processes.DEFAULT))
    yield Goal(f"Peak memory, {processes.DEFAULT}, full checks", AT_MOST, 0.45, "GB", single(peak))
    first = measurements.ratio("api", api.GROUP, api.FIRST_ANSWER, api.IMPORTS)
    what = "API function: process start to first answer, against importing FastAPI, boto3 and Powertools"
    yield Goal(what, AT_MOST, 1.1, "times", first)
    package = measurements.value("api", api.PACKAGE_MEGABYTES)
    yield Goal("API function: unzipped package without boto3", AT_MOST, 40, "MB", single(package))


def vgg_goals(measurements: Measurements) -> list[Goal]:
    """VGG-Face with random weights, all threads: Grad-CAM in closed form, bfloat16, memory."""
    goals = []
    dtypes = {"float32": str(maps.AVX2), "bfloat16": str(maps.NATIVE)}
    for dtype, group in dtypes.items():
        ours, forward = maps.BRAIN_FIVE.format(dtype), maps.FORWARD.format(dtype)
        spread = measurements.ratio("maps", group, ours, forward)
        goals.append(Goal(f"Five maps against the bare forward pass, {dtype}", AT_MOST, 1.1, "times", spread))
    for peer, bounds in ((maps.GRAD_CAM, (4, 13)), (maps.CAPTUM, (2, 7))):
        for (dtype, group), bound in zip(dtypes.items(), bounds, strict=True):
            spread = measurements.ratio("maps", group, peer, maps.BRAIN_FIVE.format(dtype))
            what = f"{peer.replace(', ', ' (')}) against BRAIN (five maps), {dtype}"
            goals.append(Goal(what, AT_LEAST, bound, "times faster", spread))
    spread = measurements.ratio("deepface", deepface.GROUP, deepface.DEEPFACE, deepface.BRAIN)
    what = "12-megapixel photo: deepface's represent against BRAIN's name and maps, float32"
    goals.append(Goal(what, AT_LEAST, 5, "times faster", spread))
    for model, gigabytes in ((processes.VGG, 1.1), (processes.VGG_BFLOAT16, 0.8)):
        peak = measurements.value("memory", processes.PEAK.format(model))
        goals.append(Goal(f"Peak memory, {model}, full checks", AT_MOST, gigabytes, "GB", single(peak)))
    return [*goals, *agreement_goals(measurements)]


def agreement_goals(measurements: Measurements) -> list[Goal]:
    """Whether bfloat16 gives the same answers as float32."""
    values = measurements.value("bfloat16", bfloat16.AGREEMENT)
    same_what = "bfloat16 names the same identity as float32"
    map_what = "Rank correlation of the named identity's map, bfloat16 with float32"
    if values is None:
        return [
            Goal(same_what, AT_LEAST, 0.99, "of the crops"),
            Goal(map_what, AT_LEAST, 0.99, "mean"),
        ]
    agreement = Agreement(**values)
    low, high = np.percentile(agreement.correlations, [25, 75])
    correlation = Spread(float(np.mean(agreement.correlations)), float(low), float(high))
    same = single(agreement.same / len(agreement.correlations))
    alone = f"bfloat16 alone: {np.mean(agreement.correlations_alone):.3f}"
    return [
        Goal(same_what, AT_LEAST, 0.99, "of the crops", same, agreement.note),
        Goal(map_what, AT_LEAST, 0.99, "mean", correlation, alone),
    ]


def single(value: float | None) -> Spread | None:
    """The spread of a single value."""
    return None if value is None else Spread(value, value, value)


def total_passes(passes: dict[str, float] | None) -> float | None:
    """All forward passes of an explanation."""
    if not passes:
        return None
    return passes.get("total", sum(passes.values()))
