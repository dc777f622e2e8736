"""When a stage counts as stored."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.storage import TimedExplainer, queue_event
from brain.cloud.events import parse

PAUSE = 0.02


class TwoStages:
    def stages(self, photo: bytes) -> Iterator[str]:
        time.sleep(PAUSE)
        yield "named"
        time.sleep(PAUSE)
        yield "done"


def test_a_stage_is_stored_once_the_next_one_is_wanted() -> None:
    explainer = TimedExplainer(TwoStages())
    start = time.perf_counter()
    for _ in explainer.stages(b"photo"):
        time.sleep(PAUSE)  # the service stores the stage
    named, done = (moment - start for moment in explainer.stored_at)
    assert named >= 2 * PAUSE
    assert done >= 4 * PAUSE
    assert 2 * PAUSE <= explainer.seconds <= done - 2 * PAUSE + 0.01


def test_the_event_is_one_that_the_function_understands() -> None:
    (photo,) = parse(queue_event("uploads", "photo-1.jpg", "abc")).photos
    assert (photo.bucket, photo.key, photo.etag) == ("uploads", "photo-1.jpg", "abc")
