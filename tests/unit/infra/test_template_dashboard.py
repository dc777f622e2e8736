"""The dashboard shows the metrics and alarms of the stack."""

from __future__ import annotations

import json
import re
from typing import Any

from brain.core.settings import REPOSITORY
from tests.cloud_stack import stack_of
from tests.resolved_template import effective, of_type


def widgets(translated: dict[str, Any]) -> list[dict[str, Any]]:
    """The dashboard's widgets, with references replaced by names."""
    body = translated["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    found: list[dict[str, Any]] = json.loads(re.sub(r"\$\{([^}]+)\}", r"\1", body))["widgets"]
    return found


def test_the_dashboard_shows_the_functions_metrics(translated: dict[str, Any]) -> None:
    text = json.dumps(widgets(translated))
    counted = (REPOSITORY / "functions/explain/report.py").read_text(encoding="utf-8")
    variables = stack_of(translated).get("ExplainFunction", "Environment", "Variables")

    shown = set(re.findall(r'MetricName=\\\\?"(\w+)', text)) | {
        metric[1]
        for widget in widgets(translated)
        for metric in widget["properties"].get("metrics", [])
        if metric[0] == "BRAIN/AWS::StackName"
    }
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == "BRAIN/brain"
    assert shown == {"Photos", "StageDuration", "Turnaround", "GigabyteSeconds", "Megapixels"}
    assert all(f'"{name}"' in counted for name in shown)


def test_the_dashboard_shows_every_unconditional_alarm(translated: dict[str, Any]) -> None:
    alarms = {name for name, _ in of_type(effective(stack_of(translated)), "AWS::CloudWatch::Alarm")}
    (widget,) = (entry for entry in widgets(translated) if entry["type"] == "alarm")

    assert set(widget["properties"]["alarms"]) == {f"{name}.Arn" for name in alarms}


def test_dashboard_widgets_do_not_overlap(translated: dict[str, Any]) -> None:
    cells = [
        (x, y)
        for widget in widgets(translated)
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]

    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
