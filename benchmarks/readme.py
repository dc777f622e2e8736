"""The figures in README.md, between two marker comments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import processes, storage
from benchmarks.cost import compute_cost, explain_functions, other_costs
from benchmarks.goals import total_passes
from benchmarks.markdown import table
from benchmarks.measurements import Measurements
from benchmarks.prices import LAMBDA_X86
from brain.core.settings import REPOSITORY, Settings
from brain.evaluation.tables import percent
from brain.recognition.hardware import MB_PER_PROCESSOR

README = REPOSITORY / "README.md"
BLOCK = re.compile(r"(<!-- figures: make bench -->\n).*?(<!-- end of figures -->)", re.DOTALL)
BENCH, EVALUATE = "`make bench`", "`brain evaluate`"
MISSING = "not measured"

Row = tuple[str, str, str]


def write(measurements: Measurements) -> None:
    """Replace the figures between the markers."""
    block = "\n".join(figures(measurements, Settings().models_dir / Settings().model))
    text = README.read_text(encoding="utf-8")
    README.write_text(BLOCK.sub(lambda match: f"{match[1]}{block}\n{match[2]}", text), encoding="utf-8")


def figures(measurements: Measurements, model: Path) -> Iterator[str]:
    """The lines between the markers.

    Args:
        measurements: of `make bench`.
        model: the default model's folder, with the JSON files that `brain evaluate` writes.
    """
    rows = [
        *evaluation_rows(read(model / "metrics.json"), read(model / "explanations.json")),
        pair_row(read(model / "pair_explanations.json")),
        latency_row(measurements),
        cost_row(measurements),
    ]
    yield from table(("what", "measured", "by"), rows)


def read(path: Path) -> dict[str, Any]:
    """A JSON file; empty if there is none."""
    values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return values


def evaluation_rows(metrics: dict[str, Any], explanations: dict[str, Any]) -> Iterator[Row]:
    """Names, unknown people, pairs and reasons; every set of photos side by side."""
    sets, explained = metrics.get("sets", {}), explanations.get("sets", {})
    among = {name: metric["accuracies"][0] for name, metric in sets.items() if metric["accuracies"]}
    people = max((accuracy["among"] for accuracy in among.values()), default=0)
    what = "Correct name first, and among the first five" + (f", of {people:,} people" if people else "")
    yield what, by_set(among, lambda a: f"{percent(a['top_1'])} and {percent(a['top_5'])}"), EVALUATE
    rocs = {name: metric["open_set"] or metric["left_out"] for name, metric in sets.items()}
    rocs = {name: roc for name, roc in rocs.items() if roc}
    yield (
        "Known people against unknown ones, AUROC",
        by_set(rocs, lambda roc: f"{roc['auroc']:.3f}"),
        EVALUATE,
    )
    pairs = metrics.get("verification")
    yield "LFW's pairs, accuracy over ten folds", percent(pairs["accuracy"]) if pairs else MISSING, EVALUATE
    reasons = {name: metric["reasons"] for name, metric in explained.items()}
    what = "First reasons that exceed fresh control regions"
    yield what, by_set(reasons, lambda reason: percent(reason["holds"])), EVALUATE


def pair_row(explanations: dict[str, Any]) -> Row:
    """The maps of two photos."""
    what = "Maps of two LFW photos: planted patches found; deletion and insertion beyond CorrRISE's"
    if not explanations:
        return what, MISSING, EVALUATE
    deletion, insertion = explanations["gains"]["all"]["corrrise"]
    found = percent(explanations["found"])
    return what, f"{found}; {deletion['mean']:+.4f} and {insertion['mean']:+.4f}", EVALUATE


def latency_row(measurements: Measurements) -> Row:
    """Seconds of one photo."""
    what = "12-megapixel photo on one AVX2 core: name stored, everything stored with full checks"
    named, done = (
        measurements.median("storage", storage.GROUP, contender)
        for contender in (storage.NAMED, storage.DONE)
    )
    passes = total_passes(measurements.value("latency", "passes"))
    if not (named and done and passes):
        return what, MISSING, BENCH
    return what, f"{named.median:.2f} s and {done.median:.2f} s; {passes:.0f} forward passes", BENCH


def cost_row(measurements: Measurements) -> Row:
    """US dollars for a thousand photos."""
    what = f"1,000 photos on AWS Lambda ({MB_PER_PROCESSOR:,} MB, x86), everything included"
    functions = [f for f in explain_functions(measurements) if f.model == processes.DEFAULT]
    if not functions:
        return what, MISSING, BENCH
    compute = compute_cost(MB_PER_PROCESSOR, functions[0].warm_seconds(MB_PER_PROCESSOR), LAMBDA_X86)
    return what, f"${compute + sum(other_costs(measurements).values()):.2f}", BENCH


def by_set(values: dict[str, Any], text: Callable[[Any], str]) -> str:
    """One value per set of photos: "lfw 91.1 %; foreign 91.0 %"."""
    return "; ".join(f"{name} {text(value)}" for name, value in values.items()) or MISSING
