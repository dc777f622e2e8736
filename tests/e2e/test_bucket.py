"""Photos dropped into the bucket of the running stack, and the same photo by every way in."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch

from brain.cloud.uploads import id_of_object
from brain.commands.cli import main as brain
from tests import pictures
from tests.e2e.bucket import (
    AWS,
    KEY,
    PATIENCE_SECONDS,
    RESULTS,
    UPLOADS,
    Drop,
    copy,
    dropper,
    left_in_queues,
    s3_client,
    upload,
    wait,
)
from tests.e2e.conftest import Stack


@pytest.fixture(scope="module")
def api(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.page, timeout=PATIENCE_SECONDS) as client:
        yield client


@pytest.fixture(scope="module")
def drop(stack: Stack) -> Drop:
    return dropper(stack)


def test_a_photo_copied_with_the_aws_command_line_is_explained(
    stack: Stack, api: httpx.Client, astronaut_jpeg: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(astronaut_jpeg)
    copy(stack, photo, KEY)

    assert brain(["id", "--endpoint-url", stack.endpoint, f"s3://{UPLOADS}/{KEY}"]) == 0
    result = wait(api, capsys.readouterr().out.strip())
    assert result["status"] == "done"
    assert result["source"]["key"] == KEY
    assert len(result["candidates"]) == 5
    assert result["explanation"]["sentences"]
    for url in result["artifacts"].values():
        answer = api.get(url)
        assert answer.status_code == 200
        assert answer.content[:3] in (b"\xff\xd8\xff", b"\x89PN")


def test_bad_photos_fail_terminally_and_leave_the_others_alone(
    stack: Stack, api: httpx.Client, drop: Drop, astronaut_jpeg: bytes
) -> None:
    dropped = {
        "text.jpg": (pictures.TEXT, 1, "not-an-image"),
        "half.jpg": (astronaut_jpeg[: len(astronaut_jpeg) // 2], 1, "damaged"),
        "empty.jpg": (b"", 1, "empty"),
        "bomb.png": (pictures.png_header(20_000, 20_000), 1, "too-large"),
        "nobody.jpg": (pictures.jpeg(np.full((300, 400, 3), 128, np.uint8)), 3, "no-face"),
    }
    ids = {name: drop(f"mixed/{name}", data) for name, (data, _, _) in dropped.items()}
    good = drop("mixed/good.jpg", astronaut_jpeg)

    assert wait(api, good)["status"] == "done"
    for name, (_, code, reason) in dropped.items():
        result = wait(api, ids[name])
        assert result["status"] == "failed"
        assert (result["error"]["code"], result["error"]["reason"]) == (code, reason)
        assert result["error"]["hint"]
    assert left_in_queues(stack) == {"brain-PhotoQueue": 0, "brain-DeadLetterQueue": 0}


@pytest.mark.usefixtures("threads")
def test_every_way_in_gives_the_same_answer(
    api: httpx.Client, drop: Drop, astronaut_jpeg: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # As the stack's workers compute: the last digit of a sum depends on the number of threads.
    torch.set_num_threads(1)
    by_bucket = wait(api, drop("same/photo.jpg", astronaut_jpeg))

    by_page = wait(api, upload(api, astronaut_jpeg))

    photo = tmp_path / "photo.jpg"
    photo.write_bytes(astronaut_jpeg)
    assert brain(["explain", str(photo), "--out", str(tmp_path / "out"), "--json"]) == 0
    by_command = json.loads(capsys.readouterr().out)

    for field in ("identity", "candidates", "features", "face", "explanation", "model", "error"):
        assert by_bucket[field] == by_page[field] == by_command[field]


def test_a_deleted_result_is_gone_with_its_photo(
    api: httpx.Client, drop: Drop, astronaut_jpeg: bytes, stack: Stack
) -> None:
    upload_id = drop("gone/photo.jpg", astronaut_jpeg)
    urls = wait(api, upload_id)["artifacts"]
    assert api.delete(f"/api/results/{upload_id}").status_code == 204
    assert api.get(f"/api/results/{upload_id}").status_code == 404
    # S3 says 403 instead of 404 to whoever may not list the bucket.
    assert {api.get(url).status_code for url in urls.values()} <= {403, 404}
    s3 = s3_client(stack)
    assert "Contents" not in s3.list_objects_v2(Bucket=UPLOADS, Prefix="gone/")
    assert "Contents" not in s3.list_objects_v2(Bucket=RESULTS, Prefix=f"results/{upload_id}/")


def test_a_folder_is_dropped_and_collected_by_commands(
    stack: Stack, astronaut_jpeg: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos, out = tmp_path / "photos", str(tmp_path / "out")
    (photos / "alice").mkdir(parents=True)
    (photos / "alice" / "IMG_0001.jpg").write_bytes(astronaut_jpeg)
    (photos / "words é.jpg").write_bytes(pictures.TEXT)
    endpoint = ["--endpoint-url", stack.endpoint]

    assert brain(["drop", str(photos), "--out", out, *endpoint]) == 0
    assert brain(["results", out, *endpoint]) == 1
    assert "1 of 2 photos explained, 1 failed." in capsys.readouterr().err
    assert brain(["drop", str(photos), "--out", out, *endpoint]) == 0
    assert "2 of them by an earlier run" in capsys.readouterr().err
    assert brain(["results", out, "--json", *endpoint]) == 1
    by_bucket = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(each["status"] for each in by_bucket) == ["done", "failed"]

    assert brain(["report", out]) == 0
    assert "words é.jpg" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert brain(["verify", str(tmp_path / "out" / "alice" / "IMG_0001.jpg")]) == 0


def test_what_the_stack_gave_up_on_is_listed_and_redriven(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs = AWS.client("sqs", endpoint_url=stack.endpoint)
    [dead] = [url for url in sqs.list_queues()["QueueUrls"] if url.endswith("DeadLetterQueue")]
    sqs.send_message(QueueUrl=dead, MessageBody='{"Records": []}')

    assert brain(["dlq", "list", "--endpoint-url", stack.endpoint]) == 0
    assert "1 message" in capsys.readouterr().out
    assert brain(["dlq", "redrive", "--endpoint-url", stack.endpoint]) == 0
    assert "1 message returned" in capsys.readouterr().out
    assert left_in_queues(stack) == {"brain-PhotoQueue": 0, "brain-DeadLetterQueue": 0}


def test_photos_are_compared_by_the_page_and_by_the_bucket_until_either_is_deleted(
    stack: Stack, api: httpx.Client, drop: Drop, astronaut: np.ndarray, tmp_path: Path
) -> None:
    first = drop("pair/first.jpg", pictures.jpeg(astronaut))
    assert wait(api, first)["status"] == "done"
    mirrored = pictures.jpeg(astronaut[:, ::-1])
    (tmp_path / "second.jpg").write_bytes(mirrored)

    by_page = wait(api, upload(api, mirrored, compare_with=first))
    copy(stack, tmp_path / "second.jpg", "pair/second.jpg", "--metadata", f"compare-with={first}")
    s3 = s3_client(stack)
    etag = s3.head_object(Bucket=UPLOADS, Key="pair/second.jpg")["ETag"]
    by_bucket = wait(api, id_of_object(UPLOADS, "pair/second.jpg", etag))

    assert by_page["comparison"] == by_bucket["comparison"]
    comparison = by_page["comparison"]
    assert comparison["with_id"] == first
    assert comparison["verdict"] in ("same", "probably_same")
    assert comparison["sentences"]
    urls = {**by_page["artifacts"], "bucket": by_bucket["artifacts"]["comparison"]}
    assert {api.get(urls[role]).status_code for role in ("comparison", "other_cropped", "bucket")} == {200}

    assert api.delete(f"/api/results/{first}").status_code == 204
    for result in (by_page, by_bucket):
        assert api.get(f"/api/results/{result['id']}").status_code == 404
    assert {api.get(url).status_code for url in urls.values()} <= {403, 404}
    assert "Contents" not in s3.list_objects_v2(Bucket=UPLOADS, Prefix="pair/")
    assert "Contents" not in s3.list_objects_v2(Bucket=RESULTS, Prefix="comparisons/")


def test_a_comparison_with_nothing_fails_with_its_reason(
    api: httpx.Client, stack: Stack, astronaut_jpeg: bytes, tmp_path: Path
) -> None:
    wanted = {"content_type": "image/jpeg", "size": 10, "compare_with": "f" * 32}
    assert api.post("/api/uploads", json=wanted).status_code == 404

    (tmp_path / "alone.jpg").write_bytes(astronaut_jpeg)
    copy(stack, tmp_path / "alone.jpg", "alone.jpg", "--metadata", f"compare-with={'f' * 32}")
    etag = hashlib.md5(astronaut_jpeg, usedforsecurity=False).hexdigest()
    result = wait(api, id_of_object(UPLOADS, "alone.jpg", etag))

    assert result["status"] == "failed"
    assert (result["error"]["code"], result["error"]["reason"]) == (1, "other-unknown")


def test_head_is_answered_wherever_get_is_and_nothing_is_redirected(api: httpx.Client) -> None:
    for path in ("/", "/js/main.js", "/api/health", "/api/identities", "/api/openapi.json"):
        get, head = (
            api.request(method, path, headers={"Accept-Encoding": "identity"}) for method in ("GET", "HEAD")
        )
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["content-length"] == str(len(get.content)), path
    answer = api.get("/api/health/", follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_people_dropped_into_the_bucket_are_named_until_their_photos_are_deleted(
    stack: Stack, api: httpx.Client, drop: Drop, astronaut: np.ndarray
) -> None:
    name, folder = "Zoë + Söhne", "people/Zoë + Söhne"
    mirrored = pictures.jpeg(astronaut[:, ::-1])

    def own_people() -> list[str]:
        found = api.get("/api/identities", params={"source": "own"}).json()["identities"]
        return [person["name"] for person in found]

    enrolled = wait(api, drop(f"{folder}/1 (1).jpg", pictures.jpeg(astronaut)))
    wordless = wait(api, drop(f"{folder}/words.jpg", pictures.TEXT))
    named = wait(api, drop("inbox/known.jpg", mirrored))

    assert enrolled["enrolment"] == {"person": name, "outcome": "enrolled", "similarity": None, "photos": 1}
    assert wordless["error"]["reason"] == "not-an-image"
    assert (named["identity"]["name"], named["identity"]["source"]) == (name, "own")
    assert named["identity"]["verdict"] == "strong"
    assert named["model"]["people"]["own"]
    assert own_people() == [name]
    assert api.request("PUT", f"/api/people/{name}", json={}).status_code == 404

    s3 = s3_client(stack)
    s3.delete_object(Bucket=UPLOADS, Key=f"{folder}/1 (1).jpg")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while own_people() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert own_people() == []
    assert api.get(f"/api/results/{enrolled['id']}").status_code == 404
    forgotten = wait(api, drop("inbox/forgotten.jpg", mirrored))
    assert forgotten["identity"]["source"] == "embedded"
    assert forgotten["model"]["people"]["own"] is None
