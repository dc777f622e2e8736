"""`brain explain` with several photos."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from brain.commands.batch import run_jobs
from brain.commands.cli import main
from brain.commands.jobs import Job
from brain.commands.output import BatchProgress, duration
from brain.commands.terminal import Ticker
from brain.commands.worker import Worker
from brain.core.results import Model, PhotoRequest, Result, Status
from brain.core.schema import Check
from brain.core.settings import Settings
from brain.core.stopwatch import Progress
from tests import pictures
from tests.fakes import FakeExplained
from tests.results import done_result
from tests.unit.commands.photo_files import write


class MoodyExplainer:
    """Explains photos, except for those that raise an unusual exception or end the process."""

    model = Model(name="dlib-resnet", version="1", identities=158, sha256="ab" * 32)

    def __init__(self, settings: Settings) -> None:
        self.cam = settings.cam or "gradcam"

    def explain(self, photo: bytes, request: PhotoRequest, progress: Progress | None = None) -> FakeExplained:
        if photo == b"odd":
            raise SystemError("a decoder's defect")
        if photo == b"deadly":
            os._exit(9)
        result = done_result(request.upload_id, request.created_at, request.source)
        return FakeExplained(result, {"cropped.jpg": b"crop of " + photo, "gc_map_12.png": b"map"})


def load_moody(settings: Settings) -> Any:
    return MoodyExplainer(settings)


SETTINGS = Settings(check=Check.OFF)
WORKER = Worker(SETTINGS, resume=True, load=load_moody)


@pytest.fixture(autouse=True)
def surroundings(tiny_environment: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAIN_CHECK", "off")


def test_an_output_folder_that_is_a_file_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    write("a.jpg", "out")
    assert main(["explain", "a.jpg", "--out", "out"]) == 64
    assert "out is a file." in capsys.readouterr().err


def test_output_that_cannot_be_written_is_an_error_of_its_own(
    astronaut_jpeg: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.jpg").write_bytes(astronaut_jpeg)
    write("file")
    Path("b.jpg").write_bytes(astronaut_jpeg)
    for photos in (["a.jpg"], ["a.jpg", "b.jpg"]):
        assert main(["explain", *photos, "--out", "file/out"]) == 73
        assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize("processes", [1, 2])
def test_nothing_that_a_photo_raises_ends_the_batch(processes: int) -> None:
    photos = [*write("odd.jpg", data=b"odd"), *write("a.jpg", "b.jpg"), Path("gone.jpg")]
    jobs = [Job(path, Path("out", path.stem)) for path in photos]
    outcomes = {outcome.job.photo.name: outcome for outcome in run_jobs(jobs, WORKER, processes)}
    states = {name: outcome.result.status for name, outcome in outcomes.items()}
    assert states == {"odd.jpg": "failed", "a.jpg": "done", "b.jpg": "done", "gone.jpg": "failed"}
    odd, gone = outcomes["odd.jpg"].result.error, outcomes["gone.jpg"].result.error
    assert odd is not None
    assert gone is not None
    assert (odd.reason, gone.reason) == ("internal-error", "no-such-file")
    assert "a decoder's defect" in odd.hint


def test_a_process_that_dies_takes_only_its_photo_along() -> None:
    photos = [
        *write("a.jpg", "b.jpg"),
        *write("deadly.jpg", data=b"deadly"),
        *write("c.jpg", "d.jpg", "e.jpg", "f.jpg"),
    ]
    jobs = [Job(path, Path("out", path.stem)) for path in photos]
    outcomes = list(run_jobs(jobs, WORKER, 2))
    failed = [outcome for outcome in outcomes if outcome.result.status is Status.FAILED]
    assert sorted(outcome.job.photo.name for outcome in outcomes) == sorted(path.name for path in photos)
    assert [outcome.job.photo.name for outcome in failed] == ["deadly.jpg"]
    assert failed[0].result.error is not None
    assert failed[0].result.error.reason == "process-died"


def test_a_batch_is_resumed() -> None:
    jobs = [Job(path, Path("out", path.stem)) for path in write("a.jpg", "b.jpg")]
    first = list(run_jobs(jobs[:1], WORKER, 1))
    again = list(run_jobs(jobs, WORKER, 1))
    assert [outcome.reused for outcome in (*first, *again)] == [False, True, False]
    assert again[0].result == first[0].result
    write("a.jpg", data=b"another photo")
    assert [outcome.reused for outcome in run_jobs(jobs, WORKER, 1)] == [False, True]
    assert [outcome.reused for outcome in run_jobs(jobs, replace(WORKER, resume=False), 1)] == [False, False]


@pytest.mark.parametrize(
    "changed",
    [
        replace(SETTINGS, language="de"),
        replace(SETTINGS, cam="hirescam"),
        replace(SETTINGS, check=Check.FEATURES),
        Settings(),
    ],
)
def test_a_batch_with_other_settings_is_explained_again(changed: Settings) -> None:
    jobs = [Job(path, Path("out", path.stem)) for path in write("a.jpg")]
    list(run_jobs(jobs, WORKER, 1))
    again = list(run_jobs(jobs, replace(WORKER, settings=changed), 1))
    assert [outcome.reused for outcome in again] == [False]


def test_a_damaged_result_is_explained_again() -> None:
    jobs = [Job(path, Path("out", path.stem)) for path in write("a.jpg")]
    list(run_jobs(jobs, WORKER, 1))
    Path("out/a/result.json").write_text("{")
    assert [outcome.reused for outcome in run_jobs(jobs, WORKER, 1)] == [False]


def test_a_folder_is_explained_from_the_command_line(
    astronaut_jpeg: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("alice", "bob"):
        Path("photos", name).mkdir(parents=True)
        Path("photos", name, "IMG_0001.jpg").write_bytes(astronaut_jpeg)
    Path("photos", "words.jpg").write_bytes(pictures.TEXT)
    assert main(["explain", "photos", "--out", "out", "--json"]) == 1
    printed = capsys.readouterr()
    documents = [Result.model_validate(json.loads(line)) for line in printed.out.splitlines()]
    assert sorted(document.status for document in documents) == ["done", "done", "failed"]
    assert "2 of 3 photos explained, 1 failed." in printed.err
    for name in ("alice", "bob"):
        assert Path("out", name, "IMG_0001.jpg", "result.json").is_file()
    assert main(["report", "out"]) == 0
    assert Path("out/report.html").read_text(encoding="utf-8").count("<li ") == 3
    Path("photos", "words.jpg").unlink()
    assert main(["explain", "photos", "--out", "out"]) == 0
    assert not Path("out/errors.jsonl").exists()
    printed = capsys.readouterr()
    assert printed.out.count("as before") == 2
    assert "2 of them by an earlier run" in printed.err


def test_the_time_that_is_left_comes_from_the_photos_of_this_run() -> None:
    jobs = [Job(path, Path("out", path.stem)) for path in write("a.jpg", "b.jpg", "c.jpg")]
    list(run_jobs(jobs[:1], WORKER, 1))
    progress = BatchProgress(3, Ticker())
    progress.start -= 100
    reused, explained, _ = run_jobs(jobs, WORKER, 1)
    progress.count(reused)
    assert progress.time_left() == ""
    progress.count(explained)
    assert progress.time_left() == ", 2 min left"


def test_durations_are_rounded() -> None:
    assert [duration(seconds) for seconds in (8.2, 100, 9000)] == ["8 s", "2 min", "2.5 h"]


def run(arguments: Sequence[str], **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "brain", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        check=False,
    )


def test_a_terminal_without_unicode_gets_question_marks_and_escapes(astronaut_jpeg: bytes) -> None:
    Path("Zoë ★.jpg").write_bytes(astronaut_jpeg)
    words = run(["explain", "Zoë ★.jpg", "--out", "out"], PYTHONIOENCODING="cp1252")
    assert words.returncode == 0, words.stderr
    assert words.stdout.decode("cp1252").splitlines()[0]
    document = run(["explain", "Zoë ★.jpg", "--out", "out", "--json"], PYTHONIOENCODING="cp1252")
    assert json.load(io.BytesIO(document.stdout))["source"]["key"] == "Zoë ★.jpg"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems' file names are Unicode")
def test_a_file_name_that_is_no_utf_8_is_explained(astronaut_jpeg: bytes) -> None:
    name = os.fsdecode(b"caf\xe9.jpg")
    Path(name).write_bytes(astronaut_jpeg)
    done = run(["explain", name, "--json"])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["source"]["key"] == "caf\N{REPLACEMENT CHARACTER}.jpg"
    assert Path(os.fsdecode(b"caf\xe9_explained"), "result.json").is_file()
