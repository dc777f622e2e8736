"""What the aligner learns, and that it can be learned."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from brain.face.alignment import VIEW, VIEW_SIDE, Placement
from training.alignment import Learner, Views, answer, average_face, fold, train, training_rows
from training.prepare import CONTEXT_SIDE, Prepared, middle_box
from training.teacher import CHIP, PLACES

FACE = (PLACES - CHIP / 2) * 0.6 + CONTEXT_SIDE / 2


def prepared(landmarks: np.ndarray, paths: list[str] | None = None) -> Prepared:
    """Contexts with a bright disc at each landmark."""
    contexts = np.full((len(landmarks), CONTEXT_SIDE, CONTEXT_SIDE, 3), 90, np.uint8)
    for context, places in zip(contexts, landmarks, strict=True):
        for x, y in places:
            cv2.circle(context, (round(x), round(y)), 6, (250, 250, 250), -1)
    names = np.array(paths or [f"photo{n}" for n in range(len(landmarks))])
    return Prepared(
        names, contexts, np.zeros((len(landmarks), 128), np.float32), landmarks.astype(np.float32)
    )


def test_the_average_face_is_symmetric() -> None:
    random = np.random.default_rng(0)
    average = average_face(FACE + random.normal(0, 3, (50, 5, 2)))
    assert average[0] + average[2] * (1, 0) == pytest.approx([CONTEXT_SIDE - 1, average[0, 1]])
    assert average[4, 0] == pytest.approx((CONTEXT_SIDE - 1) / 2)


@pytest.mark.parametrize("wanted", [Placement(), Placement(0.1, -0.05, 1.2), Placement(-0.2, 0.1, 0.8)])
def test_the_answer_makes_the_box_an_average_one(wanted: Placement) -> None:
    average = average_face(FACE[None])
    middle = middle_box()
    there = wanted.of(middle)
    # The same face, where the wanted box is to the new landmarks what the middle one is to the average ones.
    zoom = there.width / middle.width
    moved = (average + 0.5 - middle.centre) * zoom + there.centre - 0.5
    across, down, larger = answer(middle, average, moved)
    assert (across, down, np.exp(larger)) == pytest.approx(
        (wanted.across, wanted.down, wanted.scale), abs=1e-5
    )


def test_a_lost_landmark_asks_for_nothing_implausible() -> None:
    average = average_face(FACE[None])
    assert np.abs(answer(middle_box(), average, average * 5 + 400)).max() < 0.4


def test_views_vary_with_the_epoch_and_can_be_repeated() -> None:
    views = Views(prepared(np.stack([FACE] * 3)), np.arange(3))
    (first, wanted), (again, _) = views[1], views[1]
    views.epoch = 1
    other, _ = views[1]
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert (first.shape, wanted.shape) == ((1, VIEW_SIDE, VIEW_SIDE), (13,))


def test_the_held_out_are_not_learned_from(tmp_path: Path) -> None:
    folder = tmp_path / "images" / "Ada"
    folder.mkdir(parents=True)
    paths = [f"images/Ada/Ada_{number:04d}.jpg" for number in range(1, 21)]
    for path in paths:
        (tmp_path / path).touch()
    learn_from, held_out = training_rows(prepared(np.stack([FACE] * 20), paths), tmp_path)
    assert len(held_out) == 4
    assert not set(learn_from) & set(held_out)


def test_a_view_carries_its_landmarks() -> None:
    views = Views(prepared(np.stack([FACE] * 16)), np.arange(16))
    brightness = []
    for seen, wanted in (views[number] for number in range(16)):
        places = wanted[3:].reshape(5, 2) / VIEW + 0.5  # in shares of the view
        assert ((places > 0) & (places < 1)).all()
        column, row = (places[4] * VIEW_SIDE).int().tolist()
        brightness.append(float(seen[0, row, column]))
    assert np.median(brightness) > 1


def test_folding_keeps_the_placement() -> None:
    learner = Learner().train()
    nn.init.normal_(learner.answer.weight)
    for _ in range(4):
        learner(torch.randn(16, 1, VIEW_SIDE, VIEW_SIDE) * 2 + 1)
    learner.eval()
    x = torch.randn(4, 1, VIEW_SIDE, VIEW_SIDE)
    torch.testing.assert_close(fold(learner)(x), learner(x)[:, :3], rtol=1e-4, atol=1e-4)


def test_training_finds_the_face() -> None:
    random = np.random.default_rng(1)
    views = Views(prepared(FACE + random.normal(0, 1, (64, 5, 2))), np.arange(64))
    network = train(views, 40)
    views.epoch = 99
    seen, wanted = (torch.stack(parts) for parts in zip(*(views[n] for n in range(64)), strict=True))
    wanted = wanted[:, :3]
    with torch.no_grad():
        given = network(seen)
    assert functional.mse_loss(given, wanted) < 0.5 * functional.mse_loss(0 * wanted, wanted)
