"""The HTTP API with a fake repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from brain import __version__
from brain.cloud.photos import PhotoDeclaration
from brain.core.clock import now
from brain.core.results import Problem, Result, Source, Status
from brain.core.settings import Settings
from functions.api.app import create_app
from tests.fakes import PAGE_ID, FakeApiRepository
from tests.lambda_calls import Client
from tests.results import done_result
from tests.unit.functions.problems import assert_problem

JPEG = {"content_type": "image/jpeg", "size": 1234}


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png", "image/webp"])
def test_an_upload_is_created(client: Client, repository: FakeApiRepository, content_type: str) -> None:
    response = client.post("/api/uploads", json={"content_type": content_type, "size": 2000, "face": 3})

    assert response.status_code == 201
    body = response.json()
    assert set(body) == {"id", "status", "upload", "result", "expires_at", "max_bytes"}
    assert (body["id"], body["status"], body["max_bytes"]) == (PAGE_ID, "waiting", 2000)
    assert body["result"] == f"/api/results/{PAGE_ID}"
    assert body["upload"]["url"] == "https://bucket.example/"
    assert body["upload"]["fields"]["Content-Type"] == content_type
    assert repository.uploads == [PhotoDeclaration(content_type, 2000, face=3)]


def test_integers_may_be_written_as_floats(client: Client, repository: FakeApiRepository) -> None:
    response = client.post("/api/uploads", json=JPEG | {"size": 1234.0, "face": 2.0})

    assert response.status_code == 201
    assert repository.uploads == [PhotoDeclaration("image/jpeg", 1234, face=2)]


def test_a_photo_can_be_compared_with_a_result(client: Client, repository: FakeApiRepository) -> None:
    repository.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())

    assert client.post("/api/uploads", json=JPEG | {"compare_with": PAGE_ID}).status_code == 201
    assert client.post("/api/uploads", json=JPEG | {"compare_with": None}).status_code == 201

    first, second = repository.uploads
    assert (first.compare_with, second.compare_with) == (PAGE_ID, None)


def test_a_photo_cannot_be_compared_with_an_unknown_result(
    client: Client, repository: FakeApiRepository
) -> None:
    response = client.post("/api/uploads", json=JPEG | {"compare_with": PAGE_ID})

    assert_problem(response, 404, "unknown-result")
    assert repository.uploads == []


def test_the_first_face_is_the_default(client: Client, repository: FakeApiRepository) -> None:
    client.post("/api/uploads", json=JPEG)

    assert repository.uploads == [PhotoDeclaration("image/jpeg", 1234, face=0)]


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (JPEG | {"size": 2001}, 413, "too-large"),
        (JPEG | {"content_type": "image/gif"}, 415, "unsupported-type"),
        (JPEG | {"content_type": "text/html"}, 415, "unsupported-type"),
        (JPEG | {"content_type": "IMAGE/JPEG; x=y"}, 415, "unsupported-type"),
        (JPEG | {"size": 0}, 422, "malformed-request"),
        (JPEG | {"size": "12"}, 422, "malformed-request"),
        (JPEG | {"size": 1.5}, 422, "malformed-request"),
        (JPEG | {"face": -1}, 422, "malformed-request"),
        (JPEG | {"face": True}, 422, "malformed-request"),
        (JPEG | {"compare_with": "../x"}, 422, "malformed-request"),
        (JPEG | {"key": "mine"}, 422, "malformed-request"),
        ({"size": 12}, 422, "malformed-request"),
        ([], 422, "malformed-request"),
    ],
)
def test_an_invalid_upload_is_rejected(
    client: Client, repository: FakeApiRepository, body: object, status: int, reason: str
) -> None:
    assert_problem(client.post("/api/uploads", json=body), status, reason)
    assert repository.uploads == []


def test_a_malformed_field_is_named_but_not_repeated(client: Client) -> None:
    body = assert_problem(
        client.post("/api/uploads", json=JPEG | {"face": "<script>"}), 422, "malformed-request"
    )

    assert "body.face" in body["hint"]
    assert "<script>" not in str(body)


@pytest.mark.parametrize("content", [b"{nope", b"\xff\xfe\x00", b'"\x80"'])
def test_a_body_that_is_not_json_is_rejected(client: Client, content: bytes) -> None:
    response = client.post("/api/uploads", content=content, headers={"content-type": "application/json"})

    assert_problem(response, 422, "malformed-request")


@pytest.mark.parametrize("status", [Status.WAITING, Status.PROCESSING, Status.NAMED])
def test_an_unfinished_result_has_a_retry_after_header(
    client: Client, repository: FakeApiRepository, status: Status
) -> None:
    repository.results[PAGE_ID] = Result(id=PAGE_ID, status=status, created_at=now())

    response = client.get(f"/api/results/{PAGE_ID}")

    assert response.status_code == 200
    assert response.headers["retry-after"] == "1"
    assert response.json()["status"] == status


def test_a_done_result_has_urls(client: Client, repository: FakeApiRepository) -> None:
    repository.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())

    response = client.get(f"/api/results/{PAGE_ID}")

    assert response.status_code == 200
    assert "retry-after" not in response.headers
    assert response.json()["artifacts"]["cropped"] == "https://signed.example/cropped.jpg"
    assert response.json()["identity"]["name"] == "Bill Clinton"


def test_a_failed_result_is_returned_with_status_200(client: Client, repository: FakeApiRepository) -> None:
    problem = Problem(code=3, message="m", reason="no-face", hint="h")
    repository.results[PAGE_ID] = Result(id=PAGE_ID, status=Status.FAILED, created_at=now(), error=problem)

    response = client.get(f"/api/results/{PAGE_ID}")

    assert response.status_code == 200
    assert response.json()["error"] == problem.model_dump()


@pytest.mark.parametrize("upload_id", [PAGE_ID, PAGE_ID.upper(), "short", "%2e%2e", PAGE_ID + "%0a"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_unknown_and_malformed_ids_are_indistinguishable(client: Client, method: str, upload_id: str) -> None:
    assert_problem(client.request(method, f"/api/results/{upload_id}"), 404, "unknown-result")


def test_a_malformed_id_never_reaches_the_repository(client: Client, repository: FakeApiRepository) -> None:
    repository.results["short"] = Result(id=PAGE_ID, status=Status.WAITING, created_at=now())

    assert client.get("/api/results/short").status_code == 404
    assert client.delete("/api/results/short").status_code == 404
    assert "short" in repository.results


def test_delete(client: Client, repository: FakeApiRepository) -> None:
    repository.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())

    response = client.delete(f"/api/results/{PAGE_ID}")

    assert (response.status_code, response.content) == (204, b"")
    assert_problem(client.get(f"/api/results/{PAGE_ID}"), 404, "unknown-result")
    assert_problem(client.delete(f"/api/results/{PAGE_ID}"), 404, "unknown-result")


def test_identities(client: Client) -> None:
    assert client.get("/api/identities", params={"q": "CLINT"}).json() == {
        "model": "tiny",
        "total": 3,
        "matches": 2,
        "identities": [
            {"label": 0, "name": "Bill Clinton", "source": "embedded"},
            {"label": 2, "name": "Hillary Clinton", "source": "embedded"},
        ],
    }
    assert client.get("/api/identities", params={"q": "jose"}).json()["identities"][0]["name"] == "José Aznar"


def test_the_limit_does_not_affect_the_number_of_matches(client: Client) -> None:
    body = client.get("/api/identities", params={"limit": 1}).json()

    assert (body["total"], body["matches"], len(body["identities"])) == (3, 3, 1)


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"q": "x" * 101}])
def test_identities_rejects_malformed_queries(client: Client, params: dict[str, Any]) -> None:
    assert_problem(client.get("/api/identities", params=params), 422, "malformed-request")


def test_missing_names_are_reported_and_affect_nothing_else(tmp_path: Path) -> None:
    client = Client(create_app(Settings(models_dir=tmp_path), FakeApiRepository()))

    body = assert_problem(client.get("/api/identities"), 500, "names-absent")
    assert body["detail"] == "ERROR: could not load names.txt file"
    assert client.get("/api/health").status_code == 200


def test_health(client: Client) -> None:
    assert client.get("/api/health").json() == {"status": "ok", "model": "tiny", "version": __version__}


def test_the_openapi_document_describes_errors() -> None:
    described = Client(create_app(Settings(), FakeApiRepository())).get("/api/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    operation = described["paths"]["/api/results/{upload_id}"]["get"]
    assert {*operation["responses"]} == {"200", "304", "404", "500"}
    assert {*operation["responses"]["404"]["content"]} == {"application/problem+json"}
    assert "HTTPValidationError" not in json.dumps(described)
