"""A photo that is explained in two stages: named first, done afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from threading import Timer

import pytest

from brain.cloud.photos import PhotoInaccessible
from brain.core.errors import FaceNotFound
from brain.core.results import PhotoRequest, Status
from tests.fakes import (
    FakeExplained,
    FakeRepository,
    FakeStagedExplainer,
    stored_picture,
)
from tests.unit.cloud.serving import FIRST, service, stored


def test_the_name_is_stored_before_the_explanation_is_complete() -> None:
    repository = FakeRepository()
    explainer = FakeStagedExplainer(between=lambda: events.append(len(repository.finished)))
    events: list[int] = []

    result = service(repository, explainer).process(FIRST, 60)

    assert result is not None
    [(named, pictures)] = repository.named
    [outcome] = repository.finished
    assert (named.status, outcome.result.status) == (Status.NAMED, Status.DONE)
    assert set(repository.pictures) == {"cropped.jpg", "gc_map_12.png"}
    assert pictures == {}, "each picture is stored once"
    assert set(outcome.files) == {"evidence_12.png"}
    assert events == [0], "the name was stored first"


def test_pictures_are_being_stored_while_the_rest_of_their_stage_is_computed() -> None:
    repository = FakeRepository()
    begun: list[set[str]] = []
    explainer = FakeStagedExplainer(drawn=lambda: begun.append(set(repository.pictures)))

    service(repository, explainer).process(FIRST, 60)

    assert begun == [{"cropped.jpg", "gc_map_12.png"}]


def test_a_name_is_not_stored_without_its_pictures() -> None:
    repository = FakeRepository(storing=stored_picture(ConnectionError("no storage")))

    with pytest.raises(ConnectionError):
        service(repository, FakeStagedExplainer()).process(FIRST, 60)

    assert (repository.named, repository.finished) == ([], [])
    assert repository.released == [repository.claimed]


def test_an_explanation_that_fails_waits_for_the_pictures_that_were_begun() -> None:
    """Otherwise one of them may be stored after everything of the photo was deleted."""
    storing: Future[str] = Future()
    repository = FakeRepository(storing=storing)

    def fail() -> None:
        Timer(0.05, storing.set_result, ["etag"]).start()
        raise FaceNotFound("no-face", "h")

    service(repository, FakeStagedExplainer(drawn=fail)).process(FIRST, 60)

    assert storing.done()
    assert stored(repository)[1].reason == "no-face"


def test_a_photo_deleted_after_its_name_was_stored_is_not_explained_further() -> None:
    repository, explainer = FakeRepository(deleted_meanwhile=True), FakeStagedExplainer()

    assert service(repository, explainer).process(FIRST, 60) is None
    assert explainer.completed == 0
    assert repository.finished == []


def test_an_internal_error_after_the_name_releases_the_renewed_claim() -> None:
    def fail() -> None:
        raise RuntimeError("out of luck")

    repository = FakeRepository()

    with pytest.raises(RuntimeError, match="out of luck"):
        service(repository, FakeStagedExplainer(between=fail)).process(FIRST, 60)

    assert [claim.named for claim in repository.released] == [True]


def test_an_explainer_without_a_final_result_is_an_internal_error() -> None:
    class Unfinished:
        def stages(
            self, photo: bytes, request: PhotoRequest, *, on_pictures: object
        ) -> Iterator[FakeExplained]:
            yield from ()

    repository = FakeRepository()

    with pytest.raises(RuntimeError):
        service(repository, Unfinished()).process(FIRST, 60)
    assert repository.released == [repository.claimed]


def test_an_inaccessible_photo_fails_at_once_but_can_be_retried() -> None:
    repository = FakeRepository(photo=PhotoInaccessible("archived", "h"))

    service(repository).process(FIRST, 60)

    _, problem, retryable = stored(repository)
    assert (problem.code, problem.reason) == (1, "archived")
    assert retryable
