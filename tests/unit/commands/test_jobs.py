"""Which photos `brain explain` finds, and where their files go."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from brain.commands.jobs import UsageError, find_jobs
from tests.unit.commands.photo_files import write


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def outs(arguments: Sequence[str], out: str | None = None) -> list[str]:
    """The folders of the photos' files."""
    return [
        job.out.as_posix()
        for job in find_jobs([Path(each) for each in arguments], Path(out) if out else None)
    ]


def test_a_single_photo_goes_to_the_folder_itself() -> None:
    write("a.jpg")
    assert outs(["a.jpg"], "out") == ["out"]
    assert outs(["a.jpg"]) == ["a_explained"]


def test_a_folder_is_searched_and_its_paths_are_kept() -> None:
    names = ["alice/IMG_0001.jpg", "bob/IMG_0001.PNG", "bob/IMG_0001.jpg"]
    write("photos/notes.txt", *(f"photos/{name}" for name in names))
    assert outs(["photos"], "out") == [f"out/{name}" for name in names]
    assert outs(["photos/alice"]) == ["alice_explained/IMG_0001.jpg"]


def test_names_that_differ_in_case_only_do_not_share_a_folder() -> None:
    write("photos/a.jpg", "photos/A.jpg")
    upper, lower = outs(["photos"], "out")
    assert upper.casefold() != lower.casefold()


def test_pictures_of_results_are_no_photos() -> None:
    write("photos/a.jpg", "photos/a_explained/cropped.jpg", "photos/a_explained/result.json")
    assert outs(["photos"], "out") == ["out/a.jpg"]


def test_a_named_pipe_in_a_folder_is_no_photo() -> None:
    write("photos/a.jpg")
    os.mkfifo("photos/camera.jpg")
    assert outs(["photos"], "out") == ["out/a.jpg"]


def test_photos_with_one_name_do_not_share_a_folder() -> None:
    write("alice/IMG_0001.jpg", "bob/IMG_0001.jpg", "bob/other.jpg")
    first, second, third = outs(["alice/IMG_0001.jpg", "bob/IMG_0001.jpg", "bob/other.jpg"], "out")
    assert first != second
    assert first.startswith("out/IMG_0001_")
    assert third == "out/other"


def test_a_photo_that_is_named_twice_is_explained_once() -> None:
    write("a.jpg", "b.jpg")
    assert outs(["a.jpg", "b.jpg", "a.jpg"], "out") == ["out/a", "out/b"]


def test_patterns_are_expanded() -> None:
    write("photos/a.jpg", "photos/b.jpg", "photos/[c].jpg")
    assert outs(["photos/?.jpg"], "out") == ["out/a", "out/b"]
    assert outs(["photos/[[]c].jpg"], "out") == ["out"]
    assert outs(["photos/[c].jpg"], "out") == ["out"]


@pytest.mark.parametrize("arguments", [["empty"], ["*.jpg"]])
def test_nothing_to_explain_is_a_usage_error(arguments: list[str]) -> None:
    Path("empty").mkdir()
    with pytest.raises(UsageError, match="no photo"):
        outs(arguments)
