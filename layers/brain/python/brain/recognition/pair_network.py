"""A network that tells whether a face is that of a second photo, whose descriptor replaces the people."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor

from brain.recognition.classifier import Activations
from brain.recognition.descriptor_network import DescriptorNetwork
from brain.recognition.pairs import PairCalibration

# The two outputs.
SAME, DIFFERENT = 0, 1

Network = TypeVar("Network", bound=DescriptorNetwork)


def pair_network(network: Network, descriptor: Tensor, calibration: PairCalibration) -> Network:
    """The network with two outputs: the log-odds that a face is that of a descriptor, and their negative.

    All weights but those of the last layer are shared.

    Args:
        descriptor: (D,) of length 1.
    """
    row = calibration.slope * descriptor.clone()  # a tensor from inference mode has no gradients
    bias = torch.tensor([calibration.intercept, -calibration.intercept])
    return network.with_gallery(torch.stack([row, -row]), bias)


def paired_activations(paired: DescriptorNetwork, activations: Activations) -> Activations:
    """A face's activations as a pair network computes them, from those of the original network."""
    with torch.inference_mode():
        descriptors = torch.stack([activations.hidden["descriptor"], activations.hidden["unmirrored"]])
        logits, forward_logits = paired.gallery(descriptors)
    return replace(activations, logits=logits, forward_logits=forward_logits)
