from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from training.data import held_out_count, identities, list_people, newcomers, readable, split


@pytest.fixture
def people(tmp_path: Path) -> dict[str, list[Path]]:
    counts = {"Ann_Known": 20, "Bob_Known": 5, **{f"Other_{n:02}": 1 + n % 4 for n in range(20)}}
    for name, count in counts.items():
        (tmp_path / name).mkdir()
        for number in range(count):
            (tmp_path / name / f"{name}_{number:04}.jpg").touch()
        (tmp_path / name / "notes.txt").touch()
    return list_people(tmp_path)


def test_people_and_photos_are_sorted_and_nothing_else_counts(people: dict[str, list[Path]]) -> None:
    assert list(people) == sorted(people)
    assert [path.name for path in people["Bob_Known"]] == [f"Bob_Known_{n:04}.jpg" for n in range(5)]


def test_identities_have_enough_photos(people: dict[str, list[Path]]) -> None:
    assert identities(people) == ["Ann_Known", "Bob_Known"]
    assert identities(people, min_photos=10) == ["Ann_Known"]


def test_every_photo_has_exactly_one_use(people: dict[str, list[Path]]) -> None:
    used = Counter(example.path for example in split(people))
    assert set(used.values()) == {1}
    assert len(used) == sum(len(photos) for photos in people.values())


def test_the_last_fifth_is_held_out(people: dict[str, list[Path]]) -> None:
    held_out = [e.path.stem for e in split(people) if e.split == "held_out"]
    assert held_out == [f"Ann_Known_{n:04}" for n in (16, 17, 18, 19)] + ["Bob_Known_0004"]


@pytest.mark.parametrize(("photos", "count"), [(5, 1), (9, 1), (10, 2), (530, 106)])
def test_at_least_one_photo_is_held_out(photos: int, count: int) -> None:
    assert held_out_count(photos) == count


def test_strangers_are_whole_people_who_are_no_identities(people: dict[str, list[Path]]) -> None:
    examples = list(split(people))
    strangers = {e.identity for e in examples if e.split == "strangers"}
    assert strangers == {"Other_00", "Other_10"}
    assert not strangers & {e.identity for e in examples if e.split != "strangers"}


def test_calibration_photos_are_identities_own(people: dict[str, list[Path]]) -> None:
    chosen = [e.path.stem for e in split(people) if e.split == "calibrate"]
    assert chosen == ["Ann_Known_0007", "Ann_Known_0015"]


def test_calibration_strangers_are_whole_people_whom_nothing_else_sees(people: dict[str, list[Path]]) -> None:
    examples = list(split(people))
    chosen = {e.identity for e in examples if e.split == "calibrate_strangers"}
    assert chosen == {"Other_05"}
    assert not chosen & {e.identity for e in examples if e.split != "calibrate_strangers"}


def test_newcomers_teach_nothing_and_show_five_photos(tmp_path: Path) -> None:
    (tmp_path / "Cid_New").mkdir()
    for number in range(8):
        (tmp_path / "Cid_New" / f"{number}.jpg").touch()
    people = list_people(tmp_path)
    assert newcomers(people) == ["Cid_New"]
    splits = [example.split for example in split(people)]
    assert splits == ["shots"] * 5 + ["calibrate"] * 2 + ["held_out"]


def test_names_are_readable() -> None:
    assert readable("Jean-Claude_Van_Damme") == "Jean-Claude Van Damme"
