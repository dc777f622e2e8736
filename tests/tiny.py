"""Small networks for tests: one with random weights, one whose evidence is planted."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from brain.recognition.network import ModelConfig, Network

NAMES = (
    "Ada Lovelace",
    "Alan Turing",
    "Grace Hopper",
    "Edsger Dijkstra",
    "Barbara Liskov",
    "Tony Hoare",
    "Zoë Ångström",
)


def config(**changes: object) -> ModelConfig:
    """A spec with seven identities and a map of 14 x 14."""
    values: dict[str, object] = {
        "name": "tiny",
        "version": "0.1.0",
        "blocks": ((6,), (8, 8)),
        "fully_connected": (16, 12),
        "identities": len(NAMES),
        "input_size": 28,
        "mean": (129.0, 105.0, 94.0),
        "scale": 1 / 64,
        "channel_order": "RGB",
        "crop_scale": 1.5,
        "training_data": "none",
        "licence": "MIT",
    }
    return ModelConfig(**{**values, **changes})  # type: ignore[arg-type]


def random_network(seed: int = 0, **changes: object) -> Network:
    torch.manual_seed(seed)
    network = Network(config(**changes))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(3)
    return network.requires_grad_(False).eval()


def planted_network() -> Network:
    """Identity 0 is named by red alone and identity 1 by green alone, wherever in the picture they are.

    Every layer passes one channel per colour on: what is red (or green) lights up channel 0 (or 1) and
    nothing else does, so the evidence for each name is known by construction.
    """
    network = Network(
        config(blocks=((2,), (2,)), fully_connected=(2, 2), identities=2, mean=(0.0, 0.0, 0.0), scale=1 / 255)
    )
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        # red - green - blue and green - red - blue: zero on grey, positive on the colour only.
        network.conv1_1.weight[0, :, 1, 1] = torch.tensor([1.0, -1.0, -1.0])
        network.conv1_1.weight[1, :, 1, 1] = torch.tensor([-1.0, 1.0, -1.0])
        network.conv2_1.weight[:, :, 1, 1] = torch.eye(2)
        network.fc6.weight[0, :49] = 1.0
        network.fc6.weight[1, 49:] = 1.0
        network.fc7.weight.copy_(torch.eye(2))
        network.fc8.weight.copy_(torch.eye(2))
    return network.requires_grad_(False).eval()


def red_corner(size: int = 28) -> np.ndarray:
    """(size, size, 3) uint8 BGR: grey, with a red square in one corner: what names identity 0."""
    picture = np.full((size, size, 3), 128, np.uint8)
    picture[4:10, 4:10] = (0, 0, 255)
    return picture


def checksum(text: str) -> Future[str]:
    """A checksum that is already known, as a loaded model holds it."""
    known: Future[str] = Future()
    known.set_result(text)
    return known


def write_model(
    directory: Path,
    network: Network,
    names: tuple[str, ...] | None = None,
    dtype: torch.dtype = torch.float32,
) -> None:
    """Write a model folder as `brain` reads it."""
    directory.mkdir(parents=True)
    tensors = {name: tensor.to(dtype).contiguous() for name, tensor in network.state_dict().items()}
    save_file(tensors, directory / "weights.safetensors", metadata={"spec": network.config.to_json()})
    chosen = NAMES[: network.config.identities] if names is None else names
    (directory / "names.txt").write_text("".join(f"{name}\n" for name in chosen), encoding="utf-8")
