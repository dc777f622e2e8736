"""`brain drop` and `brain results`, on in-memory S3 and DynamoDB."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from brain.cloud.events import PhotoEvent
from brain.cloud.repository import AwsResultRepository
from brain.cloud.service import Service
from brain.cloud.uploads import id_of_object
from brain.commands.bucket import Buckets
from brain.commands.cli import main
from brain.commands.dropped import DroppedPhoto, DroppedPhotos
from brain.commands.results import Collector, with_own_folders
from brain.core.errors import FaceNotFound
from brain.core.results import PhotoRequest, Result, Status
from tests.fakes import FakeExplained, done_result
from tests.integration.conftest import Cloud

BUCKET = "brain-uploads"


class Explainer:
    """Explains every photo but those that say `nobody`."""

    def stages(self, photo: bytes, request: PhotoRequest, *, on_pictures: object) -> Iterator[FakeExplained]:
        if b"nobody" in photo:
            raise FaceNotFound("no-face", "Use a photo with a face.")
        done = done_result(request.upload_id, request.created_at, request.source)
        assert done.face is not None
        face = done.face.model_copy(update={"index": request.face})
        result = done.model_copy(update={"face": face})
        yield FakeExplained(result, {"cropped.jpg": b"crop of " + photo, "gc_map_12.png": b"map"})


@pytest.fixture
def explain_all(cloud: Cloud, repository: AwsResultRepository) -> Callable[[], int]:
    """Does what the queue and the explain function do; returns how many photos were explained."""

    def run() -> int:
        service = Service(repository, Explainer, max_receives=5)
        listing = cloud.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        events = [PhotoEvent(BUCKET, each["Key"], each["ETag"].strip('"'), "m", 1) for each in listing]
        return len([event for event in events if service.process(event, 60) is not None])

    return run


@pytest.fixture(autouse=True)
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three photos, and a file that is none."""
    monkeypatch.chdir(tmp_path)
    for name in ("alice/IMG_0001.jpg", "bob/IMG_0001.jpg", "nobody é.jpg", "notes.txt"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"photo " + name.encode())
    return tmp_path / "photos"


KEYS = [f"inbox/photos/{name}" for name in ("alice/IMG_0001.jpg", "bob/IMG_0001.jpg", "nobody é.jpg")]
FOLDERS = ["alice/IMG_0001.jpg", "bob/IMG_0001.jpg"]


def test_a_folder_is_dropped_explained_and_collected(
    cloud: Cloud, explain_all: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drop", "photos", "--out", "out"]) == 0
    assert cloud.photos() == KEYS
    assert "3 of 3 photos dropped." in capsys.readouterr().err

    assert main(["results", "out", "--no-wait"]) == 75
    assert "3 photos have no result yet." in capsys.readouterr().err
    explain_all()
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
    cloud: Cloud, photos: Path, explain_all: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["drop", "photos", "--out", "out"])
    explain_all()
    main(["results", "out"])
    before = {path: path.stat().st_mtime_ns for path in Path("out").rglob("result.json")}
    capsys.readouterr()
    cloud.s3.delete_object(Bucket=BUCKET, Key=KEYS[0])  # as the lifecycle does after a day
    (photos / "new.jpg").write_bytes(b"a new photo")
    (photos / "bob/IMG_0001.jpg").write_bytes(b"another photo")

    assert main(["drop", "photos", "--out", "out"]) == 0

    assert "4 of 4 photos dropped, 2 of them by an earlier run." in capsys.readouterr().err
    assert cloud.photos() == [KEYS[1], "inbox/photos/new.jpg", KEYS[2]]
    assert explain_all() == 2
    main(["results", "out"])
    assert "1 of them by an earlier run" in capsys.readouterr().err
    alice, bob = (Path("out", folder, "result.json") for folder in FOLDERS)
    assert alice.stat().st_mtime_ns == before[alice]
    assert bob.stat().st_mtime_ns != before[bob]


