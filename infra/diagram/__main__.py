"""`python -m infra.diagram FILE`: draw template.yaml as SVG."""

from __future__ import annotations

import sys
from pathlib import Path

from infra.diagram.graph import graph_of
from infra.diagram.svg import draw
from infra.local.environment import REGION, REPOSITORY
from infra.local.template import read_template, translate


def diagram() -> str:
    """Draw template.yaml as SVG."""
    return draw(graph_of(translate(read_template(REPOSITORY / "template.yaml"), {}, REGION)))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(diagram(), encoding="utf-8")
