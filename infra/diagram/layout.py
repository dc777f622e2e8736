"""Where each box of the picture stands. What is in the picture, and the lines, come from the template."""

from __future__ import annotations

from collections.abc import Iterable

Cell = tuple[int, int]  # column and row, from the left and from the top

CELLS: dict[str, Cell] = {
    "SiteBucket": (1, 0),
    "ApiAuthorizer": (2, 0),
    "SiteWebAcl": (0, 1),
    "SiteDistribution": (1, 1),
    "HttpApi": (2, 1),
    "ApiFunction": (3, 1),
    "ResultsTable": (4, 1),
    "Browser": (0, 2),
    "ResultsBucket": (4, 2),
    "UploadsBucket": (1, 3),
    "ExplainFunction": (3, 3),
    "PhotoQueue": (2, 4),
    "DeadLetterQueue": (3, 4),
    "AlarmTopic": (4, 4),
    "ScanPlan": (1, 5),
    "ScanResultRule": (2, 5),
    "AlarmMail": (4, 5),
}


def arrange(names: Iterable[str]) -> dict[str, Cell]:
    """A cell for each name; what has no place of its own yet goes into a row below all others."""
    below = 1 + max(row for _, row in CELLS.values())
    cells: dict[str, Cell] = {}
    homeless = 0
    for name in names:
        if name in CELLS:
            cells[name] = CELLS[name]
        else:
            cells[name] = (homeless, below)
            homeless += 1
    return cells
