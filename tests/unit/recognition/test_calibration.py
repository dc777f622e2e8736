"""A calibration beside the weights takes the place of the one in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from brain.core.errors import ForwardPassFailed
from brain.recognition.calibration import CALIBRATION, Calibration
from brain.recognition.config import OpenSetCalibration
from brain.recognition.loading import load_classifier
from brain.recognition.resnet import FaceResNet
from tests import tiny

FITTED = Calibration(40.0, OpenSetCalibration(0.3, 0.2, -9.0, 5), 111, 573, "holiday photos")


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert Calibration.load(tmp_path / CALIBRATION) is None
    FITTED.save(tmp_path / CALIBRATION)
    assert Calibration.load(tmp_path / CALIBRATION) == FITTED
    assert [path.name for path in tmp_path.iterdir()] == [CALIBRATION]


def test_a_network_is_loaded_with_it(tmp_path: Path) -> None:
    network = replace_open_set(tiny.random_resnet(logit_scale=20.0))
    tiny.write_resnet(tmp_path / "resnet", network, tiny.gallery())
    field = np.full((150, 150, 3), 80, np.uint8)
    before = load_classifier(tmp_path / "resnet").forward_with_activations(field).logits
    FITTED.save(tmp_path / "resnet" / CALIBRATION)
    loaded = load_classifier(tmp_path / "resnet")
    assert loaded.config.open_set == FITTED.open_set
    torch.testing.assert_close(loaded.forward_with_activations(field).logits, before * 2)


def replace_open_set(network: FaceResNet) -> FaceResNet:
    """The network without a calibration of its own."""
    network.config = replace(network.config, open_set=None)
    return network


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"logit_scale": 1, "open_set": {}}'])
def test_a_damaged_one_is_error_4(tmp_path: Path, text: str) -> None:
    tiny.write_resnet(tmp_path / "resnet", tiny.random_resnet(), tiny.gallery())
    (tmp_path / "resnet" / CALIBRATION).write_text(text)
    with pytest.raises(ForwardPassFailed) as failed:
        load_classifier(tmp_path / "resnet")
    assert failed.value.reason == "calibration-damaged"
