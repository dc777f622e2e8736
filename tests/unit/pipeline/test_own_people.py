"""Enrolling people from Python, with descriptors that are known beforehand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from brain.core.errors import FaceNotFound, ForwardPassFailed, RefusedError
from brain.core.settings import Settings
from brain.pipeline.own_people import OwnPeople, Twins
from tests import tiny

ADA, ZOE = "Ada Byron", "Zoe"


def embed(data: bytes) -> np.ndarray:
    """The descriptor of `person:number`: photos of a person are alike."""
    person, _, number = data.decode().partition(":")
    if person == "nobody":
        raise FaceNotFound("no-face", "Choose another photo.")
    if person == "broken":
        raise ForwardPassFailed("weights-damaged", "Install the model again.")
    everybody, seed = np.random.default_rng(0).standard_normal(128), ord(person[0])
    own = np.random.default_rng(seed).standard_normal(128)
    noise = np.random.default_rng([seed, int(number)]).standard_normal(128)
    row = everybody + 0.5 * own + 0.2 * noise  # cosines of about 0.97 and 0.8, as dlib's network has them
    return (row / np.linalg.norm(row)).astype(np.float32)


@pytest.fixture
def people(tmp_path: Path) -> OwnPeople:
    tiny.write_resnet(tmp_path / "models" / "resnet", tiny.random_resnet(), tiny.gallery())
    settings = Settings(models_dir=tmp_path / "models", model="resnet", people_dir=tmp_path / "own")
    return OwnPeople(settings, embed)


def test_each_photo_has_an_outcome(people: OwnPeople) -> None:
    first, second, third = people.add(ADA, [b"a:1", b"a:2", b"nobody"])
    assert first.problem is None
    assert first.photo == "photo 1"
    assert second.similarity is not None
    assert second.similarity > 0.93
    assert (third.problem, third.hint) == ("no-face", "Choose another photo.")
    assert people.names == (ADA,)
    assert len(people.enrolled.photos) == 2


def test_a_photo_unlike_those_before_is_left_out(people: OwnPeople) -> None:
    people.add(ADA, [b"a:1", b"a:2"])
    [outcome] = people.add(ADA, [b"z:1"])
    assert outcome.problem == "unlike-others"
    assert outcome.similarity is not None
    assert outcome.similarity < 0.9
    assert len(people.enrolled.photos) == 2
    [outcome] = people.add(ADA, [b"z:1"], anyway=True)
    assert outcome.problem is None
    unlike, twins = people.check()
    assert [(each.person, each.photo, each.problem) for each in unlike] == [(ADA, "photo 1", "unlike-others")]
    assert twins == []


def test_an_odd_photo_among_new_ones_is_left_out_wherever_it_stands(people: OwnPeople) -> None:
    outcomes = people.add(ADA, [b"z:1", b"a:1", b"a:2", b"a:3"])
    assert [each.problem for each in outcomes] == ["unlike-others", None, None, None]


def test_trying_out_enrols_nobody(people: OwnPeople) -> None:
    assert [each.problem for each in people.try_out(ADA, [b"a:1", b"nobody"])] == [None, "no-face"]
    assert people.names == ()


def test_people_who_may_be_one_are_found(people: OwnPeople) -> None:
    people.add(ADA, [b"a:1"])
    people.add("Augusta", [b"a:2"])
    people.add(ZOE, [b"z:1"])
    _, [twins] = people.check()
    assert twins == Twins(ADA, "Augusta", twins.similarity)
    assert twins.similarity > 0.96


def test_a_single_photo_is_not_taken_for_a_list_of_photos(people: OwnPeople) -> None:
    for photo in ("a.jpg", b"a:1"):
        with pytest.raises(TypeError, match="list of photos"):
            people.add(ADA, photo)  # type: ignore[arg-type]


def test_people_are_not_exported_to_the_file_of_their_names(people: OwnPeople, tmp_path: Path) -> None:
    people.add(ADA, [b"a:1"])
    with pytest.raises(RefusedError, match="cannot hold descriptors"):
        people.export(tmp_path / "people.json")
    assert not (tmp_path / "people.json").exists()


def test_a_fault_of_the_model_enrols_nobody(people: OwnPeople) -> None:
    with pytest.raises(ForwardPassFailed):
        people.add(ADA, [b"a:1", b"broken"])
    assert people.names == ()


def test_nobody_is_removed_by_a_wrong_name(people: OwnPeople) -> None:
    people.add(ADA, [b"a:1"])
    assert not people.remove("ada byron")
    assert people.remove(ADA)
    assert people.names == ()
