"""From pixels to the input tensor."""

from __future__ import annotations

import numpy as np
import pytest

from brain.recognition.preprocessing import preprocess
from tests import tiny


@pytest.mark.parametrize("order", ["RGB", "BGR"])
def test_channels_are_ordered_and_the_mean_is_subtracted(order: str) -> None:
    config = tiny.config(channel_order=order, mean=(10.0, 20.0, 30.0), scale=0.5)
    x = preprocess(np.full((60, 60, 3), (1, 2, 3), np.uint8), config)
    assert x.shape == (1, 3, 28, 28)
    channels = (3, 2, 1) if order == "RGB" else (1, 2, 3)
    expected = [(value - mean) * 0.5 for value, mean in zip(channels, (10, 20, 30), strict=True)]
    assert x[0, :, 5, 5].tolist() == expected


def test_a_small_square_is_enlarged() -> None:
    assert preprocess(np.zeros((9, 9, 3), np.uint8), tiny.config()).shape == (1, 3, 28, 28)
