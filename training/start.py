"""Go on from a model that ships: unfold its layers into a student that can learn again.

Export folded batch norm into the layers, so each layer's batch norm is put back such that it changes nothing:
its statistics are those of some crops, its gain and shift undo them. The embedding's matrix went into fc8
and is found again by ridge regression from fc7's activations to the teacher's embeddings.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from brain.recognition.network import Network
from training.student import Student

RIDGE = 1e-2


@torch.no_grad()
def start_from(student: Student, network: Network, crops: Tensor, targets: Tensor) -> None:
    """Give a student a plain network's layers.

    Args:
        crops: (n, 3, S, S) preprocessed, some hundred, for the statistics and the regression.
        targets: (n, 128), the teacher's embeddings of these crops.

    Raises:
        ValueError: the network has other layers than the student.
    """
    mine, theirs = student.config, network.config
    if (mine.blocks, mine.fully_connected, mine.input_size) != (
        theirs.blocks,
        theirs.fully_connected,
        theirs.input_size,
    ):
        raise ValueError(f"{theirs.name} has other layers than the network that is trained")
    x = crops
    sources = (network.get_submodule(name) for block in network.blocks for name in block)
    bias = torch.empty(0)
    for layer in student.convolutions:
        if isinstance(layer, nn.Conv2d):
            bias = _copy(layer, next(sources))
        elif isinstance(layer, nn.BatchNorm2d):
            _undo(layer, x, bias)
        x = layer(x)
    z = x.flatten(1)
    for linear, norm, source in (
        (student.fc6, student.norm6, network.fc6),
        (student.fc7, student.norm7, network.fc7),
    ):
        bias = _copy(linear, source)
        z = linear(z)
        _undo(norm, z, bias)
        z = torch.relu(norm(z))
    _regress(student.embedding, z, targets)


def _copy(layer: nn.Conv2d | nn.Linear, source: nn.Module) -> Tensor:
    """Take over the weights; returns the bias, which the batch norm behind the layer has to add."""
    layer.weight.copy_(source.get_parameter("weight"))
    return source.get_parameter("bias")


def _undo(norm: nn.BatchNorm1d | nn.BatchNorm2d, y: Tensor, bias: Tensor) -> None:
    """Make a batch norm answer y + bias, in training on such data as well as afterwards."""
    norm.eval()
    variance, mean = torch.var_mean(y, [d for d in range(y.dim()) if d != 1], correction=0)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.copy_(torch.sqrt(variance + norm.eps))
    norm.bias.copy_(mean + bias)


def _regress(linear: nn.Linear, z: Tensor, targets: Tensor) -> None:
    """Ridge regression, the bias unpunished."""
    middle, aim = z.mean(0), targets.mean(0)
    centred = (z - middle).double()
    gram = centred.T @ centred + RIDGE * len(z) * centred.var() * torch.eye(z.shape[1], dtype=torch.float64)
    weight = torch.linalg.solve(gram, centred.T @ (targets - aim).double()).T.float()
    linear.weight.copy_(weight)
    linear.bias.copy_(aim - weight @ middle)
