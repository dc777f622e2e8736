"""Which photos are evaluated, and how they are labelled."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from brain.evaluation.photos import count_photos, labelled_photos, list_people, unknown_photos

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
    chosen = labelled_photos(people, NAMES)
    assert [photo.path for photo in chosen] == [path for photos in people.values() for path in photos]
    assert {(photo.person, photo.label) for photo in chosen if photo.label is not None} == {
        ("Ann Known", 0),
        ("Bob Known", 1),
    }


def test_photos_of_phones_count_but_folders_do_not(tmp_path: Path) -> None:
    for name in ("b.HEIC", "a.avif", "notes.txt"):
        (tmp_path / "Ann_Known").mkdir(exist_ok=True)
        (tmp_path / "Ann_Known" / name).touch()
    (tmp_path / "Ann_Known" / "c.jpg").mkdir()
    assert [path.name for path in list_people(tmp_path)["Ann_Known"]] == ["a.avif", "b.HEIC"]


def test_the_last_fifth_of_a_known_persons_photos_is_held_out(folder: Path) -> None:
    chosen = [photo for photo in labelled_photos(list_people(folder), NAMES, True) if photo.label is not None]
    assert [photo.path.stem for photo in chosen] == [f"Ann_Known_{n:04}" for n in range(16, 20)] + [
        "Bob_Known_0004"
    ]


def test_the_only_photo_of_a_person_is_not_held_out(tmp_path: Path) -> None:
    (tmp_path / "Ann_Known").mkdir()
    (tmp_path / "Ann_Known" / "a.jpg").touch()
    assert labelled_photos(list_people(tmp_path), NAMES, True) == ()
    assert len(labelled_photos(list_people(tmp_path), NAMES)) == 1


def test_every_tenth_of_the_other_people_is_held_out(folder: Path) -> None:
    chosen = [photo for photo in labelled_photos(list_people(folder), NAMES, True) if photo.label is None]
    assert {photo.person for photo in chosen} == {"Other 00", "Other 10"}


def test_names_are_compared_as_they_are_read(tmp_path: Path) -> None:
    (tmp_path / unicodedata.normalize("NFD", "Zoë_Ångström")).mkdir()
    (tmp_path / "A.J._Buckley").mkdir()
    for person in tmp_path.iterdir():
        (person / "a.jpg").touch()
    # names.txt of VGG-Face has underscores itself.
    chosen = labelled_photos(list_people(tmp_path), ("A.J._Buckley", "Zoë Ångström"))
    assert [photo.label for photo in chosen] == [0, 1]


def test_photos_of_unknown_people_may_lie_in_folders_or_not(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for place in ("b.jpg", "deep/er/a.PNG", "notes.txt"):
        (tmp_path / place).touch()
    found = unknown_photos(tmp_path, NAMES)
    assert [(p.path.name, p.label, p.excluded) for p in found] == [
        ("b.jpg", None, None),
        ("a.PNG", None, None),
    ]


def test_a_person_who_counts_as_unknown_is_excluded_from_the_model(tmp_path: Path) -> None:
    (tmp_path / "Bob_Known").mkdir()
    (tmp_path / "Bob_Known" / "a.jpg").touch()
    (photo,) = unknown_photos(tmp_path, NAMES)
    (same,) = labelled_photos(list_people(tmp_path), NAMES)
    assert (photo.label, photo.excluded, same.label, same.excluded) == (None, 1, 1, None)
    assert photo.key != same.key


def test_photos_are_counted_by_label(folder: Path) -> None:
    assert count_photos(list_people(folder), ("Nobody", *NAMES)) == {1: 20, 2: 5}
