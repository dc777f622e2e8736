"""The user's own people on disk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from brain.core.errors import ForwardPassFailed
from brain.core.settings import Settings
from brain.pipeline.people_folder import PeopleFolder
from brain.recognition.enrolled import EnrolledPeople, EnrolledPhoto

SHA = "ab" * 32


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(people_dir=tmp_path / "people", model="resnet")


def photo(person: str) -> EnrolledPhoto:
    return EnrolledPhoto(person, "1", "1.jpg", np.eye(4, dtype=np.float32)[0])


def test_nobody_is_there_at_first(settings: Settings) -> None:
    assert PeopleFolder(settings).people() is None


def test_a_change_is_seen_by_a_reader_that_has_read_before(settings: Settings) -> None:
    reader = PeopleFolder(settings)
    PeopleFolder(settings).change(SHA, lambda people: people.adding([photo("Ada")]))
    first = reader.people()
    assert first is not None
    assert first.names == ("Ada",)
    assert reader.people() is first
    PeopleFolder(settings).change(SHA, lambda people: people.adding([photo("Bob")]))
    assert reader.people() is not None
    assert reader.people().names == ("Ada", "Bob")  # type: ignore[union-attr]


def test_concurrent_changes_are_all_kept(settings: Settings) -> None:
    names = [f"Person {number}" for number in range(12)]

    def add(name: str) -> None:
        PeopleFolder(settings).change(SHA, lambda people: people.adding([photo(name)]))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, names))
    people = PeopleFolder(settings).people()
    assert people is not None
    assert people.names == tuple(sorted(names))


def test_a_failed_change_leaves_the_file_as_it_was(settings: Settings) -> None:
    folder = PeopleFolder(settings)
    folder.change(SHA, lambda people: people.adding([photo("Ada")]))
    before = folder.path.read_bytes()

    def fail(people: EnrolledPeople) -> EnrolledPeople:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        folder.change(SHA, fail)
    assert folder.path.read_bytes() == before


def test_a_damaged_file_is_an_error_with_a_hint(settings: Settings) -> None:
    folder = PeopleFolder(settings)
    folder.path.parent.mkdir()
    folder.path.write_bytes(b"damaged")
    with pytest.raises(ForwardPassFailed) as failure:
        folder.people()
    assert failure.value.reason == "people-damaged"


def test_descriptors_of_another_network_are_refused(settings: Settings) -> None:
    folder = PeopleFolder(settings)
    folder.change(SHA, lambda people: people.adding([photo("Ada")]))
    assert folder.people_for(SHA) is folder.people()
    with pytest.raises(ForwardPassFailed) as failure:
        folder.people_for("cd" * 32)
    assert failure.value.reason == "people-of-another-network"
