"""Residual blocks: sums of maps of different sizes, and gradients against autograd."""

from __future__ import annotations

import pytest
import torch

from brain.recognition.residual import ResidualBlock, padded_sum


def test_what_a_summand_lacks_counts_as_zero() -> None:
    wide, deep = torch.ones(1, 1, 2, 3), torch.ones(1, 2, 1, 1)
    total = padded_sum(wide, deep)
    assert total[0, 0].tolist() == [[2, 1, 1], [1, 1, 1]]
    assert total[0, 1].tolist() == [[1, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("side", [8, 9, 4])
@pytest.mark.parametrize("halves", [False, True])
def test_the_gradient_is_autograds(side: int, halves: bool) -> None:
    torch.manual_seed(0)
    block = ResidualBlock(6, 10 if halves else 6, None, halves=halves).requires_grad_(False)
    x = torch.randn(1, 6, side, side, requires_grad=True)
    inner, end = block.activations(x)
    wanted = torch.randn(3, *end.shape[1:])
    expected = [torch.autograd.grad(end, x, each[None], retain_graph=True)[0] for each in wanted]
    found = block.gradient(wanted, x.detach(), inner.detach(), end.detach())
    torch.testing.assert_close(found, torch.cat(expected))
