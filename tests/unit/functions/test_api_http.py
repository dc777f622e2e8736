"""HTTP as the API speaks it: methods, headers, entity tags and unknown routes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from brain.core.clock import now
from brain.core.results import Result, Source, Status
from tests.fakes import PAGE_ID, FakeApiRepository
from tests.lambda_calls import Client
from tests.results import done_result
from tests.unit.functions.problems import assert_problem

JPEG = {"content_type": "image/jpeg", "size": 1234}
UNCOMPRESSED = {"Accept-Encoding": "identity"}


def test_an_unknown_route_is_a_problem(client: Client) -> None:
    assert_problem(client.get("/api/nothing"), 404, "not-found")
    assert_problem(client.get("/nothing"), 404, "not-found")


def test_a_wrong_method_is_a_problem_with_the_allowed_ones(client: Client) -> None:
    response = client.request("PUT", "/api/uploads", json=JPEG)

    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "POST"


def test_an_unexpected_exception_is_a_problem_that_reveals_nothing(
    client: Client, repository: FakeApiRepository
) -> None:
    repository.broken = True

    response = client.get(f"/api/results/{PAGE_ID}")

    assert_problem(response, 500, "internal-error")
    assert "secret" not in response.text
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/health", f"/api/results/{PAGE_ID}", "/api/nothing"])
def test_headers_forbid_caching_and_framing(client: Client, path: str) -> None:
    headers = client.get(path).headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_the_api_imports_neither_torch_nor_opencv() -> None:
    """Unused libraries would slow down cold starts and enlarge the package."""
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


@pytest.mark.parametrize(
    "path", ["/api/health", "/api/identities?q=clint", "/api/openapi.json", f"/api/results/{PAGE_ID}"]
)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_head_returns_the_headers_of_get(
    client: Client, repository: FakeApiRepository, path: str, encoding: str
) -> None:
    repository.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())
    accepted = {"Accept-Encoding": encoding}
    get, head = (client.request(method, path, headers=accepted) for method in ("GET", "HEAD"))

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers
    if "content-encoding" not in get.headers:
        assert int(head.headers["content-length"]) == len(get.content)


@pytest.mark.parametrize("path", ["/api/openapi.json", f"/api/results/{PAGE_ID}"])
@pytest.mark.parametrize("header", ["gzip", "br, gzip;q=0.5", "deflate , gzip ; q=1.0"])
def test_long_answers_are_compressed_for_those_who_accept_it(
    client: Client, repository: FakeApiRepository, path: str, header: str
) -> None:
    repository.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())
    plain = client.get(path, headers=UNCOMPRESSED)
    compressed = client.get(path, headers={"Accept-Encoding": header})

    assert compressed.headers["content-encoding"] == "gzip"
    assert compressed.json() == plain.json()
    assert int(compressed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert compressed.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/api/openapi.json", f"/api/results/{PAGE_ID}"])
@pytest.mark.parametrize("header", ["identity", "gzip;q=0", "br, gzip; q=0.000", "x-gzipped", ""])
def test_nothing_is_compressed_for_those_who_do_not_accept_it(
    client: Client, repository: FakeApiRepository, path: str, header: str
) -> None:
    repository.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())
    response = client.get(path, headers={"Accept-Encoding": header})

    assert "content-encoding" not in response.headers
    assert response.headers["vary"] == "Accept-Encoding", "no cache may give it to others"


@pytest.mark.parametrize("path", ["/api/health/", f"/api/results/{PAGE_ID}/", "/api/uploads/"])
def test_a_trailing_slash_is_not_redirected(client: Client, path: str) -> None:
    response = client.get(path)

    assert_problem(response, 404, "not-found")
    assert "location" not in response.headers


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/uploads", "POST"),
        (f"/api/results/{PAGE_ID}", "DELETE, GET, HEAD"),
        ("/api/health", "GET, HEAD"),
        ("/api/openapi.json", "GET, HEAD"),
    ],
)
def test_a_wrong_method_names_all_allowed_ones(client: Client, path: str, allowed: str) -> None:
    response = client.request("PATCH", path)

    assert_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == allowed


def test_an_unchanged_result_is_not_sent_again(client: Client, repository: FakeApiRepository) -> None:
    repository.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())
    first = client.get(f"/api/results/{PAGE_ID}")
    reads = repository.reads

    again = client.get(f"/api/results/{PAGE_ID}", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert {name: again.headers[name] for name in ("cache-control", "vary")} == {
        "cache-control": "no-store",
        "vary": "Accept-Encoding",
    }
    assert repository.reads == reads, "only the row was read"


@pytest.mark.parametrize("header", ["{}", "W/{}", '"other", {}', "*"])
def test_entity_tags_are_compared_weakly(client: Client, repository: FakeApiRepository, header: str) -> None:
    repository.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())
    tag = client.get(f"/api/results/{PAGE_ID}").headers["etag"].removeprefix("W/")

    response = client.get(f"/api/results/{PAGE_ID}", headers={"If-None-Match": header.format(tag)})

    assert response.status_code == 304


def test_a_changed_result_is_sent(client: Client, repository: FakeApiRepository) -> None:
    repository.results[PAGE_ID] = Result(id=PAGE_ID, status=Status.WAITING, created_at=now())
    first = client.get(f"/api/results/{PAGE_ID}")
    repository.results[PAGE_ID] = done_result(PAGE_ID, now(), Source())

    second = client.get(f"/api/results/{PAGE_ID}", headers={"If-None-Match": first.headers["etag"]})

    assert (second.status_code, second.json()["status"]) == (200, "done")


def test_an_unfinished_result_that_has_not_changed_has_a_retry_after_header(
    client: Client, repository: FakeApiRepository
) -> None:
    repository.results[PAGE_ID] = Result(id=PAGE_ID, status=Status.PROCESSING, created_at=now())
    tag = client.get(f"/api/results/{PAGE_ID}").headers["etag"]

    response = client.get(f"/api/results/{PAGE_ID}", headers={"If-None-Match": tag})

    assert (response.status_code, response.headers["retry-after"]) == (304, "1")
