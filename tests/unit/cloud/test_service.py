"""One photo event in, one stored result out: every way it can end."""

from __future__ import annotations

import pytest

from brain.cloud.events import PhotoEvent
from brain.cloud.rows import Busy
from brain.cloud.service import Explainer, Service, WorkersDied
from brain.cloud.store import Photo, PhotoGone, PhotoReplaced
from brain.core.clock import now
from brain.core.errors import BrainError, CascadesMissing, FaceNotFound, PhotoUnreadable
from brain.core.results import Problem, Result, Source, Status
from tests.fakes import PAGE_ID, PHOTO, FakeExplained, FakeExplainer, FakeKeeper, claim_of, done_result

FIRST = PhotoEvent("brain-uploads", f"uploads/{PAGE_ID}", "etag", "message", 1)
LAST = PhotoEvent("brain-uploads", f"uploads/{PAGE_ID}", "etag", "message", 5)
DIRECT = PhotoEvent("brain-uploads", f"uploads/{PAGE_ID}", "etag")


def service(keeper: FakeKeeper, explainer: Explainer | None = None) -> Service:
    chosen = explainer or FakeExplainer()
    return Service(keeper, lambda: chosen, max_receives=5)


def stored(keeper: FakeKeeper) -> tuple[Result, Problem, bool]:
    """The one failed result that was stored."""
    [(result, files, retryable)] = keeper.finished
    assert result.status is Status.FAILED
    assert result.error is not None
    assert files == {}
    return result, result.error, retryable


def test_a_photo_is_explained_and_stored(capsys: pytest.CaptureFixture[str]) -> None:
    keeper, explainer = FakeKeeper(found=Photo(PHOTO, face=2)), FakeExplainer()

    result = service(keeper, explainer).process(FIRST, 60)

    assert result is not None
    assert result.status is Status.DONE
    assert keeper.began == [(PAGE_ID, Source(bucket="brain-uploads", key=FIRST.key, etag="etag"))]
    [(kept, files, retryable)] = keeper.finished
    assert kept is result
    assert set(files) == {"cropped.jpg", "gc_map_12.png"}
    assert not retryable
    assert explainer.faces == [2]
    assert capsys.readouterr().err == ""


def test_a_duplicate_delivery_does_nothing() -> None:
    keeper, explainer = FakeKeeper(claim=None), FakeExplainer()

    assert service(keeper, explainer).process(FIRST, 60) is None
    assert keeper.finished == []
    assert explainer.faces == []


@pytest.mark.parametrize("event", [FIRST, LAST])
def test_a_photo_in_other_hands_comes_again_and_is_left_alone(event: PhotoEvent) -> None:
    keeper = FakeKeeper(claim=Busy())

    with pytest.raises(Busy):
        service(keeper).process(event, 60)
    assert keeper.finished == []
    assert keeper.released == []


@pytest.mark.parametrize("error", [PhotoUnreadable("not-an-image", "h"), FaceNotFound("no-face", "h")])
def test_the_photos_fault_is_stored_for_good(error: BrainError, capsys: pytest.CaptureFixture[str]) -> None:
    keeper = FakeKeeper()

    result = service(keeper, FakeExplainer(error)).process(FIRST, 60)

    kept, problem, retryable = stored(keeper)
    assert result is kept
    assert problem == Problem.of(error)
    assert kept.created_at == keeper.claim.created_at  # type: ignore[union-attr]
    assert kept.finished_at is not None
    assert not retryable
    assert capsys.readouterr().err == error.message + "\n"


def test_a_bad_object_needs_no_explainer() -> None:
    keeper, explainer = FakeKeeper(found=PhotoUnreadable("empty", "h")), FakeExplainer()

    service(keeper, explainer).process(FIRST, 60)

    assert stored(keeper)[1].reason == "empty"
    assert explainer.faces == []


@pytest.mark.parametrize("error", [RuntimeError("out of luck"), CascadesMissing("no-cascades", "h")])
def test_our_fault_gives_the_photo_back(error: Exception) -> None:
    keeper = FakeKeeper()

    with pytest.raises(type(error)):
        service(keeper, FakeExplainer(error)).process(FIRST, 60)
    assert keeper.finished == []
    assert keeper.released == [keeper.claim]


