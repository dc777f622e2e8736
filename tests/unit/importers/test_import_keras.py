"""Keras: HDF5 files laid out as Keras 1 and 2 write them, and run by NumPy in Keras' own layout."""

from __future__ import annotations

import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from brain.core.errors import RefusedError
from brain.importers import keras
from tests.unit.importers import vgg
from tests.unit.importers.channels_last import arrays_of, run
from tests.unit.importers.keras_files import write


@pytest.mark.parametrize(("dense", "order"), [(True, "BGR"), (False, "RGB")])
@pytest.mark.parametrize("layout", [{}, {"keras_1": True}, {"whole_model": True}], ids=str)
def test_the_imported_network_answers_as_it_does_in_keras_layout(
    tmp_path: Path, dense: bool, order: str, layout: dict[str, bool]
) -> None:
    kernels = arrays_of(vgg.weights(), dense=dense)
    model = vgg.imported(write(tmp_path / "vgg_face.h5", kernels, **layout))
    assert model.network.config.channel_order == order
    expected = run(kernels, vgg.centred(order))
    vgg.assert_same(vgg.logits(model), expected)
    other = run(kernels, vgg.centred(order[::-1]))
    assert not np.allclose(expected.reshape(-1), other.reshape(-1), atol=0.01)


def test_the_order_of_flattening_matters(tmp_path: Path) -> None:
    kernels = arrays_of(vgg.weights(), dense=True)
    weight = vgg.weights()["fc6.weight"]
    wrong = kernels | {"fc6": (weight.T, kernels["fc6"][1])}
    model = vgg.imported(write(tmp_path / "wrong.h5", wrong))
    assert not np.allclose(vgg.logits(model), run(kernels, vgg.centred("BGR")), atol=0.01)
    vgg.assert_same(vgg.logits(model), run(wrong, vgg.centred("BGR")))


def test_theanos_layout_is_refused(tmp_path: Path) -> None:
    kernels = arrays_of(vgg.weights(), dense=True)
    kernel, bias = kernels["conv1_1"]
    path = write(tmp_path / "th.h5", kernels | {"conv1_1": (kernel.transpose(3, 2, 0, 1), bias)})
    with pytest.raises(RefusedError, match=r"conv1_1 .* Theano's layout"):
        keras.read(path)


def test_keras_3_is_refused_with_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("layers/conv2d/vars/0", data=np.zeros((3, 3, 3, 4)))
    with pytest.raises(RefusedError) as refused:
        keras.read(path)
    assert "Keras 1 or 2" in refused.value.hint


def test_without_h5py_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "vgg_face.h5", arrays_of(vgg.weights(), dense=True))
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(RefusedError) as refused:
        keras.read(path)
    assert "pip install h5py" in refused.value.hint
