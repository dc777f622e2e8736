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
