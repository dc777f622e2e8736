"""MatConvNet: written by SciPy as version 5 .mat files, and run by NumPy in MATLAB's own layout."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from brain.core.errors import RefusedError
from brain.importers import matconvnet
from tests.unit.importers import vgg
from tests.unit.importers.channels_last import arrays_of, run
from tests.unit.importers.matconvnet_files import write


@pytest.mark.parametrize("oxford", [False, True], ids=["vlfeat.org", "robots.ox.ac.uk"])
def test_the_imported_network_answers_as_it_does_in_matlabs_layout(tmp_path: Path, oxford: bool) -> None:
    arrays = arrays_of(vgg.weights(), dense=False)
    path = write(tmp_path / "vgg-face.mat", arrays, oxford=oxford)
    assert path.read_bytes().startswith(b"MATLAB 5.0 MAT-file")
    model = vgg.imported(path)
    assert model.network.config.channel_order == "RGB"
    assert model.network.config.mean == vgg.MEAN
    vgg.assert_same(vgg.logits(model), run(arrays, vgg.centred("RGB")))
    assert not np.allclose(vgg.logits(model), run(arrays, vgg.centred("BGR")).reshape(-1), atol=0.01)


@pytest.mark.parametrize("oxford", [False, True])
def test_the_names_come_with_the_file(tmp_path: Path, oxford: bool) -> None:
    path = write(tmp_path / "vgg-face.mat", arrays_of(vgg.weights(), dense=False), oxford=oxford)
    assert matconvnet.read(path).names == tuple(f"Person_{number}" for number in range(7))


def test_the_ones_that_matlab_drops_are_put_back(tmp_path: Path) -> None:
    arrays = arrays_of(vgg.weights(), dense=False)
    filters, biases = arrays["fc8"]
    arrays["fc8"] = filters[..., 0], biases[:1]
    path = write(tmp_path / "one.mat", arrays, oxford=False)
    assert loadmat(path)["layers"][0, -2][0, 0]["filters"].ndim == 3
    with pytest.raises(RefusedError, match=r"fc8 has a weight of shape \(1, 9\)"):
        vgg.imported(path)


def test_another_mat_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.mat"
    savemat(path, {"x": np.eye(3)})
    with pytest.raises(RefusedError, match="cannot be read as a MatConvNet network"):
        matconvnet.read(path)


def test_a_damaged_mat_file_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.mat", arrays_of(vgg.weights(), dense=False), oxford=False)
    path = tmp_path / "cut.mat"
    path.write_bytes(whole.read_bytes()[:-200])
    with pytest.raises(RefusedError):
        matconvnet.read(path)


def test_without_scipy_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "vgg-face.mat", arrays_of(vgg.weights(), dense=False), oxford=False)
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    with pytest.raises(RefusedError) as refused:
        matconvnet.read(path)
    assert "pip install scipy" in refused.value.hint
