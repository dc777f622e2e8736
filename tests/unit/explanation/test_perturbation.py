from __future__ import annotations

import numpy as np
import pytest
import torch

from brain.core.geometry import Rectangle
from brain.explanation.perturbation import PerturbationRunner
from brain.explanation.view import FaceView
from brain.face.alignment import landmarks_in_box
from brain.recognition.classifier import Classifier
from tests import tiny

CROP = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
FACE = Rectangle(10, 10, 40, 40)
FIELD = Rectangle(5, 10, 40, 40)


@pytest.fixture(params=["vgg", "resnet"])
def network(request: pytest.FixtureRequest) -> Classifier:
    return tiny.random_network() if request.param == "vgg" else tiny.random_resnet()


@pytest.fixture
def runner(network: Classifier) -> PerturbationRunner:
    return PerturbationRunner(network, FaceView(CROP, FACE, FIELD, landmarks_in_box(FACE)))


def test_a_mask_of_nothing_changes_nothing(runner: PerturbationRunner, network: Classifier) -> None:
    logits = runner.logits("test", np.zeros((70, runner.size, runner.size), np.float32))
    expected = network.forward_with_activations(CROP[10:50, 5:45]).forward_logits
    assert logits.shape == (70, 7)
    assert torch.allclose(logits, expected.expand(70, -1), atol=1e-4)


def test_a_mask_of_everything_leaves_a_blurred_input(runner: PerturbationRunner) -> None:
    masks = np.stack([np.zeros((runner.size,) * 2), np.ones((runner.size,) * 2)]).astype(np.float32)
    sharp, blurred = runner.compose(masks)
    assert blurred.diff().abs().mean() < 0.2 * sharp.diff().abs().mean()


def test_only_what_is_masked_changes(runner: PerturbationRunner) -> None:
    mask = runner.mask([Rectangle(20, 25, 12, 12)])
    sharp, changed = runner.compose(np.stack([np.zeros_like(mask), mask]))
    difference = (changed - sharp).abs().sum(0).numpy()
    assert (difference[mask == 0] == 0).all()
    assert (difference[mask == 1] > 0).mean() > 0.9


def test_masks_are_given_in_pixels_of_the_crop(runner: PerturbationRunner) -> None:
    mask = runner.mask([Rectangle(10, 20, 10, 20)])
    zoom = runner.size / 40
    centre = [np.average(np.arange(runner.size) + 0.5, weights=mask.sum(axis)) for axis in (0, 1)]
    assert centre == pytest.approx([10 * zoom, 20 * zoom], abs=0.6)
    assert mask.sum() == pytest.approx(10 * 20 * zoom**2, rel=0.02)


def test_passes_are_counted_by_experiment(runner: PerturbationRunner, network: Classifier) -> None:
    seen: list[int] = []
    first = next(module for module in network.modules() if isinstance(module, torch.nn.Conv2d))
    masks = np.full((40, runner.size, runner.size), 0.5, np.float32)
    runner.logits("one", masks[:1])  # incremental inference takes its reference pass
    first.register_forward_hook(lambda module, inputs, output: seen.append(len(output)))
    runner.logits("one", masks)
    runner.logits("other", masks[:3])
    counted = {name: passes for name, passes in runner.passes.items() if name != "reference"}
    assert counted == {"one": 41, "other": 3}
    assert sum(seen) == 43


def test_small_regions_cost_less_where_inference_is_incremental() -> None:
    """And the logits are those of whole passes."""
    network = tiny.random_network(input_size=56, blocks=((4, 4), (6,), (8, 8)))
    runner = PerturbationRunner(network, FaceView(CROP, Rectangle(10, 10, 40, 40), FIELD, np.zeros((5, 2))))
    masks = np.stack([runner.mask([Rectangle(x, 20, 6, 6)]) for x in (8, 20, 30)])
    logits = runner.logits("small", masks)
    whole = network.predict_batched(runner.compose(masks))
    assert (logits - whole).abs().max() <= 1e-4 * whole.std()
    assert runner.passes["small"] < 1.5
    assert runner.passes["reference"] == pytest.approx(0.98, abs=0.02)


def test_what_naming_computed_takes_no_pass_of_its_own() -> None:
    network = tiny.random_network(input_size=56, blocks=((4, 4), (6,), (8, 8)))
    view = FaceView(CROP, FACE, FIELD, landmarks_in_box(FACE))
    own = PerturbationRunner(network, view)
    masks = np.stack([own.mask([Rectangle(x, 20, 6, 6)]) for x in (8, 20, 30)])
    shared = PerturbationRunner(network, view, network.forward_with_activations(view.pixels).unaltered)
    assert torch.allclose(shared.logits("small", masks), own.logits("small", masks), atol=1e-6)
    assert "reference" not in shared.passes


def test_masks_of_every_size_get_the_logits_of_whole_passes_in_order(
    runner: PerturbationRunner, network: Classifier
) -> None:
    boxes = [(8, 20, 6, 6), (10, 12, 30, 36), (30, 20, 4, 20), (5, 10, 40, 40), (20, 40, 20, 4), (9, 9, 6, 6)]
    masks = np.stack([runner.mask([Rectangle(*box)]) for box in boxes * 5])
    logits = runner.logits("test", masks)
    whole = network.predict_batched(runner.compose(masks))
    assert (logits - whole).abs().max() <= 1e-4 * whole.std()


def test_what_is_blurred_for_the_most_part_is_computed_from_the_blurred_input() -> None:
    """And the logits are those of whole passes."""
    network = tiny.random_network(input_size=56, blocks=((4, 4), (6,), (8, 8)))
    view = FaceView(CROP, FACE, FIELD, landmarks_in_box(FACE))
    runner = PerturbationRunner(network, view, network.forward_with_activations(view.pixels).unaltered)
    boxes = [runner.mask([Rectangle(x, 20, 6, 6)]) for x in (8, 20, 30)]
    masks = np.stack([*(1 - box for box in boxes), np.ones_like(boxes[0]), *boxes])
    logits = runner.logits("insertion", masks)
    whole = network.predict_batched(runner.compose(masks))
    assert (logits - whole).abs().max() <= 1e-4 * whole.std()
    assert runner.passes.keys() == {"insertion"}
    assert runner.passes["insertion"] < 4
