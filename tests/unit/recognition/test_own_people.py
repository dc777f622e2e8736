"""A model that knows people of one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from brain.core.errors import NamesMissing
from brain.recognition.config import OpenSetCalibration
from brain.recognition.enrolled import EnrolledPeople, EnrolledPhoto
from brain.recognition.model import LoadedModel, load_model
from brain.recognition.own_people import with_people
from tests import tiny

CALIBRATION = OpenSetCalibration(top1=0.5, lead=0.5, intercept=-10, cohort=3)


@pytest.fixture
def model(tmp_path: Path) -> LoadedModel:
    """Seven embedded people."""
    folder = tmp_path / "resnet"
    tiny.write_resnet(folder, tiny.random_resnet(open_set=CALIBRATION), tiny.gallery())
    return load_model(folder)


def field(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (150, 150, 3), np.uint8)


def describe(model: LoadedModel, seed: int) -> np.ndarray:
    network, activations = model.forward_with_activations(field(seed))
    row: np.ndarray = network.descriptor(activations).numpy()
    return row


def enrolled(model: LoadedModel, **seeds: int) -> EnrolledPeople:
    photos = [
        EnrolledPhoto(name.replace("_", " "), "1", "1.jpg", describe(model, s)) for name, s in seeds.items()
    ]
    return EnrolledPeople.of(photos, model.sha256)


def test_own_people_follow_the_embedded_ones(model: LoadedModel) -> None:
    own = enrolled(model, Mary=1, John=2)
    both = with_people(model, own, "both")
    assert both.names == (*tiny.NAMES, "John", "Mary")
    assert both.network.config.identities == 9
    network, activations = both.forward_with_activations(field(1))
    assert both.names[int(activations.logits.argmax())] == "Mary"
    assert activations.logits[8] == pytest.approx(network.config.logit_scale, rel=1e-4)
    assert [both.source_of(label) for label in (0, 6, 7, 8)] == ["embedded", "embedded", "own", "own"]
    assert both.people is not None
    assert (both.people.source, both.people.own) == ("both", own.version)
    assert both.people.embedded == model.gallery_checksum
    assert model.names == tiny.NAMES


def test_embedded_logits_stay_what_they_were(model: LoadedModel) -> None:
    both = with_people(model, enrolled(model, Mary=1), "both")
    _, before = model.forward_with_activations(field(3))
    _, after = both.forward_with_activations(field(3))
    torch.testing.assert_close(after.logits[:7], before.logits)


def test_own_photos_replace_an_embedded_person_of_that_name(model: LoadedModel) -> None:
    both = with_people(model, enrolled(model, zoe_angstrom=1), "both")
    _, activations = both.forward_with_activations(field(1))
    probabilities = torch.softmax(activations.logits, 0)
    assert probabilities[tiny.NAMES.index("Zoë Ångström")] == 0
    assert both.names[int(probabilities.argmax())] == "zoe angstrom"


def test_only_own_people_compete_where_only_they_are_asked_for(model: LoadedModel) -> None:
    own = with_people(model, enrolled(model, Mary=1, John=2), "own")
    assert own.names == ("John", "Mary")
    assert own.source_of(0) == "own"
    assert own.people is not None
    assert own.people.embedded is None


def test_certainty_of_few_people_is_that_of_all(model: LoadedModel) -> None:
    people = enrolled(model, Mary=1)
    own, both = with_people(model, people, "own"), with_people(model, people, "both")
    certainties = [each.certainty(each.forward_with_activations(field(1))[1]) for each in (own, both)]
    assert certainties[0] == pytest.approx(certainties[1], abs=1e-5)
    stranger = own.certainty(own.forward_with_activations(field(5))[1])
    assert stranger <= certainties[0]


def test_a_person_with_an_embedded_name_is_no_runner_up_to_themselves(model: LoadedModel) -> None:
    own = with_people(model, enrolled(model, Ada_Lovelace=1), "own")
    assert own.strangers is not None
    assert own.strangers[0].shape == (6, 128)


@pytest.mark.parametrize("own", [None, EnrolledPeople((), "ab" * 32)])
def test_without_own_people_the_embedded_ones_are_named(
    model: LoadedModel, own: EnrolledPeople | None
) -> None:
    both = with_people(model, own, "both")
    assert both.names == tiny.NAMES
    assert both.people is not None
    assert both.people.own is None
    with pytest.raises(NamesMissing):
        with_people(model, own, "own")


def test_embedded_people_alone_are_the_model_itself(model: LoadedModel) -> None:
    assert with_people(model, enrolled(model, Mary=1), "embedded") is model


def test_a_network_with_fixed_identities_has_no_own_people(tmp_path: Path) -> None:
    tiny.write_model(tmp_path / "tiny", tiny.random_network())
    model = load_model(tmp_path / "tiny")
    assert with_people(model, None, "both") is model
    with pytest.raises(NamesMissing):
        with_people(model, None, "own")
