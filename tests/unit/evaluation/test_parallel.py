from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import pytest
import torch

from brain.core.errors import CascadesMissing, ForwardPassFailed
from brain.evaluation.journal import Journal, Record
from brain.evaluation.parallel import evaluate_photos
from brain.evaluation.photos import LabelledPhoto

PHOTOS = [LabelledPhoto(Path(f"/photos/{number}.jpg"), "Ann", number) for number in range(6)]


def count_threads() -> Callable[[LabelledPhoto], Record]:
    """Records the number of threads that compute."""
    return lambda photo: {"path": photo.key, "threads": (torch.get_num_threads(), cv2.getNumThreads())}


def failing_after(photos: int) -> Callable[[LabelledPhoto], Record]:
    """Evaluates so many photos and then fails."""
    left = iter(range(photos))

    def evaluate(photo: LabelledPhoto) -> Record:
        if next(left, None) is None:
            raise CascadesMissing("cascade-absent", "Install OpenCV.", "/nowhere")
        return {"path": photo.key, "label": photo.label}

    return evaluate


def hang() -> Callable[[LabelledPhoto], Record]:
    """Evaluates the first photo and hangs at the others."""

    def evaluate(photo: LabelledPhoto) -> Record:
        time.sleep(600 * (photo.label or 0))
        return {"path": photo.key}

    return evaluate


def die() -> Callable[[LabelledPhoto], Record]:
    """Ends its process at the first photo."""
    return lambda photo: os._exit(9)


def run_for_ever(file: str) -> None:
    """What a process does that the test kills."""
    print("started", flush=True)
    evaluate_photos(PHOTOS, hang, Journal(Path(file), "run"), 2, "photos")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "records.jsonl", "run")


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("processes", [1, 2])
def test_each_process_evaluates_in_order_with_one_thread(journal: Journal, processes: int) -> None:
    torch.set_num_threads(2)
    records = evaluate_photos(PHOTOS, count_threads, journal, processes, "photos")
    assert [record["path"] for record in records] == [photo.key for photo in PHOTOS]
    assert {tuple(record["threads"]) for record in records} == {(1, 1)}
    assert torch.get_num_threads() == 2
    assert list(journal.read()) == [photo.key for photo in PHOTOS]


def test_an_interrupted_run_is_resumed(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CascadesMissing):
        evaluate_photos(PHOTOS, partial(failing_after, 4), journal, 1, "photos")
    records = evaluate_photos(PHOTOS, partial(failing_after, 2), journal, 1, "photos")
    assert [record["label"] for record in records] == list(range(6))
    assert "4 of 6 photos were evaluated before." in capsys.readouterr().err


def test_when_every_photo_has_a_record_nothing_is_loaded(journal: Journal) -> None:
    first = evaluate_photos(PHOTOS, partial(failing_after, 6), journal, 1, "photos")
    assert evaluate_photos(PHOTOS, partial(failing_after, 0), journal, 2, "photos") == first


def test_an_error_of_another_process_arrives_whole(journal: Journal) -> None:
    with pytest.raises(CascadesMissing) as raised:
        evaluate_photos(PHOTOS, partial(failing_after, 1), journal, 2, "photos")
    assert raised.value.message.endswith("/nowhere")
    assert (raised.value.reason, raised.value.hint) == ("cascade-absent", "Install OpenCV.")


def test_a_process_that_dies_is_an_error_with_a_hint(journal: Journal) -> None:
    with pytest.raises(ForwardPassFailed) as raised:
        evaluate_photos(PHOTOS, die, journal, 2, "photos")
    assert raised.value.reason == "process-died"
    assert "resume" in raised.value.hint


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    code = f"import test_parallel; test_parallel.run_for_ever({str(file)!r})"
    environment = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    run = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 180
    while not (file.exists() and file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    run.kill()
    # The pipe is only at its end once nobody holds it any more.
    assert run.communicate(timeout=180)[0] == b"started\n"