@pytest.mark.parametrize("event", [LAST, DIRECT])
def test_our_fault_on_the_last_delivery_is_stored_and_still_raised(event: PhotoEvent) -> None:
    keeper = FakeKeeper()

    with pytest.raises(CascadesMissing):
        service(keeper, FakeExplainer(CascadesMissing("no-cascades", "Install them."))).process(event, 60)

    _, problem, retryable = stored(keeper)
    assert (problem.code, problem.reason) == (2, "no-cascades")
    assert retryable
    assert keeper.released == []


def test_an_unforeseen_fault_tells_nothing_of_itself(capsys: pytest.CaptureFixture[str]) -> None:
    keeper = FakeKeeper()

    with pytest.raises(RuntimeError):
        service(keeper, FakeExplainer(RuntimeError("secret"))).process(LAST, 60)

    _, problem, _ = stored(keeper)
    assert (problem.code, problem.reason) == (4, "internal-error")
    assert "secret" not in problem.model_dump_json()
    assert capsys.readouterr().err == "Error in forward pass / GRAD-CAM, check torch file\n"


def test_a_model_that_does_not_load_is_a_fault_of_ours() -> None:
    keeper = FakeKeeper()

    def load() -> Explainer:
        raise CascadesMissing("no-cascades", "h")

    with pytest.raises(CascadesMissing):
        Service(keeper, load, max_receives=5).process(FIRST, 60)
    assert keeper.released == [keeper.claim]


@pytest.mark.parametrize("event", [FIRST, DIRECT])
def test_a_photo_that_killed_its_workers_gets_another_try(event: PhotoEvent) -> None:
    result = service(FakeKeeper(claim=claim_of(stalled=True))).process(event, 60)

    assert result is not None
    assert result.status is Status.DONE


def test_a_photo_that_killed_its_workers_is_given_up_while_someone_lives_to_tell() -> None:
    keeper, explainer = FakeKeeper(claim=claim_of(stalled=True)), FakeExplainer()

    with pytest.raises(WorkersDied):
        service(keeper, explainer).process(LAST, 60)

    _, problem, retryable = stored(keeper)
    assert (problem.code, problem.reason) == (4, "internal-error")
    assert retryable
    assert explainer.faces == []


def test_a_deleted_photo_nobody_waits_for_is_forgotten() -> None:
    keeper = FakeKeeper(claim=claim_of(created=True), found=PhotoGone())

    assert service(keeper).process(FIRST, 60) is None
    assert keeper.discarded == [keeper.claim]
    assert keeper.finished == []


def test_a_deleted_photo_somebody_waits_for_is_failed() -> None:
    keeper = FakeKeeper(claim=claim_of(created=False), found=PhotoGone())

    service(keeper).process(FIRST, 60)

    _, problem, retryable = stored(keeper)
    assert (problem.code, problem.reason) == (1, "photo-gone")
    assert retryable
    assert keeper.discarded == []


@pytest.mark.parametrize("created", [True, False])
def test_a_replaced_photo_is_failed_until_the_event_of_its_successor(created: bool) -> None:
    keeper = FakeKeeper(claim=claim_of(created=created), found=PhotoReplaced())

    service(keeper).process(FIRST, 60)

    _, problem, retryable = stored(keeper)
    assert (problem.code, problem.reason) == (1, "photo-replaced")
    assert retryable


def test_a_result_deleted_meanwhile_is_no_result() -> None:
    assert service(FakeKeeper(deleted_meanwhile=True)).process(FIRST, 60) is None


def test_code_6_is_done() -> None:
    problem = Problem(code=6, message="ERROR: No significant features found", reason="r", hint="h")

    class Unconvinced:
        def explain(self, photo: bytes, **_: object) -> FakeExplained:
            done = done_result(PAGE_ID, now(), Source())
            return FakeExplained(done.model_copy(update={"error": problem}), {})

    keeper = FakeKeeper()
    result = service(keeper, Unconvinced()).process(FIRST, 60)

    assert result is not None
    assert result.status is Status.DONE
    assert keeper.finished[0][0].error == problem
