"""A model that shipped can learn on."""

from __future__ import annotations

import pytest
import torch

from tests import tiny
from training.resnet import EMBEDDING
from training.start import start_from
from training.student import Student


def test_a_student_starts_where_the_network_stands() -> None:
    network = tiny.random_network()
    student = Student(network.config)
    crops = torch.randn(400, 3, 28, 28)
    fc7 = torch.relu(network.forward_head(network.forward_features(crops))[1])
    targets = fc7 @ torch.randn(fc7.shape[1], EMBEDDING) / 10 + 1
    start_from(student, network, crops, targets)

    student.eval()
    torch.testing.assert_close(
        student.convolutions(crops), torch.max_pool2d(network.forward_features(crops), 2)
    )
    explained = 1 - (student(crops) - targets).var() / targets.var()
    assert explained > 0.95

    student.train()
    with torch.no_grad():
        assert 1 - (student(crops) - targets).var() / targets.var() > 0.95


def test_other_layers_are_refused() -> None:
    student = Student(tiny.config(fully_connected=(10, 10)))
    with pytest.raises(ValueError, match="tiny has other layers"):
        start_from(student, tiny.random_network(), torch.zeros(2, 3, 28, 28), torch.zeros(2, EMBEDDING))
