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

from brain.core.errors import CascadesMissing
from brain.evaluation.journal import Journal, Record
from brain.evaluation.loop import ask_all
from brain.evaluation.photos import Question

QUESTIONS = [Question(Path(f"/photos/{number}.jpg"), "Ann", number) for number in range(6)]


def open_threads() -> Callable[[Question], Record]:
    """Answers with the number of threads that compute."""
    return lambda question: {"path": question.key, "threads": (torch.get_num_threads(), cv2.getNumThreads())}


def open_moody(patience: int) -> Callable[[Question], Record]:
    """Answers so many questions and then complains."""
    left = iter(range(patience))

    def examine(question: Question) -> Record:
        if next(left, None) is None:
            raise CascadesMissing("cascade-absent", "Install OpenCV.", "/nowhere")
        return {"path": question.key, "label": question.label}

    return examine


def open_endless() -> Callable[[Question], Record]:
    """Answers the first question only."""

    def examine(question: Question) -> Record:
        time.sleep(600 * (question.label or 0))
        return {"path": question.key}

    return examine


def wait_for_ever(file: str) -> None:
    """What a process does that the test kills."""
    print("started", flush=True)
    ask_all(QUESTIONS, open_endless, Journal(Path(file), "run"), 2, "asking")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "answers.jsonl", "run")


@pytest.mark.parametrize("processes", [1, 2])
def test_each_process_answers_in_order_with_one_thread(journal: Journal, processes: int) -> None:
    torch.set_num_threads(2)
    records = ask_all(QUESTIONS, open_threads, journal, processes, "asking")
    assert [record["path"] for record in records] == [question.key for question in QUESTIONS]
    assert {tuple(record["threads"]) for record in records} == {(1, 1)}
    assert torch.get_num_threads() == 2
    assert list(journal.read()) == [question.key for question in QUESTIONS]


def test_an_interrupted_run_goes_on(journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CascadesMissing):
        ask_all(QUESTIONS, partial(open_moody, 4), journal, 1, "asking")
    records = ask_all(QUESTIONS, partial(open_moody, 2), journal, 1, "asking")
    assert [record["label"] for record in records] == list(range(6))
    assert "4 of 6 were answered before." in capsys.readouterr().err


def test_when_all_is_answered_nothing_is_loaded(journal: Journal) -> None:
    first = ask_all(QUESTIONS, partial(open_moody, 6), journal, 1, "asking")
    assert ask_all(QUESTIONS, partial(open_moody, 0), journal, 2, "asking") == first


def test_an_error_of_another_process_arrives_whole(journal: Journal) -> None:
    with pytest.raises(CascadesMissing) as raised:
        ask_all(QUESTIONS, partial(open_moody, 1), journal, 2, "asking")
    assert raised.value.message.endswith("/nowhere")
    assert (raised.value.reason, raised.value.hint) == ("cascade-absent", "Install OpenCV.")


def test_workers_end_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    code = f"import test_loop; test_loop.wait_for_ever({str(file)!r})"
    environment = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    run = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not (file.exists() and file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    run.kill()
    # The pipe is only at its end once nobody holds it any more.
    assert run.communicate(timeout=30)[0] == b"started\n"
