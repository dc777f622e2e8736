"""The plan: which layer is which, and the first one that is wrong is named."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from brain.core.errors import RefusedError
from brain.importers.contents import Contents, Layer, Pool, Step
from brain.importers.plan import fit
from brain.importers.published import VGG_FACE
from brain.recognition.vgg import VGGFace
from tests.unit.importers import vgg


def steps(weights: dict[str, np.ndarray] | None = None) -> list[Step]:
    """The small network under names that say nothing."""
    arrays = weights or vgg.weights()
    made: list[Step] = []
    for number, name in enumerate(vgg.LAYERS):
        made.append(Layer(f"layer {number}", arrays[f"{name}.weight"], arrays[f"{name}.bias"]))
        if name in vgg.pooled_after(vgg.LAYERS):
            made.append(Pool())
    return made


def published() -> Contents:
    """Contents with VGG-Face's own shapes, and nothing in memory."""
    made: list[Step] = []
    channels = 3

    def layer(name: str, *shape: int) -> Layer:
        zero = np.zeros(1, np.float32)
        return Layer(name, np.broadcast_to(zero, shape), np.broadcast_to(zero, shape[:1]))

    for block, widths in enumerate(VGG_FACE.blocks, start=1):
        for index, width in enumerate(widths, start=1):
            made.append(layer(f"conv{block}_{index}", width, channels, 3, 3))
            channels = width
        made.append(Pool())
    made += [layer("fc6", 4096, 512, 7, 7), layer("fc7", 4096, 4096), layer("fc8", 2622, 4096)]
    return Contents("Caffe", made, "BGR")


def test_the_published_shapes_are_the_plan() -> None:
    config, weights = fit(published(), VGG_FACE)
    assert config.mean == (93.5940, 104.7624, 129.1863)
    assert config.channel_order == "BGR"
    assert weights["fc6.weight"].shape == (4096, 25088)
    assert sum(array.size for array in weights.values()) == 145_002_878


def test_layers_are_named_by_where_they_stand() -> None:
    _, weights = fit(Contents("Torch7", steps(), "RGB"), vgg.CONFIG)
    assert weights.keys() == VGGFace(vgg.CONFIG).state_dict().keys()


def test_without_a_strict_plan_the_widths_are_those_of_the_file() -> None:
    config, _ = fit(Contents("Torch7", steps(), "RGB"), VGG_FACE, strict=False)
    assert config.blocks == vgg.CONFIG.blocks
    assert config.fully_connected == vgg.CONFIG.fully_connected
    assert (config.identities, config.input_size) == (7, 28)


def changed(name: str, change: Callable[[np.ndarray], np.ndarray]) -> list[Step]:
    arrays = vgg.weights()
    arrays[name] = change(arrays[name])
    return steps(arrays)


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (
            changed("conv1_2.weight", lambda a: a[:, :3]),
            r"conv1_2 \(layer 1 in the file\) has a weight of shape",
        ),
        (
            changed("conv2_1.weight", lambda a: a[..., :2]),
            r"conv2_1 .* \(6, 5, 3, 2\); \(6, 5, 3, 3\) was expected",
        ),
        (changed("conv1_1.bias", lambda a: a[:3]), r"conv1_1 .* has a bias of shape \(3,\); \(4,\) was"),
        (changed("fc6.weight", lambda a: a[:, :-1]), r"fc6 .* has a weight"),
        (changed("fc8.weight", lambda a: a[:6]), r"fc8 .* has a weight"),
        (steps()[:3] + steps()[4:], "conv2_1 is missing"),
        ([*steps()[:2], steps()[1], *steps()[2:]], r"conv1_3 .* is one layer too many"),
        (steps()[4:], "too few for a VGG"),
        ([step for step in steps() if isinstance(step, Layer)], "fc6 does not follow a pool"),
    ],
)
def test_the_first_wrong_layer_is_named(found: list[Step], problem: str) -> None:
    with pytest.raises(RefusedError, match=problem):
        fit(Contents("Torch7", found, "BGR"), vgg.CONFIG)


def test_two_wrong_layers_name_the_first() -> None:
    arrays = vgg.weights()
    arrays["fc7.weight"] = arrays["fc7.weight"].T
    arrays["conv1_2.weight"] = arrays["conv1_2.weight"][:, 1:]
    with pytest.raises(RefusedError, match="conv1_2"):
        fit(Contents("Torch7", steps(arrays), "BGR"), vgg.CONFIG)


@pytest.mark.parametrize("strict", [True, False])
def test_a_matrix_that_no_picture_fits_is_refused(strict: bool) -> None:
    found = changed("fc6.weight", lambda a: a[:, :-6])
    with pytest.raises(RefusedError, match="fc6"):
        fit(Contents("Torch7", found, "BGR"), vgg.CONFIG, strict=strict)
