"""The JSON contract."""

from __future__ import annotations

import json
from typing import Any

import numpy
import pytest
from pydantic import ValidationError

from brain.core.clock import now
from brain.core.errors import FaceNotFound, PhotoUnreadable
from brain.core.explanations import Map
from brain.core.results import PhotoRequest, Problem, Result, Source, Status, failed_result
from brain.core.schema import Box
from tests.fakes import PAGE_ID
from tests.results import compared_result, done_result


def test_a_result_survives_the_round_trip() -> None:
    result = done_result(PAGE_ID, now(), Source(bucket="b", key="é", etag="e", width=5, height=7))

    assert Result.model_validate_json(result.model_dump_json()) == result


def test_a_comparison_survives_the_round_trip() -> None:
    result = compared_result(done_result(PAGE_ID, now(), Source()), "f" * 32)

    assert Result.model_validate_json(result.model_dump_json()) == result


def test_a_comparison_is_of_two_photos() -> None:
    document = json.loads(compared_result(done_result(PAGE_ID, now(), Source()), "f" * 32).model_dump_json())
    document["comparison"]["photos"].pop()

    with pytest.raises(ValidationError):
        Result.model_validate_json(json.dumps(document))


def test_top_level_names_are_the_contract() -> None:
    names = json.loads(done_result(PAGE_ID, now(), Source()).model_dump_json()).keys()

    assert list(names) == [
        "id", "status", "created_at", "finished_at", "source", "model", "face", "identity", "candidates",
        "features", "explanation", "comparison", "enrolment", "artifacts", "error", "timings", "passes",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"id": "not-an-id"},
        {"status": "ready"},
        {"surprise": 1},
        {"identity": {"label": 1, "name": "A", "probability": 1.5}},
        {"error": {"code": 7, "message": "m", "reason": "r", "hint": "h"}},
    ],
)
def test_invalid_results_are_rejected(change: dict[str, Any]) -> None:
    good = json.loads(done_result(PAGE_ID, now(), Source()).model_dump_json())

    with pytest.raises(ValidationError):
        Result.model_validate_json(json.dumps(good | change))


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-1, 5)])
def test_boxes_must_have_an_area(width: int, height: int) -> None:
    with pytest.raises(ValidationError):
        Box(x=-3, y=-3, width=width, height=height)


def test_maps_keep_shape_and_values() -> None:
    array = numpy.arange(6, dtype=numpy.uint8).reshape(2, 3) * 51
    encoded = Map.from_array(array)

    assert (encoded.height, encoded.width) == (2, 3)
    assert numpy.array_equal(encoded.to_array(), array)


def test_results_are_immutable() -> None:
    result = Result(id=PAGE_ID, status=Status.WAITING, created_at=now())

    with pytest.raises(ValidationError):
        result.status = Status.DONE


def test_a_problem_has_the_attributes_of_its_error() -> None:
    problem = Problem.of(PhotoUnreadable("empty", "Choose another one.", "photo.jpg"))

    assert problem.model_dump() == {
        "code": 1,
        "message": "ERROR: cannot load input image ... photo.jpg",
        "reason": "empty",
        "hint": "Choose another one.",
    }
    assert Problem.of(FaceNotFound("no-face", "Try another one.")).code == 3


def test_now_is_utc_to_the_millisecond() -> None:
    moment = now()

    assert moment.utcoffset() is not None
    assert moment.isoformat().endswith("+00:00")
    assert moment.microsecond % 1000 == 0


def test_a_failed_result_carries_the_request_and_the_error() -> None:
    request = PhotoRequest(PAGE_ID, now(), Source(bucket="b", key="k"))

    result = failed_result(request, FaceNotFound("no-face", "Try another one."))

    assert (result.id, result.status, result.source) == (PAGE_ID, Status.FAILED, request.source)
    assert result.created_at == request.created_at
    assert result.finished_at is not None
    assert result.error == Problem.of(FaceNotFound("no-face", "Try another one."))
