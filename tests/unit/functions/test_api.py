"""The HTTP contract, with a store that is none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from brain import __version__
from brain.core.clock import now
from brain.core.results import Problem, Result, Source, Status
from brain.core.settings import Settings
from functions.api.app import create_app
from tests.fakes import PAGE_ID, Client, FakeResults, done_result

JPEG = {"content_type": "image/jpeg", "size": 1234}


@pytest.fixture
def store() -> FakeResults:
    return FakeResults()


@pytest.fixture
def client(store: FakeResults, tmp_path: Path) -> Client:
    names = tmp_path / "tiny" / "names.txt"
    names.parent.mkdir()
    names.write_text("Bill Clinton\nJosé Aznar\nHillary Clinton\n", encoding="utf-8")
    return Client(create_app(Settings(models_dir=tmp_path, model="tiny", max_bytes=2000), store))


def assert_problem(answer: Any, status: int, reason: str) -> dict[str, Any]:
    """Check that an answer is a complete problem document, and give it back."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "reason", "hint"}
    assert (body["status"], body["reason"]) == (status, reason)
    assert body["detail"]
    assert body["hint"]
    return body


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png", "image/webp"])
def test_an_upload_is_prepared(client: Client, store: FakeResults, content_type: str) -> None:
    answer = client.post("/api/uploads", json={"content_type": content_type, "size": 2000, "face": 3})

    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"id", "status", "upload", "result", "expires_at", "max_bytes"}
    assert (body["id"], body["status"], body["max_bytes"]) == (PAGE_ID, "waiting", 2000)
    assert body["result"] == f"/api/results/{PAGE_ID}"
    assert body["upload"]["url"] == "https://bucket.example/"
    assert body["upload"]["fields"]["Content-Type"] == content_type
    assert store.uploads == [(content_type, 3)]


def test_the_first_face_is_the_default(client: Client, store: FakeResults) -> None:
    client.post("/api/uploads", json=JPEG)

    assert store.uploads == [("image/jpeg", 0)]


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
        (JPEG | {"key": "mine"}, 422, "malformed-request"),
        ({"size": 12}, 422, "malformed-request"),
        ([], 422, "malformed-request"),
    ],
)
def test_an_upload_is_refused(
    client: Client, store: FakeResults, body: object, status: int, reason: str
) -> None:
    assert_problem(client.post("/api/uploads", json=body), status, reason)
    assert store.uploads == []


def test_a_malformed_body_is_located_and_not_repeated(client: Client) -> None:
    body = assert_problem(
        client.post("/api/uploads", json=JPEG | {"face": "<script>"}), 422, "malformed-request"
    )

    assert "body.face" in body["hint"]
    assert "<script>" not in str(body)


def test_a_body_that_is_no_json(client: Client) -> None:
    answer = client.post("/api/uploads", content=b"{nope", headers={"content-type": "application/json"})

    assert_problem(answer, 422, "malformed-request")


@pytest.mark.parametrize("status", [Status.WAITING, Status.PROCESSING])
def test_an_unfinished_result_says_when_to_ask_again(
    client: Client, store: FakeResults, status: Status
) -> None:
    store.results[PAGE_ID] = Result(id=PAGE_ID, status=status, created_at=now())

    answer = client.get(f"/api/results/{PAGE_ID}")

    assert answer.status_code == 200
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["status"] == status


def test_a_done_result_has_urls(client: Client, store: FakeResults) -> None:
    store.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())

    answer = client.get(f"/api/results/{PAGE_ID}")

    assert answer.status_code == 200
    assert "retry-after" not in answer.headers
    assert answer.json()["artifacts"]["cropped"] == "https://signed.example/cropped.jpg"
    assert answer.json()["identity"]["name"] == "Bill Clinton"


def test_a_failed_result_is_an_answer_not_an_error(client: Client, store: FakeResults) -> None:
    problem = Problem(code=3, message="m", reason="no-face", hint="h")
    store.results[PAGE_ID] = Result(id=PAGE_ID, status=Status.FAILED, created_at=now(), error=problem)

    answer = client.get(f"/api/results/{PAGE_ID}")

    assert answer.status_code == 200
    assert answer.json()["error"] == problem.model_dump()


