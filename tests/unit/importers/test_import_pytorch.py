"""PyTorch: state dicts of independent modules, in the shapes that public conversions have."""

from __future__ import annotations

import os
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from brain.core.errors import RefusedError
from brain.importers import pytorch
from brain.importers.contents import Pool
from tests.unit.importers import vgg


def module(*, matrices: bool, conv: str = "conv{}_{}") -> nn.Sequential:
    """A VGG as others write it, with the fully connected layers as matrices or as convolutions."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for name in vgg.LAYERS:
        out, channels = vgg.SHAPES[name][:2]
        if name.startswith("conv"):
            layers[conv.format(*name.removeprefix("conv").split("_"))] = nn.Conv2d(
                channels, out, 3, padding=1
            )
        elif matrices:
            layers[name] = nn.Linear(channels, out)
        else:
            out, channels, side, _ = vgg.as_convolution(vgg.weights(), name).shape
            layers[name] = nn.Conv2d(channels, out, side)
        if name != "fc8":
            layers[f"relu_{name}"] = nn.ReLU()
        if name in vgg.pooled_after(vgg.LAYERS):
            layers[f"pool_{name}"] = nn.MaxPool2d(2)
        if matrices and name == "conv2_1":
            layers["flatten"] = nn.Flatten()
    made = nn.Sequential(layers)
    with torch.no_grad():
        for parameter, array in zip(made.parameters(), vgg.weights().values(), strict=True):
            parameter.copy_(torch.from_numpy(array).view_as(parameter))
    return made


def run(network: nn.Module, order: str) -> np.ndarray:
    with torch.inference_mode():
        return np.asarray(network(torch.from_numpy(vgg.centred(order)).permute(2, 0, 1)[None]))


@pytest.mark.parametrize("matrices", [True, False], ids=["matrices", "convolutions"])
@pytest.mark.parametrize(("conv", "order"), [("conv{}_{}", "RGB"), ("conv_{}_{}", "BGR")])
def test_the_imported_network_answers_as_the_module_does(
    tmp_path: Path, matrices: bool, conv: str, order: str
) -> None:
    network = module(matrices=matrices, conv=conv)
    path = tmp_path / "vgg_face.pth"
    torch.save(network.state_dict(), path)
    model = vgg.imported(path)
    assert model.network.config.channel_order == order
    vgg.assert_same(vgg.logits(model), run(network, order))
    assert not np.allclose(vgg.logits(model), run(network, order[::-1]).reshape(-1), atol=0.01)


def test_a_checkpoint_a_wrapper_and_the_old_format(tmp_path: Path) -> None:
    network = module(matrices=True)
    wrapped = {f"module.{name}": tensor for name, tensor in network.state_dict().items()}
    path = tmp_path / "checkpoint.pth"
    torch.save({"epoch": 3, "state_dict": wrapped}, path, _use_new_zipfile_serialization=False)
    vgg.assert_same(vgg.logits(vgg.imported(path)), run(network, "RGB"))


def test_parameters_that_still_want_gradients(tmp_path: Path) -> None:
    network = module(matrices=True)
    path = tmp_path / "parameters.pth"
    torch.save(dict(network.named_parameters()), path)
    vgg.assert_same(vgg.logits(vgg.imported(path)), run(network, "RGB"))


def test_half_precision_is_widened(tmp_path: Path) -> None:
    network = module(matrices=True).bfloat16()
    path = tmp_path / "half.pth"
    torch.save(network.state_dict(), path)
    vgg.assert_same(vgg.logits(vgg.imported(path)), run(network.float(), "RGB"))


def numbered(network: nn.Sequential) -> nn.Sequential:
    """The same layers under their places."""
    return nn.Sequential(*network)


@pytest.mark.parametrize("matrices", [True, False], ids=["matrices", "convolutions"])
def test_numbered_layers_are_imported_by_order_and_shape(tmp_path: Path, matrices: bool) -> None:
    network = numbered(module(matrices=matrices))
    path = tmp_path / "VGG_FACE.pth"
    torch.save(network.state_dict(), path)
    model = vgg.imported(path)
    assert model.network.config.channel_order == "BGR"
    vgg.assert_same(vgg.logits(model), run(network, "BGR"))


def test_the_order_is_that_of_the_numbers_whatever_it_is_in_the_file(tmp_path: Path) -> None:
    network = numbered(module(matrices=True))
    path = tmp_path / "sorted.pth"
    torch.save(dict(sorted(network.state_dict().items())), path)
    vgg.assert_same(vgg.logits(vgg.imported(path)), run(network, "BGR"))


def test_fully_connected_layers_may_be_wrapped(tmp_path: Path) -> None:
    """As Torch7 conversions wrap them: `32.1.weight` behind a view."""
    convolutions, (fc6, relu6, fc7, relu7, fc8) = (
        list(module(matrices=True))[:-6],
        list(module(matrices=True))[-5:],
    )
    wrapped = (nn.Sequential(nn.Flatten(), layer) for layer in (fc6, fc7, fc8))
    first, second, third = wrapped
    network = nn.Sequential(*convolutions, first, relu6, second, relu7, third)
    assert "8.1.weight" in network.state_dict()
    path = tmp_path / "VGG_FACE.pth"
    torch.save(network.state_dict(), path)
    vgg.assert_same(vgg.logits(vgg.imported(path)), run(network, "BGR"))


def convolutions_without_gaps(count: int) -> dict[str, torch.Tensor]:
    """Layers that are numbered one after the other, the last three of them fully connected."""
    shapes = [(4, 4, 3, 3)] * count + [(5, 4), (5, 5), (6, 5)]
    weights = {f"{number}.weight": torch.ones(shape) for number, shape in enumerate(shapes)}
    return weights | {f"{number}.bias": torch.ones(shape[0]) for number, shape in enumerate(shapes)}


def test_sixteen_layers_that_are_numbered_without_gaps_are_those_of_vgg_16(tmp_path: Path) -> None:
    path = tmp_path / "VGG_FACE.pth"
    torch.save(convolutions_without_gaps(13), path)
    kinds = ["pool" if isinstance(step, Pool) else step.name for step in pytorch.read(path).steps]
    assert " ".join(kinds) == "0 1 pool 2 3 pool 4 5 6 pool 7 8 9 pool 10 11 12 pool 13 14 15"


def test_any_other_number_of_layers_without_gaps_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save(convolutions_without_gaps(8), path)
    with pytest.raises(RefusedError, match="VGG-16"):
        pytorch.read(path)


class Trap:
    """Unpickled, it would make a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.folder),)


def test_code_in_a_file_is_never_run(tmp_path: Path) -> None:
    path, folder = tmp_path / "trap.pth", tmp_path / "made"
    torch.save({"conv1_1.weight": Trap(folder)}, path)
    with pytest.raises(RefusedError, match="weights alone"):
        pytorch.read(path)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("saved", "problem"),
    [([1, 2], "no state dict"), ({"a": 1}, "no state dict"), ({"x.weight": torch.ones(2)}, "no layer named")],
)
def test_other_content_is_refused(tmp_path: Path, saved: object, problem: str) -> None:
    path = tmp_path / "other.pth"
    torch.save(saved, path)
    with pytest.raises(RefusedError, match=problem):
        pytorch.read(path)


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    torch.save(module(matrices=True).state_dict(), tmp_path / "whole.pth")
    path = tmp_path / "cut.pth"
    path.write_bytes((tmp_path / "whole.pth").read_bytes()[:1000])
    with pytest.raises(RefusedError):
        pytorch.read(path)
