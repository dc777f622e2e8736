"""Small networks for tests: with random weights, or with planted evidence; and a ResNet with a gallery."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from brain.importers.published import DLIB_RESNET
from brain.recognition.config import CamConfig, ModelConfig
from brain.recognition.gallery import GALLERY, Gallery
from brain.recognition.loading import gallery_tensors
from brain.recognition.pairs import PAIRS, PairCalibration
from brain.recognition.resnet import DESCRIPTOR, FaceResNet
from brain.recognition.vgg import VGGFace

NAMES = (
    "Ada Lovelace",
    "Alan Turing",
    "Grace Hopper",
    "Edsger Dijkstra",
    "Barbara Liskov",
    "Tony Hoare",
    "Zoë Ångström",
)
PAIR_CALIBRATION = PairCalibration(slope=150.0, intercept=-136.0, source="made up")


def config(**changes: object) -> ModelConfig:
    """A configuration with seven identities and a map of 14 x 14."""
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


def random_network(seed: int = 0, **changes: object) -> VGGFace:
    torch.manual_seed(seed)
    network = VGGFace(config(**changes))
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(3)
    return network.requires_grad_(False).eval()


def planted_network() -> VGGFace:
    """Names identity 0 by red alone and identity 1 by green alone, anywhere in the picture.

    Every layer passes one channel per colour on: what is red (or green) lights up channel 0 (or 1) and
    nothing else does, so the evidence for each name is known by construction.
    """
    network = VGGFace(
        config(blocks=((2,), (2,)), fully_connected=(2, 2), identities=2, mean=(0.0, 0.0, 0.0), scale=1 / 255)
    )
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        # red - green - blue and green - red - blue: zero on grey, positive on the colour only.
        network.get_parameter("conv1_1.weight")[0, :, 1, 1] = torch.tensor([1.0, -1.0, -1.0])
        network.get_parameter("conv1_1.weight")[1, :, 1, 1] = torch.tensor([-1.0, 1.0, -1.0])
        network.get_parameter("conv2_1.weight")[:, :, 1, 1] = torch.eye(2)
        network.fc6.weight[0, :49] = 1.0
        network.fc6.weight[1, 49:] = 1.0
        network.fc7.weight.copy_(torch.eye(2))
        network.fc8.weight.copy_(torch.eye(2))
    return network.requires_grad_(False).eval()


def red_corner(size: int = 28) -> np.ndarray:
    """(size, size, 3) uint8 BGR: grey, with a red square in one corner, which names identity 0."""
    picture = np.full((size, size, 3), 128, np.uint8)
    picture[4:10, 4:10] = (0, 0, 255)
    return picture


def gallery(seed: int = 0, names: tuple[str, ...] = NAMES, dimensions: int = DESCRIPTOR) -> Gallery:
    """A gallery of people whose mean descriptors are random."""
    means = np.random.default_rng(seed).standard_normal((len(names), dimensions)).astype(np.float32)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return Gallery(names, means, np.arange(1, len(names) + 1, dtype=np.int32), "random numbers", "ab" * 32)


def random_resnet(seed: int = 0, **changes: object) -> FaceResNet:
    """dlib's architecture with random weights and the seven people of `gallery`."""
    torch.manual_seed(seed)
    values: dict[str, object] = {"cam": CamConfig("layercam", "stage2"), "logit_scale": 20.0} | changes
    network = FaceResNet(replace(DLIB_RESNET, identities=len(NAMES), **values))  # type: ignore[arg-type]
    people = gallery_tensors(gallery(seed), network.config)
    network.load_state_dict({**network.state_dict(), **people})
    return network.requires_grad_(False).eval()


def write_resnet(directory: Path, network: FaceResNet, people: Gallery) -> None:
    """Write a model folder with a gallery."""
    directory.mkdir(parents=True)
    tensors = {name: t for name, t in network.state_dict().items() if not name.startswith("gallery.")}
    save_file(tensors, directory / "weights.safetensors", metadata={"spec": network.config.to_json()})
    people.save(directory / GALLERY)
    (directory / "names.txt").write_text("".join(f"{name}\n" for name in people.names), encoding="utf-8")


def write_comparing(directory: Path, seed: int) -> None:
    """Write a model folder with a gallery and a calibration on pairs; its name is the folder's."""
    write_resnet(directory, random_resnet(seed, name=directory.name), gallery(seed))
    PAIR_CALIBRATION.save(directory / PAIRS)


def checksum(text: str) -> Future[str]:
    """A checksum that is already known, in the form of a loaded model."""
    known: Future[str] = Future()
    known.set_result(text)
    return known


def write_model(
    directory: Path,
    network: VGGFace,
    names: tuple[str, ...] | None = None,
    dtype: torch.dtype = torch.float32,
) -> None:
    """Write a model folder as `brain` reads it."""
    directory.mkdir(parents=True)
    tensors = {name: tensor.to(dtype).contiguous() for name, tensor in network.state_dict().items()}
    save_file(tensors, directory / "weights.safetensors", metadata={"spec": network.config.to_json()})
    chosen = NAMES[: network.config.identities] if names is None else names
    (directory / "names.txt").write_text("".join(f"{name}\n" for name in chosen), encoding="utf-8")
