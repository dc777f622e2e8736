"""What others on the network may do, apart from the storage server."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, Request
from starlette.middleware.gzip import GZipMiddleware

from brain.core.settings import Settings
from infra.local.gateway import Gateway
from tests.lambda_calls import Client

TOKEN = "a-token-of-our-own"
ENDPOINT = "http://127.0.0.1:9"  # where nothing listens


@pytest.fixture
def client() -> Client:
    site = FastAPI()
    site.add_middleware(GZipMiddleware, minimum_size=1)  # as the API compresses long answers

    @site.get("/api/answer")
    @site.post("/api/answer")
    def answer(request: Request) -> dict[str, str]:
        return {"url": f"{ENDPOINT}/brain-results/x", "query": str(request.query_params)}

    @site.get("/")
    def page() -> str:
        return ENDPOINT

    return Client(Gateway(site, ENDPOINT, TOKEN, Settings(max_bytes=1000)))


def test_reading_needs_no_token(client: Client) -> None:
    assert client.get("/api/answer").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer another-token-1234"},
        {"Cookie": "brain_token=another-token-1234"},
        {"Cookie": "brain_token"},
        {"Authorization": f"Basic {TOKEN}"},
    ],
)
def test_writing_without_the_token_is_refused(client: Client, headers: dict[str, str]) -> None:
    for path in ("/api/answer", "/api/storage/brain-uploads"):
        response = client.post(path, headers=headers)
        assert (response.status_code, response.json()["reason"]) == (401, "token-needed")


@pytest.mark.parametrize(
    "headers", [{"Authorization": f"Bearer {TOKEN}"}, {"Cookie": f"theme=dark; brain_token={TOKEN}"}]
)
def test_writing_with_the_token_is_allowed(client: Client, headers: dict[str, str]) -> None:
    assert client.post("/api/answer", headers=headers).status_code == 200


def test_an_address_with_the_token_leaves_a_cookie(client: Client) -> None:
    response = client.get(f"/?token={TOKEN}&lang=de")

    assert (response.status_code, response.headers["location"]) == (303, "http://brain.test/?lang=de")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"brain_token={TOKEN};")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_a_wrong_token_leaves_no_cookie(client: Client) -> None:
    assert "set-cookie" not in client.get("/?token=another-token-1234").headers


def test_the_storage_is_addressed_through_the_page(client: Client) -> None:
    response = client.get("/api/answer", headers={"X-Forwarded-Proto": "https"})

    assert response.json()["url"] == "http://brain.test/api/storage/brain-results/x"
    assert int(response.headers["content-length"]) == len(response.content)


@pytest.mark.parametrize(
    "path",
    [
        "/api/storage/",
        "/api/storage/brain-results",
        "/api/storage/brain-uploads/uploads/0123456789abcdef0123456789abcdef",
        "/api/storage/brain-results/results/0123456789abcdef0123456789abcdef/../x",
        "/api/storage/brain-results/results/0123/result.json",
        "/api/storage/moto-api/data.json",
    ],
)
def test_nothing_else_of_the_storage_is_reached(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    response = client.post("/api/storage/brain-uploads", content=bytes(70_000), headers=headers)

    assert (response.status_code, response.json()["reason"]) == (413, "too-large")
