"""People as rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brain.recognition.gallery import Gallery, add_removal, mean_descriptor, read_removals
from tests import tiny


def test_a_gallery_is_read_as_it_was_written(tmp_path: Path) -> None:
    people = tiny.gallery()
    people.save(tmp_path / "gallery.safetensors")
    read = Gallery.load(tmp_path / "gallery.safetensors")
    assert (read.names, read.source, read.weights_sha256) == (people.names, people.source, "ab" * 32)
    assert read.photos.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert read.means.dtype == np.float32
    np.testing.assert_allclose(read.means, people.means, atol=5e-4)
    np.testing.assert_allclose(np.linalg.norm(read.means, axis=1), 1, atol=1e-6)
    assert [path.name for path in tmp_path.iterdir()] == ["gallery.safetensors"]


def test_a_mean_descriptor_has_the_direction_of_the_mean() -> None:
    descriptors = np.array([[1.0, 0.0], [0.6, 0.8]], np.float32)
    np.testing.assert_allclose(mean_descriptor(descriptors), np.array([2, 1]) / 5**0.5, rtol=1e-6)


def test_a_photo_of_somebody_else_hardly_counts() -> None:
    random = np.random.default_rng(0)
    person, other = random.standard_normal((2, 128))
    photos = person + 0.1 * random.standard_normal((5, 128))
    clean = mean_descriptor(photos / np.linalg.norm(photos, axis=1, keepdims=True))
    mixed = np.vstack([photos, other])
    found = mean_descriptor(mixed / np.linalg.norm(mixed, axis=1, keepdims=True))
    assert clean @ found > 0.9999
    plain = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).mean(0)
    assert clean @ plain / np.linalg.norm(plain) < 0.99


def test_two_photos_count_alike() -> None:
    photos = np.eye(4, dtype=np.float32)[:2]
    np.testing.assert_allclose(mean_descriptor(photos), [0.5**0.5, 0.5**0.5, 0, 0], rtol=1e-6)


def test_people_keep_the_order_in_which_they_come() -> None:
    rows = np.eye(3, dtype=np.float32)
    people = Gallery.from_descriptors({"Zoe": rows[:1], "Ada": rows[1:]}, "a folder", "cd" * 32)
    assert people.names == ("Zoe", "Ada")
    assert people.photos.tolist() == [1, 2]
    np.testing.assert_allclose(people.means[0], rows[0])


def test_a_removed_person_leaves_the_others_as_they_were() -> None:
    people = tiny.gallery()
    rest = people.without(["zoe angstrom", "ADA LOVELACE", "Nobody"])
    assert rest.names == people.names[1:-1]
    np.testing.assert_array_equal(rest.means, people.means[1:-1])
    assert rest.photos.tolist() == people.photos.tolist()[1:-1]


@pytest.mark.parametrize("content", [b"", b"<html></html>", bytes(100)])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "gallery.safetensors").write_bytes(content)
    with pytest.raises(ValueError, match="not a gallery"):
        Gallery.load(tmp_path / "gallery.safetensors")


def test_rows_without_a_name_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        Gallery(("Ada",), np.zeros((2, 3), np.float32), np.ones(2, np.int32), "", "")


def test_removals_are_one_name_per_line(tmp_path: Path) -> None:
    path = tmp_path / "removals.txt"
    assert read_removals(path) == ()
    path.write_text("# who asked to be left out\nAda Lovelace\n\n  Zoë Ångström \n", encoding="utf-8")
    assert read_removals(path) == ("Ada Lovelace", "Zoë Ångström")


@pytest.mark.parametrize("before", [None, "# a comment\nAda Lovelace", "# a comment\nAda Lovelace\n"])
def test_a_removal_is_added_below_the_others(tmp_path: Path, before: str | None) -> None:
    path = tmp_path / "removals.txt"
    if before is not None:
        path.write_text(before, encoding="utf-8")
    add_removal(path, "Alan Turing")
    assert read_removals(path) == (("Alan Turing",) if before is None else ("Ada Lovelace", "Alan Turing"))
