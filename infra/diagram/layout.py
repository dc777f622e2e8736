"""The position of each resource in the diagram. Everything else comes from the template."""

from __future__ import annotations

from collections.abc import Iterable

Cell = tuple[int, int]  # column and row, counted from the top left

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
    """A cell for each name; names without an assigned cell are placed in a row below all others."""
    last_row = 1 + max(row for _, row in CELLS.values())
    cells: dict[str, Cell] = {}
    unassigned = 0
    for name in names:
        if name in CELLS:
            cells[name] = CELLS[name]
        else:
            cells[name] = (unassigned, last_row)
            unassigned += 1
    return cells