@pytest.mark.parametrize("upload_id", [PAGE_ID, PAGE_ID.upper(), "short", "%2e%2e", PAGE_ID + "%0a"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_unknown_and_malformed_ids_look_alike(client: Client, method: str, upload_id: str) -> None:
    assert_problem(client.request(method, f"/api/results/{upload_id}"), 404, "unknown-result")


def test_a_malformed_id_never_reaches_the_store(client: Client, store: FakeResults) -> None:
    store.results["short"] = Result(id=PAGE_ID, status=Status.WAITING, created_at=now())

    assert client.get("/api/results/short").status_code == 404
    assert client.delete("/api/results/short").status_code == 404
    assert "short" in store.results


def test_delete(client: Client, store: FakeResults) -> None:
    store.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())

    answer = client.delete(f"/api/results/{PAGE_ID}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert_problem(client.get(f"/api/results/{PAGE_ID}"), 404, "unknown-result")
    assert_problem(client.delete(f"/api/results/{PAGE_ID}"), 404, "unknown-result")


def test_identities(client: Client) -> None:
    assert client.get("/api/identities", params={"q": "CLINT"}).json() == {
        "model": "tiny",
        "total": 3,
        "matches": 2,
        "identities": [{"label": 0, "name": "Bill Clinton"}, {"label": 2, "name": "Hillary Clinton"}],
    }
    assert client.get("/api/identities", params={"q": "jose"}).json()["identities"][0]["name"] == "José Aznar"


def test_the_limit_does_not_touch_the_count(client: Client) -> None:
    body = client.get("/api/identities", params={"limit": 1}).json()

    assert (body["total"], body["matches"], len(body["identities"])) == (3, 3, 1)


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"q": "x" * 101}])
def test_identities_refuse_malformed_queries(client: Client, params: dict[str, Any]) -> None:
    assert_problem(client.get("/api/identities", params=params), 422, "malformed-request")


def test_missing_names_are_told_and_nothing_else_suffers(tmp_path: Path) -> None:
    client = Client(create_app(Settings(models_dir=tmp_path), FakeResults()))

    body = assert_problem(client.get("/api/identities"), 500, "names-absent")
    assert body["detail"] == "ERROR: could not load names.txt file"
    assert client.get("/api/health").status_code == 200


def test_health(client: Client) -> None:
    assert client.get("/api/health").json() == {"status": "ok", "model": "tiny", "version": __version__}


def test_an_unknown_route_is_a_problem(client: Client) -> None:
    assert_problem(client.get("/api/nothing"), 404, "not-found")
    assert_problem(client.get("/nothing"), 404, "not-found")


def test_a_wrong_method_is_a_problem_that_names_the_right_one(client: Client) -> None:
    answer = client.request("PUT", "/api/uploads", json=JPEG)

    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"


def test_the_unforeseen_is_a_problem_that_tells_nothing(client: Client, store: FakeResults) -> None:
    store.broken = True

    answer = client.get(f"/api/results/{PAGE_ID}")

    assert_problem(answer, 500, "internal-error")
    assert "secret" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/health", f"/api/results/{PAGE_ID}", "/api/nothing"])
def test_headers_keep_answers_out_of_caches_and_frames(client: Client, path: str) -> None:
    headers = client.get(path).headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_the_api_loads_no_network_and_no_images() -> None:
    """A cold start must not pay for what the API never uses, nor its package hold it."""
    probe = (
        "import sys, functions.api.handler as handler; handler.bootstrap();"
        "print(sorted({'torch', 'cv2', 'numpy', 'brain.pipeline.explainer'} & set(sys.modules)))"
    )
    path = [str(Path("layers/brain/python").resolve()), str(Path().resolve())]
    environ = {"PYTHONPATH": ":".join(path), "AWS_DEFAULT_REGION": "eu-central-1"}

    ran = subprocess.run(
        [sys.executable, "-c", probe], env=environ, capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "[]"


def test_the_api_describes_itself_with_its_errors() -> None:
    described = Client(create_app(Settings(), FakeResults())).get("/api/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    operation = described["paths"]["/api/results/{upload_id}"]["get"]
    assert {*operation["responses"]} == {"200", "404", "500"}
    assert {*operation["responses"]["404"]["content"]} == {"application/problem+json"}
    assert "HTTPValidationError" not in json.dumps(described)
