"""Which photos are asked."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from brain.evaluation.photos import count_photos, list_people, questions, strangers_in

NAMES = ("Ann Known", "Bob Known")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    counts = {"Ann_Known": 20, "Bob_Known": 5, **{f"Other_{n:02}": 1 + n % 4 for n in range(20)}}
    for name, count in counts.items():
        (tmp_path / name).mkdir()
        for number in range(count):
            (tmp_path / name / f"{name}_{number:04}.jpg").touch()
    return tmp_path


def test_every_photo_of_every_folder(folder: Path) -> None:
    people = list_people(folder)
    asked = questions(people, NAMES)
    assert [q.path for q in asked] == [path for photos in people.values() for path in photos]
    assert {(q.person, q.label) for q in asked if q.label is not None} == {("Ann Known", 0), ("Bob Known", 1)}


def test_the_last_fifth_of_a_known_persons_photos_is_held_out(folder: Path) -> None:
    asked = [q for q in questions(list_people(folder), NAMES, True) if q.label is not None]
    assert [q.path.stem for q in asked] == [f"Ann_Known_{n:04}" for n in range(16, 20)] + ["Bob_Known_0004"]


def test_every_tenth_of_the_other_people_is_asked_about(folder: Path) -> None:
    asked = [q for q in questions(list_people(folder), NAMES, True) if q.label is None]
    assert {q.person for q in asked} == {"Other 00", "Other 10"}


def test_names_are_compared_as_they_are_read(tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "Zoë_Ångström")).mkdir()
    (tmp_path / "A.J._Buckley").mkdir()
    for person in tmp_path.iterdir():
        (person / "a.jpg").touch()
    # names.txt of VGG-Face has underscores itself.
    asked = questions(list_people(tmp_path), ("A.J._Buckley", "Zoë Ångström"))
    assert [q.label for q in asked] == [0, 1]


def test_strangers_may_lie_in_folders_or_not(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for place in ("b.jpg", "deep/er/a.PNG", "notes.txt"):
        (tmp_path / place).touch()
    assert [(q.path.name, q.label) for q in strangers_in(tmp_path)] == [("b.jpg", None), ("a.PNG", None)]


def test_photos_are_counted_by_label(folder: Path) -> None:
    assert count_photos(list_people(folder), ("Nobody", *NAMES)) == {1: 20, 2: 5}
