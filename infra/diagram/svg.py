"""Draws a graph as SVG, legible on light and dark backgrounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from infra.diagram.edges import Edge
from infra.diagram.graph import Graph, Node
from infra.diagram.layout import arrange

WIDTH, HEIGHT = 176, 74
GAP_X, GAP_Y = 156, 46
MARGIN = 24
LEGEND = 40
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1d1a26; }
  .kind { font-size: 11px; fill: #5a5468; }
  .alarm { font-size: 10.5px; fill: #9a3412; }
  .label { font-size: 11px; fill: #3b3548; paint-order: stroke; stroke: #fbfaff; stroke-width: 4px; }
  rect { fill: #ffffff; stroke: #6d5fd0; stroke-width: 1.5; }
  path { fill: none; stroke: #6d5fd0; stroke-width: 1.5; }
  .optional { stroke-dasharray: 5 4; stroke: #8a8498; }
"""

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]  # start, two control points, end


def draw(graph: Graph) -> str:
    """The SVG document."""
    cells = arrange(node.name for node in graph.nodes)
    places = {name: (_left(column), MARGIN + row * (HEIGHT + GAP_Y)) for name, (column, row) in cells.items()}
    width = _left(1 + max(column for column, _ in cells.values())) - GAP_X + MARGIN
    height = MARGIN + (1 + max(row for _, row in cells.values())) * (HEIGHT + GAP_Y) + LEGEND
    body = [*_lines(graph, places), *_boxes(graph, places), *_legend(height)]
    return "\n".join([*_head(width, height), *body, "</svg>", ""])


def _left(column: int) -> float:
    return MARGIN + column * (WIDTH + GAP_X)


def _head(width: float, height: float) -> Iterator[str]:
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">'
    yield "<title>The AWS resources of BRAIN, drawn from template.yaml</title>"
    yield f"<style>{STYLE}</style>"
    yield '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"'
    yield ' orient="auto"><path d="M0,0 L8,4 L0,8 z" style="fill:#6d5fd0;stroke:none"/></marker></defs>'
    yield f'<rect width="{width:g}" height="{height:g}" rx="12" style="fill:#fbfaff;stroke:none"/>'


def _lines(graph: Graph, places: Mapping[str, Point]) -> Iterator[str]:
    labels = []
    for edge in graph.edges:
        start, first_control, second_control, end = curve = _curve(edge, graph, places)
        kind = ' class="optional"' if edge.optional else ""
        points = " ".join(f"{x:g},{y:g}" for x, y in (first_control, second_control, end))
        yield f'<path{kind} marker-end="url(#tip)" d="M{start[0]:g},{start[1]:g} C{points}"/>'
        x, y = _point_at(0.42, curve)
        labels.append(
            f'<text class="label" text-anchor="middle" x="{x:g}" y="{y + 4:g}">{escape(edge.label)}</text>'
        )
    yield from labels


def _curve(edge: Edge, graph: Graph, places: Mapping[str, Point]) -> Curve:
    """A cubic Bézier curve between the sides of two boxes; between top and bottom within a column."""
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    if x1 == x2:
        down = y2 > y1
        start = (x1 + WIDTH / 2, y1 + (HEIGHT if down else 0))
        end = (x2 + WIDTH / 2, y2 + (0 if down else HEIGHT))
        bend = (end[1] - start[1]) / 2
        return start, (start[0], start[1] + bend), (end[0], end[1] - bend), end
    ahead = x2 > x1
    start = (x1 + (WIDTH if ahead else 0), y1 + _port(edge, edge.source, graph, places))
    end = (x2 + (0 if ahead else WIDTH), y2 + _port(edge, edge.target, graph, places))
    bend = min(120.0, abs(end[0] - start[0]) / 2) * (1 if ahead else -1)
    return start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end


def _port(edge: Edge, name: str, graph: Graph, places: Mapping[str, Point]) -> float:
    """The vertical offset at which an edge meets the side of a box, spread by the other ends' heights."""

    def other_end(candidate: Edge) -> Point:
        return places[candidate.target if candidate.source == name else candidate.source]

    def side(candidate: Edge) -> float:
        difference = other_end(candidate)[0] - places[name][0]
        return (difference > 0) - (difference < 0)

    adjacent = [candidate for candidate in graph.edges if name in (candidate.source, candidate.target)]
    same_side = [candidate for candidate in adjacent if side(candidate) == side(edge)]
    ordered = sorted(same_side, key=lambda candidate: other_end(candidate)[1])
    return HEIGHT * (ordered.index(edge) + 1) / (len(ordered) + 1)


def _point_at(t: float, curve: Curve) -> Point:
    """The point of a cubic Bézier curve at t, from 0 to 1."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return (
        round(sum(w * p[0] for w, p in zip(weights, curve, strict=True)), 1),
        round(sum(w * p[1] for w, p in zip(weights, curve, strict=True)), 1),
    )


def _boxes(graph: Graph, places: Mapping[str, Point]) -> Iterator[str]:
    for node in graph.nodes:
        x, y = places[node.name]
        kind = ' class="optional"' if node.optional else ""
        yield f'<rect{kind} x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="9"/>'
        for offset, (css, text) in zip((22, 38, 53, 66), _texts(node), strict=False):
            position = f'text-anchor="middle" x="{x + WIDTH / 2:g}" y="{y + offset:g}"'
            yield f"<text{css} {position}>{escape(text)}</text>"


def _texts(node: Node) -> Iterator[tuple[str, str]]:
    yield "", node.name
    yield ' class="kind"', node.kind
    for alarm in node.alarms:
        yield ' class="alarm"', alarm


def _legend(height: float) -> Iterator[str]:
    y = height - 18
    yield f'<path class="optional" d="M{MARGIN},{y - 4:g} h40"/>'
    yield f'<text class="kind" x="{MARGIN + 50}" y="{y:g}">optional: created by a parameter</text>'
    yield f'<text class="alarm" x="{MARGIN + 220}" y="{y:g}">an alarm that monitors it</text>'
