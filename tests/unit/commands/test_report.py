"""`brain report`: results as one page and one table."""

from __future__ import annotations

import csv
import os
import re
from pathlib import Path

import numpy as np
import pytest

from brain.commands.cli import main
from brain.core.clock import now
from brain.core.errors import FaceNotFound
from brain.core.results import PhotoRequest, Result, Source, failed_result
from brain.pipeline.library import Explanation
from tests import pictures
from tests.results import done_result


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Two results of explained photos, and one of a photo that failed."""
    files = {"cropped.jpg": pictures.jpeg(np.full((224, 224, 3), 90, np.uint8)), "gc_map_12.png": b"map"}
    for folder, key in (("alice/IMG_0001.jpg", "IMG_0001.jpg"), ("bob/<b>.jpg", "<b>.jpg")):
        Explanation(done_result("0" * 32, now(), Source(key=key)), files).save(tmp_path / folder)
    request = PhotoRequest("1" * 32, now(), Source(key="landscape.jpg"))
    failed = failed_result(request, FaceNotFound("no-face", "Use a photo with a face."))
    (tmp_path / "errors.jsonl").write_text(failed.model_dump_json() + "\n", encoding="utf-8")
    return tmp_path


def rename(folder: Path, name: str) -> None:
    """Give a stored result another name."""
    result = Result.model_validate_json((folder / "result.json").read_bytes())
    assert result.identity is not None
    identity = result.identity.model_copy(update={"name": name})
    changed = result.model_copy(update={"identity": identity})
    (folder / "result.json").write_text(changed.model_dump_json(), encoding="utf-8")


def test_the_page_shows_every_photo_and_needs_no_other_file(results: Path) -> None:
    assert main(["report", str(results)]) == 0
    page = (results / "report.html").read_text(encoding="utf-8")
    assert page.count("<li ") == 3
    assert page.count("<img ") == 2
    assert not re.findall(r"""(?:src|href)=["'](?!data:|alice/|bob/)""", page)
    assert 'data-person="Bill Clinton" data-verdict="strong"' in page
    assert 'data-verdict="error: no-face"' in page
    assert "Use a photo with a face." in page
    assert "Mostly the nose." in page


def test_what_photos_and_people_are_called_is_escaped(results: Path) -> None:
    rename(results / "bob/<b>.jpg", "<script>alert(1)</script>")
    assert main(["report", str(results)]) == 0
    page = (results / "report.html").read_text(encoding="utf-8")
    assert page.count("<script>") == 1
    assert "<b>" not in page
    assert 'href="bob/%3Cb%3E.jpg/result.json"' in page


def test_the_table_has_a_row_per_photo(results: Path) -> None:
    rename(results / "bob/<b>.jpg", "=HYPERLINK()")
    assert main(["report", str(results)]) == 0
    with (results / "report.csv").open(encoding="utf-8", newline="") as file:
        alice, bob, failed = csv.DictReader(file)
    assert (alice["folder"], alice["name"], alice["verdict"]) == (
        "alice/IMG_0001.jpg",
        "Bill Clinton",
        "strong",
    )
    assert bob["name"] == "'=HYPERLINK()"
    assert (failed["status"], failed["error_code"], failed["error_reason"]) == ("failed", "3", "no-face")
    assert failed["photo"] == "landscape.jpg"


def test_what_photos_are_called_is_no_formula(results: Path) -> None:
    source = Source(key="=HYPERLINK().jpg")
    Explanation(done_result("2" * 32, now(), source), {}).save(results / "carol")
    assert main(["report", str(results)]) == 0
    with (results / "report.csv").open(encoding="utf-8", newline="") as file:
        assert "'=HYPERLINK().jpg" in [row["photo"] for row in csv.DictReader(file)]


def test_a_folder_whose_name_is_no_utf_8_is_linked(results: Path) -> None:
    (results / "alice").rename(results / os.fsdecode(b"alice\xff"))
    assert main(["report", str(results)]) == 0
    page = (results / "report.html").read_text(encoding="utf-8")
    assert 'href="alice%FF/IMG_0001.jpg/result.json"' in page
    assert "alice?/IMG_0001.jpg" in (results / "report.csv").read_text(encoding="utf-8")


def test_damaged_results_are_left_out(results: Path) -> None:
    (results / "alice/IMG_0001.jpg/result.json").write_text("{")
    (results / "bob/<b>.jpg/cropped.jpg").write_bytes(b"no picture")
    assert main(["report", str(results)]) == 0
    page = (results / "report.html").read_text(encoding="utf-8")
    assert (page.count("<li "), page.count("<img ")) == (2, 0)


def test_an_artifact_outside_the_folder_is_not_read(results: Path) -> None:
    folder = results / "alice/IMG_0001.jpg"
    (results / "alice" / "secret.jpg").write_bytes((folder / "cropped.jpg").read_bytes())
    text = (folder / "result.json").read_text(encoding="utf-8")
    (folder / "result.json").write_text(text.replace("cropped.jpg", "../secret.jpg"), encoding="utf-8")
    assert main(["report", str(results)]) == 0
    page = (results / "report.html").read_text(encoding="utf-8")
    assert page.count("<img ") == 1


def test_a_folder_without_results_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(tmp_path)]) == 64
    assert "There are no results" in capsys.readouterr().err
