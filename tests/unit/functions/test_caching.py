"""Answers that are kept, and when they are not given; how long an entity tag stays the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from brain.core.clock import now
from brain.core.results import Source, Status
from brain.core.settings import Settings
from functions.api.app import create_app
from functions.api.caching import AnswerCache, entity_tag
from tests.fakes import PAGE_ID, FakeApiRepository
from tests.lambda_calls import Client
from tests.results import done_result, named_result

PATH = f"/api/results/{PAGE_ID}"
GZIP = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}
URL_SECONDS = 900


@pytest.fixture
def repository() -> FakeApiRepository:
    return FakeApiRepository({PAGE_ID: done_result(PAGE_ID, now(), Source())})


@pytest.fixture
def client(repository: FakeApiRepository, tmp_path: Path) -> Client:
    return Client(create_app(Settings(models_dir=tmp_path), repository))


def test_a_stored_result_is_read_and_signed_once(client: Client, repository: FakeApiRepository) -> None:
    first, second = client.get(PATH), client.get(PATH)

    assert repository.reads == 1
    assert first.json() == second.json()
    assert first.headers == second.headers


def test_a_kept_answer_is_given_in_the_encoding_that_the_client_accepts(
    client: Client, repository: FakeApiRepository
) -> None:
    for _ in range(2):
        compressed, plain = client.get(PATH, headers=GZIP), client.get(PATH, headers=PLAIN)
        assert compressed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert compressed.json() == plain.json() == client.get(PATH).json()
        assert int(compressed.headers["content-length"]) < int(plain.headers["content-length"])
        assert compressed.headers["etag"] == plain.headers["etag"]

    assert repository.reads == 2, "once for each encoding"


def test_a_changed_result_is_read_again(client: Client, repository: FakeApiRepository) -> None:
    done = repository.results[PAGE_ID]
    repository.results[PAGE_ID] = named_result(done)
    assert client.get(PATH).json()["status"] == Status.NAMED

    repository.results[PAGE_ID] = done
    assert client.get(PATH).json()["status"] == Status.DONE


def test_a_deleted_result_is_not_given(client: Client) -> None:
    assert client.get(PATH).status_code == 200
    client.delete(PATH)

    assert client.get(PATH).status_code == 404


def test_the_oldest_answers_make_room() -> None:
    cache = AnswerCache(capacity=10)
    cache.put("a", "1", b"12345")
    cache.put("b", "1", b"12345")
    assert cache.get("a", "1") == b"12345"

    cache.put("c", "1", b"12345")

    assert (cache.get("a", "1"), cache.get("b", "1"), cache.get("c", "1")) == (b"12345", None, b"12345")


def test_an_answer_replaces_the_one_for_an_earlier_state() -> None:
    cache = AnswerCache(capacity=10)
    for tag in ("1", "2", "3"):
        cache.put("a", tag, b"12345678")

    assert (cache.get("a", "2"), cache.get("a", "3")) == (None, b"12345678")


def test_an_answer_that_is_larger_than_the_cache_is_not_kept() -> None:
    cache = AnswerCache(capacity=3)
    cache.put("a", "1", b"1234")

    assert cache.get("a", "1") is None


def test_an_entity_tag_expires_before_the_urls_of_its_response(repository: FakeApiRepository) -> None:
    row = repository.row(PAGE_ID)
    assert row is not None
    start = datetime(2026, 1, 1, tzinfo=UTC)
    seconds = range(2 * URL_SECONDS)
    tags = [entity_tag(row, URL_SECONDS, start + timedelta(seconds=second)) for second in seconds]

    times = {tag: [second for second in seconds if tags[second] == tag] for tag in tags}

    assert 5 < len(times) < 10, "it stays the same for a while"
    assert all(max(same) - min(same) < URL_SECONDS / 2 for same in times.values())


def test_an_entity_tag_is_weak_and_changes_with_the_row(repository: FakeApiRepository) -> None:
    row = repository.row(PAGE_ID)
    assert row is not None
    later = row.updated_at + timedelta(milliseconds=1)
    rows = [row, replace(row, attempts=2), replace(row, status=Status.NAMED), replace(row, updated_at=later)]

    tags = {entity_tag(each, URL_SECONDS, row.updated_at) for each in rows}

    assert len(tags) == 4
    assert all(tag.startswith('W/"') for tag in tags), "signatures and compression differ between answers"
