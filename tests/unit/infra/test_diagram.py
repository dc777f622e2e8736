"""The architecture diagram corresponds to the template."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from brain.core.settings import REPOSITORY
from infra.diagram.__main__ import diagram
from infra.diagram.edges import BROWSER, Edge
from infra.diagram.graph import KINDS, graph_of
from infra.diagram.layout import CELLS, arrange
from infra.diagram.svg import draw
from infra.local.template import read_template, translate


@pytest.fixture(scope="module")
def translated() -> dict[str, Any]:
    return translate(read_template(REPOSITORY / "template.yaml"), {}, "us-east-1")


def test_the_diagram_is_current() -> None:
    """`make docs` regenerates it."""
    assert (REPOSITORY / "docs" / "architecture.svg").read_text(encoding="utf-8") == diagram()


def test_every_drawable_resource_has_a_cell(translated: dict[str, Any]) -> None:
    drawn = {name for name, resource in translated["Resources"].items() if resource["Type"] in KINDS}

    assert {node.name for node in graph_of(translated).nodes} == drawn | {BROWSER} == set(CELLS)


def test_the_path_of_a_photo_is_drawn(translated: dict[str, Any]) -> None:
    edges = graph_of(translated).edges

    for edge in (
        Edge(BROWSER, "UploadsBucket", "POST, signed"),
        Edge("UploadsBucket", "PhotoQueue", "new photo"),
        Edge("PhotoQueue", "ExplainFunction", "1 at a time"),
        Edge("PhotoQueue", "DeadLetterQueue", "after 5 tries"),
        Edge("ExplainFunction", "UploadsBucket", "reads, deletes"),
        Edge("ExplainFunction", "ResultsBucket", "reads, writes, deletes"),
        Edge("SiteDistribution", "HttpApi", "/api/*"),
        Edge("ScanResultRule", "PhotoQueue", "scanned photo", optional=True),
    ):
        assert edge in edges


def test_a_changed_template_changes_the_diagram(translated: dict[str, Any]) -> None:
    changed = copy.deepcopy(translated)
    del changed["Resources"]["PhotoQueue"]["Properties"]["RedrivePolicy"]
    changed["Resources"]["NewTable"] = copy.deepcopy(changed["Resources"]["ResultsTable"])
    graph = graph_of(changed)

    assert "DeadLetterQueue" not in {edge.target for edge in graph.edges}
    assert ">NewTable<" in draw(graph)


def test_resources_without_a_cell_are_placed_below_the_others() -> None:
    cells = arrange(["HttpApi", "Newcomer", "Another"])

    assert cells["Newcomer"][1] > max(row for _, row in CELLS.values())
    assert cells["Newcomer"] != cells["Another"]


def test_the_diagram_is_well_formed_and_inside_its_view_box(translated: dict[str, Any]) -> None:
    root = ET.fromstring(diagram())
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    boxes = [
        element.attrib for element in root.iter("{http://www.w3.org/2000/svg}rect") if "x" in element.attrib
    ]

    assert len(boxes) == len(CELLS)
    for box in boxes:
        assert 0 <= float(box["x"]) <= width - float(box["width"])
        assert 0 <= float(box["y"]) <= height - float(box["height"])
