"""`python -m infra.diagram FILE`: the picture of template.yaml."""

from __future__ import annotations

import sys
from pathlib import Path

from infra.diagram.graph import graph_of
from infra.diagram.svg import draw
from infra.local.environment import REGION, REPOSITORY
from infra.local.template import read_template, translate


def picture(template: Path = REPOSITORY / "template.yaml") -> str:
    """The SVG of a SAM template."""
    return draw(graph_of(translate(read_template(template), {}, REGION)))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(), encoding="utf-8")
