"""Enrolled photos as a set, and the gallery that follows from them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brain.recognition.enrolled import ALIKE, EnrolledPeople, EnrolledPhoto, alike
from brain.recognition.gallery import mean_descriptor
from brain.recognition.people_document import photos_by_person, read_document
from tests import tiny

SHA = "ab" * 32
ADA, ZOE = "Ada Lovelace", "Zoë Ångström"


def descriptor(seed: int) -> np.ndarray:
    vector = np.random.default_rng(seed).standard_normal(128)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def near(row: np.ndarray, seed: int, distance: float = 0.2) -> np.ndarray:
    vector = row + distance * descriptor(seed)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def photo(person: str, number: int, row: np.ndarray | None = None) -> EnrolledPhoto:
    return EnrolledPhoto(
        person, f"{number:032x}", f"{number}.jpg", descriptor(number) if row is None else row
    )


PHOTOS = [photo(ZOE, 1), photo(ADA, 2), photo(ADA, 3), photo(ZOE, 4), photo(ADA, 5)]


@given(st.permutations(PHOTOS), st.lists(st.sampled_from(PHOTOS)))
def test_order_and_repetition_make_no_difference(
    photos: list[EnrolledPhoto], again: list[EnrolledPhoto]
) -> None:
    people, expected = EnrolledPeople.of([*photos, *again], SHA), EnrolledPeople.of(PHOTOS, SHA)
    assert people.to_bytes() == expected.to_bytes()
    assert people.version == expected.version
    assert people.gallery().means.tobytes() == expected.gallery().means.tobytes()


def test_people_are_read_as_they_were_written() -> None:
    people = EnrolledPeople.of(PHOTOS, SHA)
    read = EnrolledPeople.from_bytes(people.to_bytes())
    assert read.version == people.version
    assert read.names == (ADA, ZOE)
    assert [each.file for each in read.of_person(ADA)] == ["2.jpg", "3.jpg", "5.jpg"]
    np.testing.assert_array_equal(read.photos[0].descriptor, descriptor(2))


def test_nobody_can_be_stored_too() -> None:
    nobody = EnrolledPeople((), SHA)
    assert EnrolledPeople.from_bytes(nobody.to_bytes()).photos == ()


def test_names_can_be_read_without_descriptors() -> None:
    document = read_document(EnrolledPeople.of(PHOTOS, SHA).to_bytes(log={"a": 1}))
    assert photos_by_person(document) == {ADA: 3, ZOE: 2}
    assert document["log"] == {"a": 1}


@pytest.mark.parametrize("content", [b"", b"<html></html>", bytes(100), tiny.NAMES[0].encode() * 20])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="no people"):
        EnrolledPeople.from_bytes(content)


def test_a_gallery_has_a_row_per_person() -> None:
    gallery = EnrolledPeople.of(PHOTOS, SHA).gallery()
    assert gallery.names == (ADA, ZOE)
    assert gallery.photos.tolist() == [3, 2]
    assert gallery.weights_sha256 == SHA
    np.testing.assert_allclose(
        gallery.means[1], mean_descriptor(np.stack([descriptor(1), descriptor(4)])), atol=1e-6
    )


def test_the_same_photo_under_two_names_of_files_counts_once() -> None:
    twice = EnrolledPeople.of([photo(ADA, 2), photo(ADA, 3), photo(ADA, 9, descriptor(3))], SHA)
    expected = EnrolledPeople.of([photo(ADA, 2), photo(ADA, 3)], SHA)
    np.testing.assert_array_equal(twice.gallery().means, expected.gallery().means)


def test_a_person_is_forgotten_with_all_photos() -> None:
    rest = EnrolledPeople.of(PHOTOS, SHA).without_person(ADA)
    assert rest.names == (ZOE,)
    assert rest.version == EnrolledPeople.of([photo(ZOE, 1), photo(ZOE, 4)], SHA).version


def test_a_photo_of_somebody_else_is_unlike_the_others() -> None:
    ada = descriptor(0)
    photos = [photo(ADA, number, near(ada, number)) for number in range(1, 5)]
    people = EnrolledPeople.of([*photos, photo(ADA, 9)], SHA)
    similarities = {each.file: similarity for each, similarity in people.similarities(ADA)}
    assert similarities["9.jpg"] is not None
    assert similarities["9.jpg"] < 0.5
    assert all(value is not None and value > 0.95 for name, value in similarities.items() if name != "9.jpg")


def test_an_only_photo_has_no_similarity() -> None:
    [(_, similarity)] = EnrolledPeople.of([photo(ADA, 1)], SHA).similarities(ADA)
    assert similarity is None


def test_two_names_of_one_person_are_found() -> None:
    ada = descriptor(0)
    own = EnrolledPeople.of([photo(ADA, 1, ada), photo("A. L.", 2, near(ada, 2)), photo(ZOE, 3)], SHA)
    [(first, second, cosine)] = alike(own.gallery())
    assert {first, second} == {ADA, "A. L."}
    assert cosine >= ALIKE
    embedded = EnrolledPeople.of([photo("Ada King", 1, ada), photo(ZOE, 3)], SHA).gallery()
    found = {pair[:2] for pair in alike(own.gallery(), embedded)}
    assert found == {(ADA, "Ada King"), ("A. L.", "Ada King")}
