"""The network while it learns, on a small scale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from brain.core.geometry import Rectangle
from brain.face.crop import crop
from brain.recognition.certainty import certainty
from brain.recognition.network import Network
from tests import tiny
from training.augment import CHANGES, augmented, plain
from training.export import Classifier, Seen, class_means, fit_known, fit_length_weights, fit_temperature
from training.fit import BATCH, NOBODY, Batch, Crops, Lesson, Trainer, learning_rate, losses
from training.prepare import CONTEXT, CONTEXT_SIDE, Prepared, middle_box
from training.recipe import brain_mini, to_input
from training.resnet import EMBEDDING
from training.student import Student, fold
from training.teacher import CHIP, PLACES
from training.together import Alone


@pytest.fixture(scope="module")
def context(astronaut: np.ndarray) -> np.ndarray:
    cut, _ = crop(astronaut, Rectangle(178, 69, 92, 92), CONTEXT)
    return cv2.resize(cut, (CONTEXT_SIDE, CONTEXT_SIDE), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    """Two people, told apart by colour, and the teacher's opinion of them."""
    random = np.random.default_rng(0)
    people = np.arange(2 * BATCH) % 2
    contexts = random.integers(0, 60, (2 * BATCH, CONTEXT_SIDE, CONTEXT_SIDE, 3), dtype=np.uint8)
    contexts[people == 1, :, :, 0] += 150
    embeddings = random.normal(0, 0.05, (2 * BATCH, EMBEDDING)) + np.where(people, 1, -1)[:, None]
    places = PLACES / CHIP * CONTEXT_SIDE
    landmarks = np.repeat(places[None].astype(np.float32), len(people), axis=0)
    return Prepared(people.astype(str), contexts, embeddings.astype(np.float32), landmarks)


def opinion_of_blue(chips: np.ndarray) -> torch.Tensor:
    """What the fixture's teacher would say: from -1 for the first person's colour to 1 for the second's."""
    blue = torch.from_numpy(chips[..., 2]).float().mean((1, 2))
    return ((blue - 30) / 75 - 1)[:, None].expand(-1, EMBEDDING)


@pytest.fixture(scope="module")
def lesson(prepared: Prepared) -> Lesson:
    people = prepared.paths.astype(int)
    targets = prepared.embeddings / np.float32(np.sqrt(EMBEDDING))
    means = np.stack([targets[people == person].mean(0) for person in (0, 1)])
    centre, size = np.zeros(EMBEDDING, np.float32), float(np.sqrt(EMBEDDING))
    return Lesson(np.arange(len(people)), targets, people, means, centre, size)


def test_the_plain_crop_is_what_inference_cuts(astronaut: np.ndarray, context: np.ndarray) -> None:
    network = tiny.random_network(input_size=112)
    cut, _ = crop(astronaut, Rectangle(178, 69, 92, 92), 1.5)
    expected = network.preprocess(cut)[0]
    seen = to_input(plain(context, middle_box(), 112, 1.5), network.config)
    assert np.corrcoef(seen.ravel(), expected.ravel())[0, 1] > 0.99


