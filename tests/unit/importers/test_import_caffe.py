"""Caffe: written here, read by the importer, and run by OpenCV's own reader of the format."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from brain.core.errors import RefusedError
from brain.importers import caffe
from tests.unit.importers import caffe_files, vgg


def run_by_opencv(path: Path, layers: list[caffe_files.Part], order: str) -> np.ndarray:
    description = caffe_files.prototxt(path.with_suffix(".prototxt"), layers)
    net = cv2.dnn.readNetFromCaffe(str(description), str(path))
    picture = cv2.dnn.blobFromImage(vgg.crop(), 1.0, (28, 28), vgg.MEAN, swapRB=True)
    net.setInput(picture if order == "RGB" else np.ascontiguousarray(picture[:, ::-1]))
    return net.forward()


@pytest.mark.parametrize("older", [False, True], ids=["layer", "layers"])
def test_the_imported_network_answers_as_opencv_does(tmp_path: Path, older: bool) -> None:
    layers = caffe_files.parts(vgg.weights())
    path = caffe_files.write(tmp_path / "VGG_FACE.caffemodel", layers, older=older)
    model = vgg.imported(path)
    assert model.network.config.channel_order == "BGR"
    assert model.network.config.mean == vgg.MEAN[::-1]
    expected = run_by_opencv(path, layers, "BGR")
    vgg.assert_same(vgg.logits(model), expected)
    assert not np.allclose(expected, run_by_opencv(path, layers, "RGB"), atol=0.01)


def test_fully_connected_layers_may_be_convolutions(tmp_path: Path) -> None:
    weights = vgg.weights()
    for name in ("fc6", "fc7", "fc8"):
        weights[f"{name}.weight"] = vgg.as_convolution(weights, name)
    layers = caffe_files.parts(weights)
    path = caffe_files.write(tmp_path / "full.caffemodel", layers)
    vgg.assert_same(vgg.logits(vgg.imported(path)), run_by_opencv(path, layers, "BGR"))


def test_a_layer_without_biases_is_named(tmp_path: Path) -> None:
    layers = caffe_files.parts(vgg.weights())
    layers[0] = (*layers[0][:2], layers[0][2][:1])
    path = caffe_files.write(tmp_path / "half.caffemodel", layers)
    with pytest.raises(RefusedError, match="conv1_1 has 1 blobs"):
        caffe.read(path)


@pytest.mark.parametrize("content", [b"\x0a", b"\xff" * 40, b"\x07abc", bytes(100)])
def test_what_is_no_caffemodel_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.caffemodel"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match="cannot be read as a caffemodel"):
        caffe.read(path)


def test_a_file_cut_within_a_layer_is_refused(tmp_path: Path) -> None:
    whole = caffe_files.write(tmp_path / "whole.caffemodel", caffe_files.parts(vgg.weights()))
    path = tmp_path / "cut.caffemodel"
    path.write_bytes(whole.read_bytes()[:-50])
    with pytest.raises(RefusedError):
        caffe.read(path)
