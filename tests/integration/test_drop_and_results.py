"""`brain drop` and `brain results`, on in-memory S3 and DynamoDB."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from brain.cloud.repository import AwsResultRepository
from brain.cloud.uploads import id_of_object
from brain.commands.bucket import Buckets
from brain.commands.cli import main
from brain.commands.dropped import DroppedPhotos
from brain.commands.results import Collector
from brain.core.results import Result, Status
from tests.integration.conftest import Cloud
from tests.integration.dropping import BUCKET, FOLDERS, KEYS, explain_all, write_photos


@pytest.fixture(autouse=True)
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three photos, and a file that is not a photo."""
    monkeypatch.chdir(tmp_path)
    return write_photos(tmp_path / "photos")


def test_a_folder_is_dropped_explained_and_collected(
    cloud: Cloud, repository: AwsResultRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drop", "photos", "--out", "out"]) == 0
    assert cloud.photos() == KEYS
    assert "3 of 3 photos dropped." in capsys.readouterr().err

    assert main(["results", "out", "--no-wait"]) == 75
    assert "3 photos have no result yet." in capsys.readouterr().err
    explain_all(cloud, repository)
    assert main(["results", "out"]) == 3

    printed = capsys.readouterr()
    assert sorted(line.partition(":")[0] for line in printed.out.splitlines()) == [
        "photos/alice/IMG_0001.jpg",
        "photos/bob/IMG_0001.jpg",
    ]
    assert "ERROR: sorry, frontal face wasn't detected [photos/nobody é.jpg]" in printed.err
    assert "2 of 3 photos explained, 1 failed." in printed.err
    for folder, key in zip(FOLDERS, KEYS, strict=False):
        result = Result.model_validate_json(Path("out", folder, "result.json").read_bytes())
        assert (result.status, result.source.key) == (Status.DONE, key)
        assert Path("out", folder, "cropped.jpg").read_bytes() == b"crop of photo " + folder.encode()
    [failed] = [json.loads(line) for line in Path("out/errors.jsonl").read_text("utf-8").splitlines()]
    assert failed["source"]["key"] == KEYS[2]

    assert main(["report", "out"]) == 0
    assert Path("out/report.html").read_text("utf-8").count("<li data-person") == 3


def test_what_is_done_is_neither_uploaded_nor_fetched_again(
    cloud: Cloud, photos: Path, repository: AwsResultRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["drop", "photos", "--out", "out"])
    explain_all(cloud, repository)
    main(["results", "out"])
    before = {path: path.stat().st_mtime_ns for path in Path("out").rglob("result.json")}
    capsys.readouterr()
    cloud.s3.delete_object(Bucket=BUCKET, Key=KEYS[0])  # as the lifecycle does after a day
    (photos / "new.jpg").write_bytes(b"a new photo")
    (photos / "bob/IMG_0001.jpg").write_bytes(b"another photo")

    assert main(["drop", "photos", "--out", "out"]) == 0

    assert "4 of 4 photos dropped, 2 of them by an earlier run." in capsys.readouterr().err
    assert cloud.photos() == [KEYS[1], "inbox/photos/new.jpg", KEYS[2]]
    assert explain_all(cloud, repository) == 2
    main(["results", "out"])
    assert "1 of them by an earlier run" in capsys.readouterr().err
    alice, bob = (Path("out", folder, "result.json") for folder in FOLDERS)
    assert alice.stat().st_mtime_ns == before[alice]
    assert bob.stat().st_mtime_ns != before[bob]


def test_a_lost_photo_is_uploaded_again(
    cloud: Cloud, repository: AwsResultRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["drop", "photos", "--out", "out"])
    cloud.s3.delete_object(Bucket=BUCKET, Key=KEYS[0])
    capsys.readouterr()

    main(["drop", "photos", "--out", "out"])

    assert cloud.photos() == KEYS
    assert "2 of them by an earlier run" in capsys.readouterr().err


def test_an_interrupted_drop_is_resumed(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["drop", "photos/alice", "--out", "out", "--prefix", "inbox/photos/alice/"])
    file = Path("out/dropped.jsonl")
    file.write_text(file.read_text("utf-8") + '{"photo": "cut o', "utf-8")

    assert len(DroppedPhotos(Path("out")).by_key()) == 1
    assert main(["drop", "photos/alice", "--out", "out", "--prefix", "inbox/photos/alice/"]) == 0
    assert "1 of them by an earlier run" in capsys.readouterr().err


def test_photos_of_another_program_are_recognized_and_collected(
    cloud: Cloud, photos: Path, repository: AwsResultRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in KEYS[:2]:
        cloud.drop(key, (photos / key.removeprefix("inbox/photos/")).read_bytes())

    assert main(["drop", "photos", "--out", "out"]) == 0
    assert "2 of them by an earlier run" in capsys.readouterr().err

    explain_all(cloud, repository)
    assert main(["results", "synced", "--prefix", "inbox/photos/"]) == 3
    assert all(Path("synced", folder, "result.json").is_file() for folder in FOLDERS)
    assert main(["results", "synced", "--prefix", "inbox/photos/alice", "--json"]) == 0
    [document] = capsys.readouterr().out.splitlines()[-1:]
    assert json.loads(document)["source"]["key"] == KEYS[0]


def test_another_face_is_asked_for_and_waited_for(
    cloud: Cloud, repository: AwsResultRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["photos/alice", "--out", "out"]
    main(["drop", *arguments])
    explain_all(cloud, repository)
    assert main(["results", "out"]) == 0

    main(["drop", *arguments, "--face", "1"])
    assert cloud.s3.head_object(Bucket=BUCKET, Key="inbox/alice/IMG_0001.jpg")["Metadata"] == {"face": "1"}
    assert main(["results", "out", "--no-wait"]) == 75
    explain_all(cloud, repository)
    assert main(["results", "out"]) == 0

    result = Result.model_validate_json(Path("out/IMG_0001.jpg/result.json").read_bytes())
    assert result.face is not None
    assert result.face.index == 1


def test_photos_can_be_compared_with_a_result(cloud: Cloud) -> None:
    assert main(["drop", "photos/alice", "--compare-with", "f" * 32, "--out", "out"]) == 0

    metadata = cloud.s3.head_object(Bucket=BUCKET, Key="inbox/alice/IMG_0001.jpg")["Metadata"]
    assert metadata == {"compare-with": "f" * 32}


def test_results_are_collected_as_they_come(cloud: Cloud, repository: AwsResultRepository) -> None:
    main(["drop", "photos", "--out", "out"])
    photos = list(DroppedPhotos(Path("out")).by_key().values())
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            explain_all(cloud, repository)

    collector = Collector(Buckets(cloud.settings, cloud.s3), Path("out"), 60.0, sleep)
    outcomes = list(collector.outcomes(photos))

    assert sorted(outcome.result.status for outcome in outcomes) == ["done", "done", "failed"]
    assert pauses == [1.0] * 3


def test_waiting_ends_when_no_result_comes(cloud: Cloud) -> None:
    main(["drop", "photos", "--out", "out"])
    photos = list(DroppedPhotos(Path("out")).by_key().values())
    moments = iter(range(0, 1000, 20))
    collector = Collector(
        Buckets(cloud.settings, cloud.s3), Path("out"), 60.0, lambda _: None, lambda: float(next(moments))
    )

    assert list(collector.outcomes(photos)) == []
    assert next(moments) == 80


def test_a_result_that_cannot_be_written_or_read_spoils_no_other(
    cloud: Cloud, repository: AwsResultRepository, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["drop", "photos", "--out", "out"])
    explain_all(cloud, repository)
    Path("out/alice").write_bytes(b"a file in the way")
    etag = cloud.s3.head_object(Bucket=BUCKET, Key=KEYS[1])["ETag"]
    result_id = id_of_object(BUCKET, KEYS[1], etag)
    cloud.s3.put_object(Bucket="brain-results", Key=f"results/{result_id}/result.json", Body=b'{"new": 1}')

    main(["results", "out"])

    printed = capsys.readouterr().err
    assert "cannot write" in printed
    assert "Another version of BRAIN" in printed
    assert "0 of 3 photos explained, 3 failed." in printed


def test_a_file_that_cannot_be_read_spoils_no_other(
    cloud: Cloud, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "gone.jpg").symlink_to(photos / "nowhere.jpg")

    assert main(["drop", "photos", "--out", "out"]) == 1

    assert cloud.photos() == KEYS
    printed = capsys.readouterr().err
    assert "There is no readable file at photos/gone.jpg." in printed
    assert "3 of 4 photos dropped, 1 failed." in printed