def test_augmented_crops_vary_and_can_be_repeated(context: np.ndarray) -> None:
    first, again, other = (
        augmented(context, middle_box(), 96, 1.5, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first.shape == (96, 96, 3)
    assert first.dtype == np.uint8
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("change", [change for _, change in CHANGES], ids=lambda change: change.__name__)
def test_each_change_alters_a_picture_and_keeps_its_form(
    context: np.ndarray, change: Callable[[np.ndarray, np.random.Generator], np.ndarray]
) -> None:
    before = context.copy()
    after = change(context, np.random.default_rng(5))
    assert (after.shape, after.dtype) == (context.shape, np.uint8)
    assert (after != context).any()
    assert (context == before).all()


def test_folding_keeps_every_answer() -> None:
    student = Student(tiny.config(identities=5)).train()
    for _ in range(5):
        student(torch.randn(16, 3, 28, 28) * 2 + 1)
    student.eval()
    random = np.random.default_rng(0)
    rows, biases = random.normal(size=(5, EMBEDDING)), random.normal(size=5)
    network = Network(student.config)
    network.load_state_dict(fold(student, rows, biases))
    x = torch.randn(4, 3, 28, 28)
    expected = student(x) @ torch.from_numpy(rows).float().T + torch.from_numpy(biases).float()
    torch.testing.assert_close(network(x), expected, rtol=1e-4, atol=1e-4)


def test_brain_mini_fits_into_twenty_megabytes() -> None:
    with torch.device("meta"):
        network = Network(brain_mini(423))
    assert 2 * sum(parameter.numel() for parameter in network.parameters()) <= 20_000_000


def test_a_perfect_embedding_loses_least() -> None:
    means = torch.eye(4, EMBEDDING)
    person = torch.tensor([0, 1, 2, NOBODY])
    perfect, wrong = losses(means, means, person, means), losses(means.flip(0), means, person, means)
    assert perfect < wrong
    assert torch.isfinite(perfect)


def test_the_rate_warms_up_and_ends_at_zero() -> None:
    rates = [learning_rate(step, 100) for step in range(101)]
    assert rates[0] < rates[4] >= rates[50] > rates[100] == pytest.approx(0)


def test_half_of_the_crops_are_morphs_that_the_teacher_is_asked_about(
    prepared: Prepared, lesson: Lesson
) -> None:
    crops = Crops(prepared, lesson, tiny.config())
    batch = Batch.of([crops[position] for position in range(len(crops))])
    assert 0.3 < len(batch.morphs) / len(crops) < 0.7
    assert batch.chips.shape == (len(batch.morphs), CHIP, CHIP, 3)
    opinions = opinion_of_blue(batch.chips)[:, 0].sign()
    people = batch.people[batch.morphs]
    named = people != NOBODY
    assert named.any()
    assert (~named).any()
    assert (opinions[named] == 2 * people[named] - 1).all()


def test_the_same_epoch_shows_the_same_crops(prepared: Prepared, lesson: Lesson) -> None:
    crops, again = (Crops(prepared, lesson, tiny.config()) for _ in range(2))
    assert torch.equal(crops[5][0], again[5][0])
    again.begin(1)
    assert not torch.equal(crops[5][0], again[5][0])


def test_processes_share_an_epoch_evenly(prepared: Prepared, lesson: Lesson) -> None:
    class Half(Alone):
        size = 2

        def __init__(self, rank: int) -> None:
            self.rank = rank  # type: ignore[misc]

    shares = [set(Crops(prepared, lesson, tiny.config(), Half(rank)).items) for rank in (0, 1)]
    assert len(shares[0]) == len(shares[1]) == BATCH
    assert not shares[0] & shares[1]


def test_training_learns_and_resumes_where_it_stopped(
    prepared: Prepared, lesson: Lesson, tmp_path: Path
) -> None:
    crops = Crops(prepared, lesson, tiny.config())
    straight = Trainer(tiny.config(), crops, epochs=3, device="cpu", teacher=opinion_of_blue)
    first = straight.run_epoch(crops)
    straight.save(tmp_path / "checkpoint.pt")
    straight.run_epoch(crops)
    last = straight.run_epoch(crops)
    assert last < 0.8 * first

    resumed = Trainer(tiny.config(), crops, epochs=3, device="cpu", teacher=opinion_of_blue)
    resumed.resume(tmp_path / "checkpoint.pt")
    assert (resumed.epoch, resumed.step) == (1, len(crops) // BATCH)
    resumed.run_epoch(crops)
    assert resumed.epoch == 2


def test_rows_name_the_person_whose_direction_is_nearest() -> None:
    random = np.random.default_rng(0)
    directions = random.normal(size=(6, EMBEDDING))
    labels = np.repeat(np.arange(6), 40)
    length = random.uniform(0.3, 3, (240, 1))
    train, test = (length * directions[labels] + random.normal(size=(240, EMBEDDING)) for _ in range(2))
    classifier = class_means(Seen(train[None], labels), 6)
    cosines = test @ (directions / np.linalg.norm(directions, axis=1, keepdims=True)).T
    assert (classifier.logits(test).argmax(1) == labels).mean() > 0.95
    assert (classifier.logits(test).argmax(1) == cosines.argmax(1)).mean() > 0.95


def test_the_temperature_makes_probabilities_right() -> None:
    random = np.random.default_rng(0)
    logits = random.normal(size=(4000, 8)) * 2
    chances = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = np.array([random.choice(8, p=row) for row in chances])
    assert fit_temperature(logits / 5, labels) == pytest.approx(1 / 5, rel=0.15)


def test_squared_logits_add_up_to_the_embeddings_length() -> None:
    random = np.random.default_rng(2)
    rows = np.linalg.qr(random.normal(size=(EMBEDDING, EMBEDDING)))[0]
    embeddings = random.normal(size=(500, EMBEDDING)) * random.uniform(0.2, 3, (500, 1))
    classifier = Classifier(rows * random.uniform(0.5, 2, (EMBEDDING, 1)))
    weights = np.array(fit_length_weights(classifier, embeddings))
    lengths = np.sqrt((classifier.logits(embeddings) ** 2) @ weights)
    assert np.ptp(lengths / np.linalg.norm(embeddings, axis=1)) < 0.01 * lengths.mean()


def test_strangers_are_told_from_the_known() -> None:
    random = np.random.default_rng(0)
    known, strangers = random.normal(size=(500, 20)), random.normal(size=(300, 20))
    known[np.arange(500), random.integers(0, 20, 500)] += 6
    fitted = fit_known(known, strangers)
    config = tiny.config(known=fitted)
    sure, unsure = (
        np.array([certainty(torch.from_numpy(z), config) for z in group]) for group in (known, strangers)
    )
    assert (sure > 0.5).mean() > 0.95
    assert (unsure < 0.5).mean() > 0.95
