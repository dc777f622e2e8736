"""Torch7: written here, read by the importer, and run by OpenCV's own reader of the format."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from brain.core.errors import RefusedError
from brain.importers import torch7
from tests.unit.importers import torch7_files, vgg


def run_by_opencv(path: Path, picture: np.ndarray) -> np.ndarray:
    net = cv2.dnn.readNetFromTorch(str(path), isBinary=True, evaluate=True)
    net.setInput(picture.transpose(2, 0, 1)[None])
    return net.forward()


@pytest.mark.parametrize("kind", ["nn.SpatialConvolution", "nn.SpatialConvolutionMM"])
def test_the_imported_network_answers_as_opencv_does(tmp_path: Path, kind: str) -> None:
    modules = torch7_files.modules(vgg.weights(), kind)
    path = torch7_files.write(tmp_path / "VGG_FACE.t7", torch7_files.sequential(modules))
    model = vgg.imported(path)
    assert model.network.config.channel_order == "BGR"
    assert model.network.config.mean == vgg.MEAN[::-1]
    vgg.assert_same(vgg.logits(model), run_by_opencv(path, vgg.centred("BGR")))


def test_the_order_of_the_channels_matters(tmp_path: Path) -> None:
    root = torch7_files.sequential(torch7_files.modules(vgg.weights()))
    path = torch7_files.write(tmp_path / "VGG_FACE.t7", root)
    other = vgg.imported(path, channel_order="RGB")
    assert not np.allclose(vgg.logits(other), run_by_opencv(path, vgg.centred("BGR")).reshape(-1), atol=0.01)
    vgg.assert_same(vgg.logits(other), run_by_opencv(path, vgg.centred("RGB")))


def test_a_network_inside_a_network_and_double_precision(tmp_path: Path) -> None:
    doubles = {name: array.astype(np.float64) for name, array in vgg.weights().items()}
    modules = torch7_files.modules(doubles)
    nested = torch7_files.sequential([torch7_files.sequential(modules[:4]), *modules[4:]])
    path = torch7_files.write(tmp_path / "nested.t7", nested)
    plain = torch7_files.write(tmp_path / "plain.t7", torch7_files.sequential(modules))
    vgg.assert_same(vgg.logits(vgg.imported(path)), run_by_opencv(plain, vgg.centred("BGR")))


@pytest.mark.parametrize(
    ("root", "problem"),
    [
        (("torch.Timer", {}), r"holds torch\.Timer"),
        (torch7_files.sequential([torch7_files.layer("nn.Tanh")]), r"no nn\.Tanh"),
        ({"weights": 1}, "cannot be read"),
        (torch7_files.sequential([torch7_files.layer("nn.Linear")]), "cannot be read"),
    ],
)
def test_another_network_is_refused(tmp_path: Path, root: object, problem: str) -> None:
    path = torch7_files.write(tmp_path / "other.t7", root)
    with pytest.raises(RefusedError, match=problem):
        torch7.read(path)


def test_a_tensor_stored_by_columns_is_refused(tmp_path: Path) -> None:
    weights = vgg.weights()
    weights["fc7.weight"] = np.asfortranarray(weights["fc7.weight"])
    root = torch7_files.sequential(torch7_files.modules(weights))
    path = torch7_files.write(tmp_path / "columns.t7", root)
    with pytest.raises(RefusedError, match="row by row"):
        torch7.read(path)


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = torch7_files.write(
        tmp_path / "whole.t7", torch7_files.sequential(torch7_files.modules(vgg.weights()))
    )
    data = whole.read_bytes()
    path = tmp_path / "cut.t7"
    for size in np.linspace(1, len(data) - 1, 40, dtype=int):
        path.write_bytes(data[:size])
        with pytest.raises(RefusedError):
            torch7.read(path)
