"""Logs and metrics of the explain function."""

from __future__ import annotations

import json

import pytest

from brain.cloud.repository import AwsResultRepository
from brain.core.errors import FaceNotFound
from functions.explain.handler import logger
from tests.fakes import PHOTO, FakeExplainer
from tests.integration.conftest import Cloud
from tests.integration.test_explain_handler import DROPPED, DROPPED_ID, run
from tests.lambda_calls import logged, raw_event


def test_logs_contain_no_key_and_no_complete_id(
    repository: AwsResultRepository, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.drop(DROPPED, PHOTO)

    with logged(logger) as stream:
        run(raw_event("sqs_s3_dropped"), repository, FakeExplainer(FaceNotFound("no-face", "h")))

    [received, line] = [json.loads(line) for line in stream.getvalue().splitlines()]
    printed = capsys.readouterr()
    assert received["photo"] == DROPPED_ID[:8]
    assert (line["photo"], line["status"], line["code"]) == (DROPPED_ID[:8], "failed", 3)
    for text in (stream.getvalue(), printed.out, printed.err):
        assert DROPPED_ID not in text
        assert "My Photo" not in text
    assert printed.err == "ERROR: sorry, frontal face wasn't detected\n"


def metrics(text: str) -> list[tuple[str, float, dict[str, str]]]:
    """Name, value and dimensions of every embedded metric in the output."""
    found = []
    for line in filter(lambda line: line.startswith('{"_aws"'), text.splitlines()):
        entry = json.loads(line)
        (directive,) = entry["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "BRAIN"
        (dimensions,) = directive["Dimensions"]
        named = {name: entry[name] for name in dimensions}
        found += [(metric["Name"], entry[metric["Name"]][0], named) for metric in directive["Metrics"]]
    return found


def test_results_are_counted_by_status_and_code(
    repository: AwsResultRepository, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.drop(DROPPED, PHOTO)

    run(raw_event("sqs_s3_dropped"), repository, FakeExplainer(FaceNotFound("no-face", "h")))

    printed = metrics(capsys.readouterr().out)
    assert ("Photos", 1, {"code": "3", "status": "failed"}) in printed
    assert {name for name, _, _ in printed} == {"Photos", "Turnaround", "GigabyteSeconds"}


def test_stage_durations_and_cost_are_recorded(
    repository: AwsResultRepository, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.drop(DROPPED, PHOTO)

    run(raw_event("sqs_s3_dropped"), repository)

    printed = metrics(capsys.readouterr().out)
    assert ("Photos", 1, {"code": "0", "status": "done"}) in printed
    assert ("StageDuration", 100, {"stage": "total"}) in printed
    (charged,) = (value for name, value, _ in printed if name == "GigabyteSeconds")
    assert 0 < charged < 60, "seconds, since the function has a gigabyte"


def test_failures_are_counted_as_cost(
    repository: AwsResultRepository, cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.drop(DROPPED, PHOTO)

    run(raw_event("sqs_s3_dropped"), repository, FakeExplainer(RuntimeError()))

    assert [name for name, _, _ in metrics(capsys.readouterr().out)] == ["GigabyteSeconds"]


def test_an_internal_error_is_logged_with_the_start_of_the_id(
    repository: AwsResultRepository, cloud: Cloud
) -> None:
    cloud.drop(DROPPED, PHOTO)

    with logged(logger) as stream:
        run(raw_event("sqs_s3_dropped"), repository, FakeExplainer(RuntimeError("out of luck")))

    [_, line] = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (line["level"], line["photo"], line["receive_count"]) == ("ERROR", DROPPED_ID[:8], 1)
    assert DROPPED_ID not in stream.getvalue()
    assert "My Photo" not in stream.getvalue()
