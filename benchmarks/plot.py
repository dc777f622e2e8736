"""benchmarks/results.svg: medians with quartiles, one panel per section."""

from __future__ import annotations

from pathlib import Path

from benchmarks import deepface, explainers, maps, processes, storage
from benchmarks.measurements import Measurements
from benchmarks.timing import Spread

PLOT = Path(__file__).parent / "results.svg"
PANELS = {  # title -> section and group
    "Maps by perturbation": ("explainers", explainers.GROUP),
    "Photo to name and everything, with storage": ("storage", storage.GROUP),
    "Grad-CAM of VGG-Face": ("maps", str(maps.AVX2)),
    "12-megapixel photo, VGG-Face": ("deepface", deepface.GROUP),
    "Process start": ("start", str(processes.START_CONDITION)),
}


def write(measurements: Measurements) -> None:
    """Draw the sections that were measured, if any."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "brain"
    from matplotlib import pyplot

    sections = {title: seconds for title, place in PANELS.items() if (seconds := measurements.times(*place))}
    if not sections:
        return
    heights = [len(seconds) for seconds in sections.values()]
    figure, axes = pyplot.subplots(
        len(sections),
        1,
        squeeze=False,
        figsize=(9, 1.2 + 0.36 * sum(heights)),
        height_ratios=heights,
        layout="constrained",
    )
    for axis, (title, seconds) in zip(axes[:, 0], sections.items(), strict=True):
        names = list(seconds)[::-1]
        spreads = [Spread.of(seconds[name]) for name in names]
        errors = [[s.median - s.low for s in spreads], [s.high - s.median for s in spreads]]
        colours = ["#1f6f8b" if name.startswith(("BRAIN", "brain")) else "#b8c4c9" for name in names]
        axis.barh(names, [s.median for s in spreads], xerr=errors, color=colours, ecolor="#444444")
        axis.set_title(title, loc="left", fontsize=10)
        axis.set_xlabel("seconds (median, quartiles)")
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(PLOT, metadata={"Date": None})
