"""The residual blocks of dlib's ResNet, forward and back."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.grad import conv2d_input

from brain.recognition.incremental import Step, one_by_one
from brain.recognition.winograd import convolution, convolve_padded


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut: (B, C, H, W) -> (B, D, H', W')."""

    def __init__(self, channels: int, width: int, tile: int | None, *, halves: bool) -> None:
        super().__init__()
        self.halves = halves
        self.conv1 = nn.Conv2d(channels, width, 3, 2) if halves else convolution(channels, width, tile)
        self.conv2 = convolution(width, width, tile)

    @property
    def weights(self) -> int:
        """Multiplications for one cell of the output."""
        return self.conv1.weight.numel() + self.conv2.weight.numel()

    def steps(self) -> list[Step]:
        """The block for incremental inference; only where it does not halve the side."""

        def begin(x: Tensor, _: Tensor | None) -> Tensor:
            return convolve_padded(self.conv1, x).relu_()

        def end(x: Tensor, shortcut: Tensor | None) -> Tensor:
            assert shortcut is not None
            return convolve_padded(self.conv2, x).add_(shortcut).relu_()

        return [
            Step(3, 1, 1, self.conv1.weight.numel(), one_by_one(begin)),
            Step(3, 1, 1, self.conv2.weight.numel(), one_by_one(end), shortcut=True),
        ]

    def forward(self, x: Tensor) -> Tensor:
        """Sum of both branches, after ReLU."""
        return self.activations(x)[1]

    def activations(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """After the first convolution, and at the end of the block; each after ReLU."""
        inner = self.conv1(x).relu_()
        shortcut = functional.avg_pool2d(x, 2) if self.halves else x
        return inner, padded_sum(shortcut, self.conv2(inner)).relu_()

    def gradient(self, gradient: Tensor, x: Tensor, inner: Tensor, end: Tensor) -> Tensor:
        """The gradients with respect to an input, given those with respect to the block's end.

        Args:
            gradient: (k, D, H', W').
            x: the input, (1, C, H, W).
            inner, end: its `activations`.

        Returns:
            (k, C, H, W).
        """
        at_sum = gradient * (end > 0)
        residual = at_sum[:, :, : inner.shape[2], : inner.shape[3]]
        at_inner = input_gradient(self.conv2, inner, residual) * (inner > 0)
        found = input_gradient(self.conv1, x, at_inner)
        if not self.halves:
            return found.add_(at_sum)
        pooled = (at_sum[:, : x.shape[1]] / 4).repeat_interleave(2, 2).repeat_interleave(2, 3)
        found[:, :, : pooled.shape[2], : pooled.shape[3]] += pooled
        return found


def input_gradient(layer: nn.Conv2d, x: Tensor, gradient: Tensor) -> Tensor:
    """The gradients with respect to a convolution's input, (k, C, H, W), given those of its output.

    Args:
        x: the input, (1, C, H, W); only its size counts.
        gradient: (k, D, H', W').
    """
    size, options = (len(gradient), *x.shape[1:]), (layer.stride, layer.padding)
    found: Tensor = conv2d_input(size, layer.weight, gradient, *options)  # type: ignore[no-untyped-call]
    return found


def padded_sum(first: Tensor, second: Tensor) -> Tensor:
    """The sum of maps of different sizes; channels and edges that one of them lacks count as zero."""
    if first.shape == second.shape:
        return first + second
    _, channels, height, width = (max(sizes) for sizes in zip(first.shape, second.shape, strict=True))
    a, b = (
        functional.pad(x, (0, width - x.shape[3], 0, height - x.shape[2], 0, channels - x.shape[1]))
        for x in (first, second)
    )
    return a + b
