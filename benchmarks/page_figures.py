"""The figures on the page "How it works": static_site/figures.json.

They come from the JSON files beside the default model, which `brain evaluate` writes, and from the results of
`make bench`. Figures that were not measured are left out.
"""

from __future__ import annotations

import json
from typing import Any

from benchmarks import storage
from benchmarks.measurements import Measurements
from benchmarks.readme import read
from brain.core.settings import REPOSITORY, Settings

FIGURES = REPOSITORY / "static_site" / "figures.json"
NAMED_VERDICTS = ("strong", "weak")


def write(measurements: Measurements) -> None:
    """Write the file; without an evaluation of the default model there is none."""
    folder = Settings().models_dir / Settings().model
    metrics = read(folder / "metrics.json")
    if not metrics:
        FIGURES.unlink(missing_ok=True)
        return
    shown = figures(metrics, read(folder / "pair_explanations.json"), measurements)
    FIGURES.write_text(json.dumps(shown, indent=2) + "\n", encoding="utf-8")


def figures(
    metrics: dict[str, Any], explained: dict[str, Any] | None, measurements: Measurements
) -> dict[str, Any]:
    """What the page shows.

    Args:
        metrics: `metrics.json` of `brain evaluate`.
        explained: `pair_explanations.json` of `brain evaluate --explanations --pairs`; None without it.
        measurements: of `make bench`.
    """
    model, sets = metrics["model"], metrics["sets"]
    return {
        "model": {"name": f"{model['name']} {model['version']}", "people": model["identities"]},
        "sets": [figures_of_set(name, found) for name, found in sets.items() if found["accuracies"]],
        "stats": {**accuracy_stats(metrics), **latency_stats(measurements)},
        "pairs": figures_of_pairs(metrics, explained or {}),
    }


def figures_of_set(name: str, metrics: dict[str, Any]) -> dict[str, Any]:
    """One row of the table: shares from 0 to 1, None if a set has no such people."""
    accuracy = metrics["accuracies"][0]
    return {
        "name": name,
        "photos": metrics["known_photos"],
        "top1": accuracy["top_1"],
        "top5": accuracy["top_5"],
        "known": named(metrics["verdicts"].get("known")),
        "unknown": named(metrics["verdicts"].get("unknown")),
    }


def named(verdicts: dict[str, Any] | None) -> float | None:
    """The share of photos whose verdict is strong or weak."""
    return sum(verdicts[verdict]["share"] for verdict in NAMED_VERDICTS) if verdicts else None


def accuracy_stats(metrics: dict[str, Any]) -> dict[str, float]:
    """The lowest AUROC of any set."""
    rocs = [
        roc["auroc"] for found in metrics["sets"].values() if (roc := found["open_set"] or found["left_out"])
    ]
    return {"auroc": min(rocs)} if rocs else {}


def figures_of_pairs(metrics: dict[str, Any], explained: dict[str, Any]) -> dict[str, float]:
    """How well two photos are compared: shares from 0 to 1, without figures that were not measured.

    `even` is the similarity at which one person and two are equally likely.
    """
    found: dict[str, float] = {}
    if verification := metrics["verification"]:
        found |= {
            "count": verification["pairs"],
            "accuracy": verification["accuracy"],
            "accepted": verification["tar_at_far"]["0.001"],
        }
    if calibration := metrics["pair_calibration"]:
        fitted = calibration["fitted"]
        found |= {
            "calibration": calibration["measured"]["error"],
            "even": -fitted["intercept"] / fitted["slope"],
        }
    if explained.get("found") is not None:
        found["planted"] = explained["found"]
    return found


def latency_stats(measurements: Measurements) -> dict[str, float]:
    """Median seconds of a 12-megapixel photo on one AVX2 core."""
    contenders = {"name": storage.NAMED, "all": storage.DONE}
    found = {key: measurements.median("storage", storage.GROUP, name) for key, name in contenders.items()}
    return {key: value.median for key, value in found.items() if value}
