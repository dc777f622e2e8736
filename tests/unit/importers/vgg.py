"""A small VGG with random weights, in the one layout that every format is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from brain.importers.importer import ImportOptions, import_model
from brain.recognition.model import LoadedModel, load_model
from tests import tiny

MEAN = (129.1863, 104.7624, 93.5940)
CONFIG = tiny.config(
    name="small-vgg",
    blocks=((4, 5), (6,)),
    fully_connected=(11, 9),
    input_size=28,
    mean=MEAN,
    scale=1.0,
)
SHAPES = {
    "conv1_1": (4, 3, 3, 3),
    "conv1_2": (5, 4, 3, 3),
    "conv2_1": (6, 5, 3, 3),
    "fc6": (11, 6 * 7 * 7),
    "fc7": (9, 11),
    "fc8": (7, 9),
}
LAYERS = tuple(SHAPES)

Weights = dict[str, np.ndarray]


def weights(shapes: dict[str, tuple[int, ...]] = SHAPES) -> Weights:
    """Arrays under the names that PyTorch gives them, scaled so that logits are of the order of one."""
    random = np.random.default_rng(0)
    made = {}
    for name, shape in shapes.items():
        spread = np.float32((2 / np.prod(shape[1:])) ** 0.5 * (0.02 if name == "conv1_1" else 1))
        made[f"{name}.weight"] = random.standard_normal(shape, np.float32) * spread
        made[f"{name}.bias"] = random.standard_normal(shape[0], np.float32) * np.float32(0.1)
    return made


def layers(arrays: Weights) -> list[str]:
    """The names of the layers, in the order in which they run."""
    return [name.removesuffix(".weight") for name in arrays if name.endswith(".weight")]


def pooled_after(names: Iterable[str]) -> set[str]:
    """The last convolution of every block."""
    return set({name.partition("_")[0]: name for name in names if name.startswith("conv")}.values())


def as_convolution(arrays: Weights, name: str) -> np.ndarray:
    """A layer's weights as (out, in, height, width); fc6's are as large as what it looks at."""
    weight = arrays[f"{name}.weight"]
    if weight.ndim == 4:
        return weight
    if name != "fc6":
        return weight[:, :, None, None]
    convolutions = [name for name in layers(arrays) if name.startswith("conv")]
    channels = len(arrays[f"{convolutions[-1]}.bias"])
    side = round((weight.shape[1] / channels) ** 0.5)
    return weight.reshape(-1, channels, side, side)


def crop() -> np.ndarray:
    """(28, 28, 3) uint8 BGR, whose channels differ much."""
    noise = np.random.default_rng(1).integers(0, 100, (28, 28, 3))
    return np.asarray(noise + np.array([0, 60, 150]), np.uint8)


def centred(order: str) -> np.ndarray:
    """The crop as a network of that channel order wants it: (28, 28, 3) float32, mean subtracted."""
    blue, green, red = np.moveaxis(crop().astype(np.float32), 2, 0)
    planes = [red - MEAN[0], green - MEAN[1], blue - MEAN[2]]
    return np.stack(planes if order == "RGB" else planes[::-1], axis=2)


def names_file(folder: Path, count: int = 7) -> Path:
    path = folder / "chosen_names.txt"
    path.write_text("".join(f"Person_{number}\n" for number in range(count)), encoding="utf-8")
    return path


def imported(path: Path, **options: object) -> LoadedModel:
    """Import a file with the small network's plan, and load the imported model."""
    chosen = ImportOptions(CONFIG, names=names_file(path.parent), **options)  # type: ignore[arg-type]
    made = import_model(path, path.parent / "models", chosen)
    return load_model(made.directory)


def logits(model: LoadedModel) -> np.ndarray:
    """(7,) what the imported network says of the crop."""
    return model.network.forward_with_activations(crop()).logits.numpy()


def assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    assert np.ptp(expected) > 0.1, "an answer that hardly varies proves nothing"
    np.testing.assert_allclose(found, expected.reshape(-1), rtol=1e-4, atol=1e-4)
