"""A run as many campaigns, in parallel and over several runs of the command."""

from __future__ import annotations

from pathlib import Path

from reliability.faults.campaign import conduct
from reliability.faults.findings import Findings

PHOTOS_PER_CAMPAIGN = 250
MOST_CAMPAIGNS = 1000
Task = tuple[int, int, Path]  # photos, seed, where the findings are kept


def tasks(photos: int, seed: int, folder: Path) -> list[Task]:
    """The campaigns of a run. Their seeds differ, also from those of runs with other seeds."""
    sizes = [min(PHOTOS_PER_CAMPAIGN, photos - start) for start in range(0, photos, PHOTOS_PER_CAMPAIGN)]
    seeds = range(seed * MOST_CAMPAIGNS, (seed + 1) * MOST_CAMPAIGNS)
    return [
        (size, number, folder / f"{number}-{size}.json") for size, number in zip(sizes, seeds, strict=False)
    ]


def conduct_task(task: Task) -> Findings:
    """Conduct a campaign and keep its findings; those that are kept already are only read."""
    photos, seed, path = task
    if path.exists():
        return Findings.load(path)
    findings = conduct(photos, seed)
    findings.save(path)
    return findings