def test_a_lost_photo_is_uploaded_again(
    cloud: Cloud, explain_all: Callable[[], int], capsys: pytest.CaptureFixture[str]
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
    cloud: Cloud, photos: Path, explain_all: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    for key in KEYS[:2]:
        cloud.drop(key, (photos / key.removeprefix("inbox/photos/")).read_bytes())

    assert main(["drop", "photos", "--out", "out"]) == 0
    assert "2 of them by an earlier run" in capsys.readouterr().err

    explain_all()
    assert main(["results", "synced", "--prefix", "inbox/photos/"]) == 3
    assert all(Path("synced", folder, "result.json").is_file() for folder in FOLDERS)
    assert main(["results", "synced", "--prefix", "inbox/photos/alice", "--json"]) == 0
    [document] = capsys.readouterr().out.splitlines()[-1:]
    assert json.loads(document)["source"]["key"] == KEYS[0]


def test_another_face_is_asked_for_and_waited_for(
    cloud: Cloud, explain_all: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["photos/alice", "--out", "out"]
    main(["drop", *arguments])
    explain_all()
    assert main(["results", "out"]) == 0

    main(["drop", *arguments, "--face", "1"])
    assert cloud.s3.head_object(Bucket=BUCKET, Key="inbox/alice/IMG_0001.jpg")["Metadata"] == {"face": "1"}
    assert main(["results", "out", "--no-wait"]) == 75
    explain_all()
    assert main(["results", "out"]) == 0

    result = Result.model_validate_json(Path("out/IMG_0001.jpg/result.json").read_bytes())
    assert result.face is not None
    assert result.face.index == 1


def test_photos_can_be_compared_with_a_result(cloud: Cloud) -> None:
    assert main(["drop", "photos/alice", "--compare-with", "f" * 32, "--out", "out"]) == 0

    metadata = cloud.s3.head_object(Bucket=BUCKET, Key="inbox/alice/IMG_0001.jpg")["Metadata"]
    assert metadata == {"compare-with": "f" * 32}


def test_results_are_collected_as_they_come(
    cloud: Cloud, explain_all: Callable[[], int], repository: AwsResultRepository
) -> None:
    main(["drop", "photos", "--out", "out"])
    photos = list(DroppedPhotos(Path("out")).by_key().values())
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            explain_all()

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
    cloud: Cloud, explain_all: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    main(["drop", "photos", "--out", "out"])
    explain_all()
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


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["drop", "nothing.jpg"], 1),
        (["drop", "empty"], 64),
        (["drop", "photos", "--face", "-1"], 64),
        (["drop", "photos", "--compare-with", "x"], 64),
        (["drop", "photos", "--bucket", "nowhere"], 69),
        (["results", "out"], 64),
        (["results", "out", "--prefix", "inbox/", "--bucket", "nowhere"], 69),
    ],
)
@pytest.mark.usefixtures("cloud")
def test_what_makes_no_sense_is_said_with_a_hint(
    command: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("empty").mkdir()
    assert main(command) == status
    assert any(line.startswith("  ") for line in capsys.readouterr().err.splitlines())


@pytest.mark.parametrize("command", ["drop photos", "results out --prefix inbox/", "dlq list"])
def test_without_boto3_a_hint_says_how_to_install_it(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)

    assert main(command.split()) == 69
    assert "pip install 'brain-faces[cloud]'" in capsys.readouterr().err


def test_no_key_leaves_the_folder_or_takes_anothers() -> None:
    def dropped(folder: str, key: str) -> DroppedPhoto:
        return DroppedPhoto(key, folder, BUCKET, key, "e")

    folders = [
        photo.folder
        for photo in with_own_folders(
            dropped(folder, str(number))
            for number, folder in enumerate(
                ["../../etc/x.jpg", "/x.jpg", "a//b.jpg", "A/B.jpg", "..\\..\\y.jpg", "..", "x.jpg"]
            )
        )
    ]

    assert folders[:3] == ["etc/x.jpg", "x.jpg", "a/b.jpg"]
    assert folders[4] == "y.jpg"
    assert len({folder.casefold() for folder in folders}) == len(folders)
    assert not any({"..", ""} & set(folder.split("/")) for folder in folders)
