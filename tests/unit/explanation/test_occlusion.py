from __future__ import annotations

import numpy as np
import pytest
import torch

from brain.core.geometry import Rectangle
from brain.explanation.occlusion import Canvas, soft_box, soft_boxes
from tests import tiny


@pytest.fixture
def canvas() -> Canvas:
    crop = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    return Canvas.of(tiny.random_network(), crop)


def test_a_mask_of_nothing_is_the_crop_and_of_everything_is_the_blurred_one(canvas: Canvas) -> None:
    masks = np.stack([np.zeros((28, 28)), np.ones((28, 28))]).astype(np.float32)
    sharp, blurred = canvas.without(masks)
    assert torch.equal(sharp, canvas.sharp)
    assert torch.allclose(blurred, canvas.blurred)
    assert blurred.diff().abs().mean() < 0.2 * sharp.diff().abs().mean()


def test_only_what_is_masked_changes(canvas: Canvas) -> None:
    mask = soft_box(Rectangle(8, 8, 8, 8), canvas.size)
    (changed,) = canvas.without(mask[None])
    difference = (changed - canvas.sharp).abs().sum(0).numpy()
    assert (difference[mask == 0] == 0).all()
    assert (difference[mask == 1] > 0).mean() > 0.9


@pytest.mark.parametrize("box", [Rectangle(5, 7, 10, 6), Rectangle(8.5, 3.25, 12, 12)])
def test_feathering_keeps_the_area(box: Rectangle) -> None:
    mask = soft_box(box, 28)
    assert mask.sum() == pytest.approx(box.area, rel=0.02)
    assert 0 < ((mask > 0) & (mask < 1)).mean() < 0.5
    assert (mask.min(), mask.max()) == (0, 1)


def test_boxes_that_overlap_are_not_counted_twice() -> None:
    box = Rectangle(5, 7, 10, 6)
    assert np.array_equal(soft_boxes([box, box], 28), soft_box(box, 28))


def test_the_network_answers_for_many_variants_as_it_does_for_one() -> None:
    network = tiny.random_network()
    crop = np.random.default_rng(1).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    sharp = Canvas.of(network, crop).sharp
    logits = network.predict_batched(sharp.expand(70, -1, -1, -1))
    assert logits.shape == (70, 7)
    assert torch.allclose(logits, network.forward_with_activations(crop).logits.expand(70, -1), atol=1e-4)
