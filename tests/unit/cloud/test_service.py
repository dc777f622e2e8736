"""Processing photo events, with all possible outcomes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from brain.cloud.events import PhotoEvent
from brain.cloud.other_photos import OtherUnavailable
from brain.cloud.photos import PhotoGone, PhotoReplaced, StoredPhoto
from brain.cloud.service import Explainer, Service, WorkersDied
from brain.cloud.status_table import AlreadyClaimed
from brain.core.clock import now
from brain.core.errors import BrainError, CascadesMissing, FaceNotFound, PhotoUnreadable
from brain.core.results import OtherPhoto, PhotoRequest, Problem, Source, Status
from tests.fakes import PAGE_ID, PHOTO, FakeExplained, FakeExplainer, FakeRepository, claim_of
from tests.results import done_result
from tests.unit.cloud.serving import FIRST, service, stored

LAST = PhotoEvent("brain-uploads", f"uploads/{PAGE_ID}", "etag", "message", 5)
DIRECT = PhotoEvent("brain-uploads", f"uploads/{PAGE_ID}", "etag")


def test_a_photo_is_explained_and_stored(capsys: pytest.CaptureFixture[str]) -> None:
    repository, explainer = FakeRepository(photo=StoredPhoto(PHOTO, face=2)), FakeExplainer()

    result = service(repository, explainer).process(FIRST, 60)

    assert result is not None
    assert result.status is Status.DONE
    assert repository.claims == [(PAGE_ID, Source(bucket="brain-uploads", key=FIRST.key, etag="etag"))]
    [outcome] = repository.finished
    assert outcome.result is result
    assert set(outcome.files) == {"cropped.jpg", "gc_map_12.png"}
    assert not outcome.retryable
    assert outcome.face == 2
    assert explainer.faces == [2]
    assert capsys.readouterr().err == ""


def test_the_explainer_gets_the_photo_to_compare_with() -> None:
    other = OtherPhoto(done_result("f" * 32, now(), Source()), b"crop")
    repository = FakeRepository(photo=StoredPhoto(PHOTO, compare_with="f" * 32), other=other)
    explainer = FakeExplainer()

    service(repository, explainer).process(FIRST, 60)

    assert explainer.others == [other]


def test_without_a_photo_to_compare_with_the_photo_fails() -> None:
    error = OtherUnavailable.because("other-unfinished")
    repository = FakeRepository(photo=StoredPhoto(PHOTO, compare_with="f" * 32), other=error)
    explainer = FakeExplainer()

    service(repository, explainer).process(FIRST, 60)

    _, problem, retryable = stored(repository)
    assert (problem.code, problem.reason, retryable) == (1, "other-unfinished", True)
    assert problem.hint
    assert explainer.faces == []


def test_a_photo_deleted_before_its_comparison_is_not_explained() -> None:
    repository = FakeRepository(photo=StoredPhoto(PHOTO, compare_with="f" * 32), other=None)
    explainer = FakeExplainer()

    assert service(repository, explainer).process(FIRST, 60) is None
    assert (explainer.faces, repository.finished) == ([], [])


def test_a_duplicate_delivery_does_nothing() -> None:
    repository, explainer = FakeRepository(claimed=None), FakeExplainer()

    assert service(repository, explainer).process(FIRST, 60) is None
    assert repository.finished == []
    assert explainer.faces == []


@pytest.mark.parametrize("event", [FIRST, LAST])
def test_a_photo_claimed_by_another_worker_is_left_alone(event: PhotoEvent) -> None:
    repository = FakeRepository(claimed=AlreadyClaimed())

    with pytest.raises(AlreadyClaimed):
        service(repository).process(event, 60)
    assert repository.finished == []
    assert repository.released == []


@pytest.mark.parametrize("error", [PhotoUnreadable("not-an-image", "h"), FaceNotFound("no-face", "h")])
def test_an_error_of_the_photo_is_final(error: BrainError, capsys: pytest.CaptureFixture[str]) -> None:
    repository = FakeRepository()

    result = service(repository, FakeExplainer(error)).process(FIRST, 60)

    stored_result, problem, retryable = stored(repository)
    assert result is stored_result
    assert problem == Problem.of(error)
    assert stored_result.created_at == repository.claimed.created_at  # type: ignore[union-attr]
    assert stored_result.finished_at is not None
    assert not retryable
    assert capsys.readouterr().err == error.message + "\n"


def test_an_unreadable_object_is_not_passed_to_the_explainer() -> None:
    repository, explainer = FakeRepository(photo=PhotoUnreadable("empty", "h")), FakeExplainer()

    service(repository, explainer).process(FIRST, 60)

    assert stored(repository)[1].reason == "empty"
    assert explainer.faces == []


@pytest.mark.parametrize("error", [RuntimeError("out of luck"), CascadesMissing("no-cascades", "h")])
def test_an_internal_error_releases_the_photo(error: Exception) -> None:
    repository = FakeRepository()

    with pytest.raises(type(error)):
        service(repository, FakeExplainer(error)).process(FIRST, 60)
    assert repository.finished == []
    assert repository.released == [repository.claimed]


@pytest.mark.parametrize("event", [LAST, DIRECT])
def test_an_internal_error_on_the_last_delivery_is_stored_and_raised(event: PhotoEvent) -> None:
    repository = FakeRepository()

    with pytest.raises(CascadesMissing):
        service(repository, FakeExplainer(CascadesMissing("no-cascades", "Install them."))).process(event, 60)

    _, problem, retryable = stored(repository)
    assert (problem.code, problem.reason) == (2, "no-cascades")
    assert retryable
    assert repository.released == []


def test_an_unexpected_exception_reveals_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    repository = FakeRepository()

    with pytest.raises(RuntimeError):
        service(repository, FakeExplainer(RuntimeError("secret"))).process(LAST, 60)

    _, problem, _ = stored(repository)
    assert (problem.code, problem.reason) == (4, "internal-error")
    assert "secret" not in problem.model_dump_json()
    assert capsys.readouterr().err == "Error in forward pass / GRAD-CAM, check torch file\n"


def test_a_model_that_fails_to_load_is_an_internal_error() -> None:
    repository = FakeRepository()

    def load() -> Explainer:
        raise CascadesMissing("no-cascades", "h")

    with pytest.raises(CascadesMissing):
        Service(repository, load, max_receives=5).process(FIRST, 60)
    assert repository.released == [repository.claimed]


@pytest.mark.parametrize("event", [FIRST, DIRECT])
def test_a_photo_whose_worker_died_is_tried_again(event: PhotoEvent) -> None:
    result = service(FakeRepository(claimed=claim_of(stalled=True))).process(event, 60)

    assert result is not None
    assert result.status is Status.DONE


def test_a_photo_whose_workers_died_fails_on_its_last_delivery() -> None:
    repository, explainer = FakeRepository(claimed=claim_of(stalled=True)), FakeExplainer()

    with pytest.raises(WorkersDied):
        service(repository, explainer).process(LAST, 60)

    _, problem, retryable = stored(repository)
    assert (problem.code, problem.reason) == (4, "internal-error")
    assert retryable
    assert explainer.faces == []


def test_a_deleted_photo_without_an_earlier_row_is_discarded() -> None:
    repository = FakeRepository(claimed=claim_of(created=True), photo=PhotoGone())

    assert service(repository).process(FIRST, 60) is None
    assert repository.discarded == [repository.claimed]
    assert repository.finished == []


def test_a_deleted_photo_with_an_earlier_row_fails() -> None:
    repository = FakeRepository(claimed=claim_of(created=False), photo=PhotoGone())

    service(repository).process(FIRST, 60)

    _, problem, retryable = stored(repository)
    assert (problem.code, problem.reason) == (1, "photo-gone")
    assert retryable
    assert repository.discarded == []


@pytest.mark.parametrize("created", [True, False])
def test_a_replaced_photo_fails_but_can_be_retried(created: bool) -> None:
    repository = FakeRepository(claimed=claim_of(created=created), photo=PhotoReplaced())

    service(repository).process(FIRST, 60)

    _, problem, retryable = stored(repository)
    assert (problem.code, problem.reason) == (1, "photo-replaced")
    assert retryable


def test_a_result_deleted_meanwhile_is_not_returned() -> None:
    assert service(FakeRepository(deleted_meanwhile=True)).process(FIRST, 60) is None


def test_code_6_is_done() -> None:
    problem = Problem(code=6, message="ERROR: No significant features found", reason="r", hint="h")

    class Unconvinced:
        def stages(
            self, photo: bytes, request: PhotoRequest, *, on_pictures: object
        ) -> Iterator[FakeExplained]:
            done = done_result(PAGE_ID, now(), Source())
            yield FakeExplained(done.model_copy(update={"error": problem}), {})

    repository = FakeRepository()
    result = service(repository, Unconvinced()).process(FIRST, 60)

    assert result is not None
    assert result.status is Status.DONE
    assert repository.finished[0].result.error == problem
